/// How a text is cut into words for BLEU, by the names that sacreBLEU gives them.
///
/// Post, "A Call for Clarity in Reporting BLEU Scores" (WMT 2018): scores are comparable only when
/// everyone cuts alike.
package enum BLEUTokenizer: String, Sendable, Hashable, CaseIterable {
  /// mteval-v13a, the one of WMT: ASCII punctuation stands alone, but for `.` `,` `-` in numbers.
  case mteval13a = "13a"
  /// mteval-v14: Unicode punctuation and symbols stand alone, but for punctuation between digits.
  case international = "intl"
  /// Every character is a word.
  case character = "char"
  /// The runs between white space.
  case none

  /// The words of a text.
  func words(_ text: TextRules.Scalars) -> [TextRules.Scalars] {
    switch self {
    case .mteval13a: TextRules.split(Mteval13a.separated(text))
    case .international: TextRules.split(MtevalInternational.separated(text))
    case .character: text.filter { !TextRules.isSpace($0) }.map { [$0] }
    case .none: TextRules.split(text)
    }
  }
}

/// Replaces pairs of neighbours that fit two classes, from the left, none inside another: the
/// regular expression `(a)(b)`.
private func replacingPairs(
  _ text: TextRules.Scalars, _ first: (Unicode.Scalar) -> Bool, _ second: (Unicode.Scalar) -> Bool,
  with replacement: (Unicode.Scalar, Unicode.Scalar) -> TextRules.Scalars
) -> TextRules.Scalars {
  var result: TextRules.Scalars = []
  result.reserveCapacity(text.count * 2)
  var at = 0
  while at < text.count {
    if at + 1 < text.count, first(text[at]), second(text[at + 1]) {
      result += replacement(text[at], text[at + 1])
      at += 2
    } else {
      result.append(text[at])
      at += 1
    }
  }
  return result
}

/// mteval-v13a (https://www.itl.nist.gov/iad/mig/tests/mt/2009), as sacreBLEU's `13a` has it.
private enum Mteval13a {
  static func separated(_ text: TextRules.Scalars) -> TextRules.Scalars {
    var line = TextRules.replacing(text, "<skipped>", with: [])
    line = TextRules.replacing(line, "-\n", with: [])
    line = TextRules.replacing(line, "\n", with: [" "])
    line = TextRules.replacing(line, "&quot;", with: ["\""])
    line = TextRules.replacing(line, "&amp;", with: ["&"])
    line = TextRules.replacing(line, "&lt;", with: ["<"])
    line = TextRules.replacing(line, "&gt;", with: [">"])
    line = alone([" "] + line + [" "])
    line = replacingPairs(line, { !isDigit($0) }, isStop) { [$0, " ", $1, " "] }
    line = replacingPairs(line, isStop, { !isDigit($0) }) { [" ", $0, " ", $1] }
    return replacingPairs(line, isDigit, { $0 == "-" }) { [$0, " ", $1, " "] }
  }

  private static func alone(_ line: TextRules.Scalars) -> TextRules.Scalars {
    line.flatMap { standsAlone($0) ? [" ", $0, " "] : [$0] }
  }

  /// `[\{-\~\[-\` -\&\(-\+\:-\@\/]`: ASCII punctuation but `'` `,` `-` `.`, and the space.
  private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x7B...0x7E, 0x5B...0x60, 0x20...0x26, 0x28...0x2B, 0x3A...0x40, 0x2F: true
    default: false
    }
  }

  private static func isStop(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { TextRules.isDigit(scalar) }
}

/// mteval-v14 with its switch for international text, as sacreBLEU's `intl` has it.
private enum MtevalInternational {
  static func separated(_ text: TextRules.Scalars) -> TextRules.Scalars {
    var line = replacingPairs(text, { !isNumber($0) }, isPunctuation) { [$0, " ", $1, " "] }
    line = replacingPairs(line, isPunctuation, { !isNumber($0) }) { [" ", $0, " ", $1] }
    return line.flatMap { isSymbol($0) ? [" ", $0, " "] : [$0] }
  }

  private static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }

  private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: true
    default: false
    }
  }
}
