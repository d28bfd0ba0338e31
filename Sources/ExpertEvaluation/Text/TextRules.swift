/// The rules by which the reference implementations of the metrics read text: those of Python's
/// `str`, code point by code point, without Unicode normalisation.
///
/// Swift compares strings by canonical equivalence and cuts them into grapheme clusters; a score
/// that must equal a published one may do neither, so everything here works on scalars.
enum TextRules {
  typealias Scalars = [Unicode.Scalar]

  /// What `str.isspace` takes for white space (bidirectional type WS, B or S, or category Zs).
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// `str.split()`: the runs between white space.
  static func split(_ text: some Sequence<Unicode.Scalar>) -> [Scalars] {
    var words: [Scalars] = []
    var word: Scalars = []
    for scalar in text {
      if !isSpace(scalar) {
        word.append(scalar)
      } else if !word.isEmpty {
        words.append(word)
        word = []
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// `str.strip()`.
  static func trimmed(_ text: String) -> String {
    var rest = text.unicodeScalars[...]
    while let first = rest.first, isSpace(first) { rest.removeFirst() }
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return String(rest)
  }

  /// `str.lower()`: the full lower-case mapping, and a capital sigma at the end of a word becomes
  /// a final one (The Unicode Standard, section 3.13, Final_Sigma).
  static func lowered(_ text: some BidirectionalCollection<Unicode.Scalar>) -> Scalars {
    var result: Scalars = []
    for index in text.indices {
      let scalar = text[index]
      if scalar.value == 0x3A3 {
        result.append(endsWord(text, at: index) ? "\u{3C2}" : "\u{3C3}")
      } else if scalar.isASCII {
        result.append(loweredASCII(scalar))
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return result
  }

  private static func loweredASCII(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard (0x41...0x5A).contains(scalar.value) else { return scalar }
    return Unicode.Scalar(UInt8(scalar.value) | 0x20)
  }

  /// Whether a cased letter stands before and none after, what case ignores left out.
  private static func endsWord<Text: BidirectionalCollection<Unicode.Scalar>>(
    _ text: Text, at index: Text.Index
  ) -> Bool {
    let before = text[..<index].last { !$0.properties.isCaseIgnorable }
    let after = text[text.index(after: index)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }

  /// Whether `str.isalnum` or an underscore: the `\w` of Python's `re`.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == "_" { return true }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  /// Python's `string.punctuation`: the ASCII characters that are no letters, digits or controls.
  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (0x30...0x39).contains(scalar.value) }

  /// The text of scalars.
  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// `str.replace`: each occurrence from the left, none inside another.
  static func replacing(
    _ text: Scalars, _ old: StaticString, with new: Scalars
  ) -> Scalars {
    let old = old.description.unicodeScalars.map { $0 }
    guard let first = old.first, text.contains(first) else { return text }
    var result: Scalars = []
    var at = 0
    while at < text.count {
      if text[at] == first, text[at...].starts(with: old) {
        result += new
        at += old.count
      } else {
        result.append(text[at])
        at += 1
      }
    }
    return result
  }
}
