/// Text from outside, made safe to print: nothing in it can move the cursor, change colours or
/// reorder what the reader sees.
package enum TerminalText {
  /// Replaces control, bidirectional and invisible format characters by `U+FFFD`.
  ///
  /// Line feed and tab stay when `multiline`; otherwise they become blanks.
  package static func sanitised(_ text: String, multiline: Bool = false) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0a: result.append(multiline ? scalar : " ")
      case _ where isHarmful(scalar): result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// C0 and C1 controls, line and paragraph separators, the bidirectional controls of UAX 9 and
  /// the other invisible format characters, except the joiner that emoji need.
  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
    case .format: scalar.value != 0x200d
    default: false
    }
  }
}
