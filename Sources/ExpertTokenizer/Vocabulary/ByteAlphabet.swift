/// The byte-level alphabet of GPT-2: every byte is a printable character, so that a vocabulary can
/// be written as text. Printable Latin-1 stands for itself, the other 68 bytes for U+0100 and up.
enum ByteAlphabet {
  /// The character of each byte.
  static let scalars: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (0..<256).map { (byte: UInt32) -> Unicode.Scalar in
      if isPrintable(byte) { return Unicode.Scalar(UInt8(byte)) }
      defer { next += 1 }
      return Unicode.Scalar(next) ?? "\u{FFFD}"
    }
  }()

  /// The byte of each character below U+0144, or -1.
  private static let bytes: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { table[Int(scalar.value)] = Int16(byte) }
    return table
  }()

  private static func isPrintable(_ byte: UInt32) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
  }

  /// Replaces `out` by the bytes that the UTF-8 text stands for; `false` where a character is
  /// outside the alphabet, and `out` is the text itself then.
  static func decode(_ text: UnsafeRawBufferPointer, into out: inout [UInt8]) -> Bool {
    out.removeAll(keepingCapacity: true)
    var at = 0
    while at < text.count {
      var value = Int(text[at])
      at += 1
      if value >= 0x80 {
        guard value < 0xE0, at < text.count else { return fail(text, &out) }
        value = (value & 0x1F) << 6 | Int(text[at] & 0x3F)
        at += 1
      }
      guard value < bytes.count, bytes[value] >= 0 else { return fail(text, &out) }
      out.append(UInt8(bytes[value]))
    }
    return true
  }

  private static func fail(_ text: UnsafeRawBufferPointer, _ out: inout [UInt8]) -> Bool {
    out.removeAll(keepingCapacity: true)
    out.append(contentsOf: text)
    return false
  }

  /// The text form of bytes.
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(scalars[Int(byte)]) }
    return String(text)
  }
}
