internal import ExpertRecord

/// Prose is in the expected language, told by its script and its most frequent words. Only prose
/// of 50 words and more is judged, and it is dropped only where another language is clearly the
/// better reading: this is a coarse net, not an identifier of languages.
package struct LanguageFilter: RecordFilter {
  package let name = "language"
  private let expected: String

  package init(expected: String) { self.expected = expected }

  package func judge(_ candidate: Candidate) -> Verdict {
    let view = RecordView(candidate)
    guard view.isLongProse(), let found = Language.detect(view.answer), found != expected,
      !Language.areConfusable(found, expected)
    else { return .keep }
    return drop("the answer is in \(found), not in \(expected)")
  }
}

/// Tells languages by script and stop words.
package enum Language {
  /// The languages that can be told, as ISO 639-1 codes.
  package static let codes = (stopWords.keys + scripts.map(\.code)).sorted()

  /// Scripts that one language of this list alone uses.
  private static let scripts: [(code: String, ranges: [ClosedRange<UInt32>])] = [
    ("ar", [0x600...0x6ff, 0x750...0x77f]), ("el", [0x370...0x3ff, 0x1f00...0x1fff]),
    ("he", [0x590...0x5ff]), ("hi", [0x900...0x97f]), ("ja", [0x3041...0x30ff]),
    ("ko", [0x1100...0x11ff, 0xac00...0xd7a3]), ("ru", [0x400...0x4ff]), ("th", [0xe00...0xe7f]),
    ("zh", [0x3400...0x4dbf, 0x4e00...0x9fff]),
  ]

  /// The function words that open the frequency lists of each language (as in the Snowball
  /// project's stop lists), those shared by several of these languages left out where they mislead.
  private static let stopWords: [String: Set<String>] = [
    "en": [
      "the", "of", "and", "to", "is", "that", "it", "for", "was", "with", "as", "are", "this",
      "be", "by", "from", "you", "have", "not", "which", "or", "an", "can", "if", "when", "will",
    ],
    "de": [
      "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "einen", "den", "dem", "mit",
      "von", "zu", "auf", "für", "sich", "auch", "es", "werden", "wird", "oder", "als", "wie",
      "dass", "sind",
    ],
    "fr": [
      "le", "la", "les", "des", "et", "est", "une", "un", "du", "dans", "pour", "qui", "que",
      "pas", "sur", "au", "avec", "par", "plus", "sont", "ce", "cette", "il", "elle", "vous",
      "ou",
    ],
    "es": [
      "el", "la", "los", "las", "de", "y", "es", "que", "en", "una", "un", "por", "con", "para",
      "del", "se", "no", "su", "al", "como", "más", "pero", "sus", "este", "está", "son",
    ],
    "it": [
      "il", "di", "che", "e", "è", "la", "per", "una", "un", "non", "con", "sono", "del", "della",
      "gli", "le", "dei", "nel", "alla", "come", "più", "anche", "questo", "si", "ma", "da",
    ],
    "pt": [
      "o", "a", "os", "as", "de", "e", "que", "do", "da", "em", "um", "uma", "para", "com", "não",
      "por", "mais", "dos", "das", "se", "na", "no", "é", "são", "como", "ao",
    ],
    "nl": [
      "de", "het", "een", "en", "van", "is", "dat", "niet", "op", "te", "zijn", "voor", "met",
      "die", "aan", "er", "om", "ook", "als", "bij", "door", "wordt", "naar", "uit", "maar",
      "worden",
    ],
  ]

  /// A script must hold this share of the letters to decide. Ukrainian and Bulgarian read as `ru`,
  /// and Persian as `ar`: only the script is told.
  private static let scriptShare = 0.5
  /// Prose has 30 % and more stop words of its own language; a reading below this is no evidence.
  private static let leastShare = 0.12
  /// The best reading must be this many times as good as the next.
  private static let lead = 1.5

  /// The language of a text, where the evidence is clear.
  package static func detect(_ text: String) -> String? {
    byScript(text) ?? byStopWords(text)
  }

  /// Chinese text with kana is Japanese; Japanese text may be mostly Han.
  static func areConfusable(_ a: String, _ b: String) -> Bool {
    Set([a, b]) == ["ja", "zh"] || Set([a, b]) == ["es", "pt"]
  }

  private static func byScript(_ text: String) -> String? {
    var counts: [String: Int] = [:]
    var letters = 0
    for scalar in text.unicodeScalars where scalar.properties.isAlphabetic {
      letters += 1
      if scalar.isASCII { continue }
      if let script = scripts.first(where: { $0.ranges.contains { $0.contains(scalar.value) } }) {
        counts[script.code, default: 0] += 1
      }
    }
    if let kana = counts["ja"], let han = counts["zh"], kana * 20 > han {
      counts["ja"] = kana + han
      counts["zh"] = nil
    }
    guard letters > 0, let best = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      Double(best.value) > scriptShare * Double(letters)
    else { return nil }
    return best.key
  }

  private static func byStopWords(_ text: String) -> String? {
    var counts: [String: Int] = [:]
    var words = 0
    for word in text.lowercased().split(whereSeparator: { !$0.isLetter }) {
      words += 1
      for (code, list) in stopWords where list.contains(String(word)) {
        counts[code, default: 0] += 1
      }
    }
    let ranked = counts.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
    guard let best = ranked.first, Double(best.value) >= leastShare * Double(words) else {
      return nil
    }
    let next = ranked.count > 1 ? Double(ranked[1].value) : 0
    return Double(best.value) >= lead * next ? best.key : nil
  }
}
