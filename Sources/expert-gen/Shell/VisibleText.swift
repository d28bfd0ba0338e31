internal import ExpertPlatform

/// Text from outside, made safe to show and cut to the columns there are.
package enum VisibleText {
  /// One line: line breaks and tabs become spaces.
  package static func line(_ text: some StringProtocol) -> String {
    TerminalText.sanitised(String(text))
  }

  /// Several lines: line breaks and tabs stay.
  package static func lines(_ text: some StringProtocol) -> String {
    TerminalText.sanitised(String(text), multiline: true)
  }

  /// One line of at most `limit` columns, with an ellipsis where something was cut off.
  package static func excerpt(_ text: some StringProtocol, _ limit: Int) -> String {
    let whole = line(text)
    guard columns(of: whole) > limit else { return whole }
    var short = ""
    var used = 0
    for character in whole {
      let next = columns(of: String(character))
      if used + next > max(0, limit - 1) { break }
      used += next
      short.append(character)
    }
    return short + "…"
  }

  /// How many columns the text takes: two for wide East Asian characters and emoji, none for
  /// combining marks (Unicode Standard Annex 11, by blocks).
  package static func columns(of text: String) -> Int {
    text.reduce(into: 0) { sum, character in
      guard let first = character.unicodeScalars.first else { return }
      sum += isWide(first) ? 2 : (first.properties.generalCategory == .nonspacingMark ? 0 : 1)
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
