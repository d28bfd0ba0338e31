/// A whole SHA-256 value: 32 bytes, never truncated.
///
/// Digests order as their bytes do, so a sorted list of digests is the same on every machine.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The 32 bytes as four big-endian words, most significant first.
  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Reads a digest from exactly 32 bytes; `nil` for any other count.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var iterator = bytes.makeIterator()
    func word() -> UInt64 {
      var value: UInt64 = 0
      for _ in 0..<8 { value = value << 8 | UInt64(iterator.next() ?? 0) }
      return value
    }
    words = (word(), word(), word(), word())
  }

  /// Reads a digest from exactly 32 bytes of memory; `nil` for any other count.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 32 else { return nil }
    func word(_ place: Int) -> UInt64 {
      UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
    }
    words = (word(0), word(1), word(2), word(3))
  }

  /// Reads 64 hexadecimal digits of either case; `nil` for anything else.
  public init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for i in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.nibble(digits[i]), let low = Self.nibble(digits[i + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    self.init(bytes: bytes)
  }

  private static func nibble(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    case 0x41...0x46: digit - 0x41 + 10
    default: nil
    }
  }

  /// The 32 bytes.
  package var bytes: [UInt8] {
    withBytes { [UInt8]($0) }
  }

  /// Lends the 32 bytes without an array of their own.
  package func withBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    let bigEndian = (
      words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
    )
    return try withUnsafeBytes(of: bigEndian, body)
  }

  /// Appends the 32 bytes.
  package func append(to out: inout [UInt8]) {
    withBytes { out.append(contentsOf: $0) }
  }

  /// The first eight bytes as a big-endian number: for seeds and buckets, never for identity.
  package var prefix64: UInt64 { words.0 }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The hexadecimal form.
  public var description: String { hex }

  /// Equal when all 32 bytes are.
  public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

  /// Bytewise order.
  public static func < (a: Digest, b: Digest) -> Bool { a.words < b.words }

  /// Feeds the first 16 bytes: a digest is already well mixed.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }
}
