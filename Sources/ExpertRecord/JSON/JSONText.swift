internal import CKernels

/// The text between the quotes of a JSON string that a scanner has accepted.
enum JSONText {
  /// The code unit of `\uXXXX` at `bytes`; `nil` for anything else.
  static func hexadecimal(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32? {
    guard count >= 6, bytes[0] == UInt8(ascii: "\\"), bytes[1] == UInt8(ascii: "u") else {
      return nil
    }
    var value: UInt32 = 0
    for i in 2..<6 {
      switch bytes[i] {
      case 0x30...0x39: value = value << 4 | UInt32(bytes[i] - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(bytes[i] - 0x41 + 10)
      case 0x61...0x66: value = value << 4 | UInt32(bytes[i] - 0x61 + 10)
      default: return nil
      }
    }
    return value
  }

  /// Writes the text without its escapes and returns its length, which is never above `count`.
  static func unescape(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    guard let base = out.baseAddress else { return 0 }
    var from = 0
    var to = 0
    while from < count {
      let plain = expert_json_plain(bytes + from, count - from)
      (base + to).update(from: bytes + from, count: plain)
      from += plain
      to += plain
      guard from + 1 < count else { break }
      from += one(bytes + from, count - from, into: base, &to)
    }
    return to
  }

  /// Writes the character of the escape at `bytes` and returns the length of the escape.
  private static func one(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<UInt8>,
    _ to: inout Int
  ) -> Int {
    let letter = bytes[1]
    guard letter == UInt8(ascii: "u") else {
      out[to] = character(letter)
      to += 1
      return 2
    }
    let unit = hexadecimal(bytes, count) ?? 0xFFFD
    guard unit & 0xFC00 == 0xD800, let low = hexadecimal(bytes + 6, count - 6) else {
      append(unit, to: out, &to)
      return 6
    }
    append(0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF, to: out, &to)
    return 12
  }

  private static func character(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  /// Writes a code point as UTF-8.
  private static func append(
    _ point: UInt32, to out: UnsafeMutablePointer<UInt8>, _ to: inout Int
  ) {
    func put(_ value: UInt32) {
      out[to] = UInt8(truncatingIfNeeded: value)
      to += 1
    }
    switch point {
    case ..<0x80: put(point)
    case ..<0x800:
      put(0xC0 | point >> 6)
      put(0x80 | point & 0x3F)
    case ..<0x10000:
      put(0xE0 | point >> 12)
      put(0x80 | point >> 6 & 0x3F)
      put(0x80 | point & 0x3F)
    default:
      put(0xF0 | point >> 18)
      put(0x80 | point >> 12 & 0x3F)
      put(0x80 | point >> 6 & 0x3F)
      put(0x80 | point & 0x3F)
    }
  }
}
