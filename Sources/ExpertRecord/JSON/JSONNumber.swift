/// The double that a JSON number means.
enum JSONNumber {
  /// 10⁰…10²², the powers of ten that a double holds exactly.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// The nearest double to a number that follows JSON's grammar; infinity where it is too large.
  ///
  /// Up to 2⁵³ the digits are a double, up to 10²² the power of ten is, and one rounded operation
  /// on two exact numbers is rounded rightly (Clinger, "How to read floating point numbers
  /// accurately", PLDI 1990). Everything else is the standard library's work.
  static func value(of bytes: UnsafePointer<UInt8>, count: Int) -> Double {
    if let simple = simple(bytes, count) { return simple }
    let text = UnsafeBufferPointer(start: bytes, count: count)
    return Double(String(decoding: text, as: UTF8.self)) ?? .infinity
  }

  private static func simple(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Double? {
    guard count <= 18 else { return nil }
    let negative = bytes[0] == UInt8(ascii: "-")
    var digits: UInt64 = 0
    var places = 0
    var seenPoint = false
    for i in (negative ? 1 : 0)..<count {
      let digit = bytes[i] &- 0x30
      if digit < 10 {
        digits = digits * 10 + UInt64(digit)
        if seenPoint { places += 1 }
      } else if bytes[i] == UInt8(ascii: ".") {
        seenPoint = true
      } else {
        return nil
      }
    }
    guard digits <= 1 << 53 else { return nil }
    let magnitude = Double(digits) / powers[places]
    return negative ? -magnitude : magnitude
  }
}
