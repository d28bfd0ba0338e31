/// RFC 4648 base64, straight from bytes.
enum Base64 {
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, byte) in alphabet.utf8.enumerated() { table[Int(byte)] = UInt8(value) }
    return table
  }()

  /// The bytes, or `nil` where the text is no padded base64.
  static func decode(_ text: Slice<UnsafeRawBufferPointer>) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    let padding = text.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
    var out: [UInt8] = []
    out.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    for (i, byte) in text.dropLast(padding).enumerated() {
      let value = values[Int(byte)]
      guard value != 0xFF else { return nil }
      bits = bits << 6 | UInt32(value)
      // After the first of four characters there is no whole byte yet.
      let left = [0, 4, 2, 0][i % 4]
      if i % 4 != 0 { out.append(UInt8(truncatingIfNeeded: bits >> UInt32(left))) }
    }
    return out
  }
}
