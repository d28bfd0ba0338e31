/// Words as filters count them: what white space separates.
enum Words {
  /// The words of a text.
  static func split(_ text: String) -> [Substring] {
    text.split(whereSeparator: \.isWhitespace)
  }

  /// How many words a text has; counting stops at `limit`.
  static func count(_ text: String, upTo limit: Int = .max) -> Int {
    var count = 0
    var inWord = false
    for scalar in text.unicodeScalars {
      let space = scalar.properties.isWhitespace
      if !space, !inWord {
        count += 1
        if count == limit { return count }
      }
      inWord = !space
    }
    return count
  }
}

/// Classes of ASCII bytes, for scanners written by hand: no regular expression, so no input can make
/// one slow.
enum Ascii {
  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  static func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5a }
  static func isLetter(_ byte: UInt8) -> Bool { isUpper(byte & 0xdf) }
  static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 9 && byte <= 13) }

  static func lower(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte | 0x20 : byte }

  /// The text in lower case with typographic apostrophes made plain, for comparing with phrases.
  static func folded(_ text: Substring) -> String {
    var result = String()
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "A"..."Z": result.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
      case _ where scalar.isASCII: result.unicodeScalars.append(scalar)
      case "\u{2019}", "\u{2018}", "\u{02bc}": result.append("'")
      default: result.append(scalar.properties.lowercaseMapping)
      }
    }
    return result
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmed: Substring {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return self[first...last]
  }

  /// Whether the text is nothing but white space.
  var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
