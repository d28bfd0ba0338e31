/// What Python's `str.strip()` removes, which templates rely on.
enum PythonSpace {
  private static let others: Set<UInt32> = [
    0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
  ]

  static func contains(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return (9...13).contains(value) || (0x1C...0x1F).contains(value)
      || (0x2000...0x200A).contains(value) || others.contains(value)
  }
}

/// Trimming and cutting by code points: a line break before a combining mark, or CR LF, is one
/// `Character` and would be missed.
extension String {
  func droppingFirst(_ isDropped: (Unicode.Scalar) -> Bool) -> String {
    String(unicodeScalars.drop(while: isDropped))
  }

  func droppingLast(_ isDropped: (Unicode.Scalar) -> Bool) -> String {
    var scalars = Substring(self).unicodeScalars
    while let last = scalars.last, isDropped(last) { scalars.removeLast() }
    return String(scalars)
  }

  func trimming(_ isDropped: (Unicode.Scalar) -> Bool) -> String {
    droppingFirst(isDropped).droppingLast(isDropped)
  }

  /// The parts between occurrences of a mark of ASCII characters, compared byte by byte.
  func separated(by mark: String) -> [String] {
    let (bytes, pattern) = (Array(utf8), Array(mark.utf8))
    var parts: [String] = []
    var (start, at) = (0, 0)
    while at + pattern.count <= bytes.count {
      if bytes[at] == pattern[0], bytes[at..<(at + pattern.count)].elementsEqual(pattern) {
        parts.append(String(decoding: bytes[start..<at], as: UTF8.self))
        at += pattern.count
        start = at
      } else {
        at += 1
      }
    }
    return parts + [String(decoding: bytes[start...], as: UTF8.self)]
  }
}
