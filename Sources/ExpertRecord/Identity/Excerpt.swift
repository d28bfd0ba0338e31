extension String {
  /// The start of a text from outside, fit for a message: at most `limit` characters, without
  /// control characters and without those that turn the direction of writing.
  package func excerpt(_ limit: Int = 40) -> String {
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars.prefix(limit) {
      text.append(Self.isHarmless(scalar) ? scalar : "\u{FFFD}")
    }
    if unicodeScalars.dropFirst(limit).isEmpty { return String(text) }
    return String(text) + "…"
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
