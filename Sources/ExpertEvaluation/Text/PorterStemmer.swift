/// Porter's stemmer with NLTK's extensions, which ROUGE uses to count "runs" and "running" as one.
///
/// Porter, "An algorithm for suffix stripping" (Program 14.3, 1980); the extensions are those of
/// NLTK's `PorterStemmer` in its default mode. For words of lower-case ASCII letters and digits.
enum PorterStemmer {
  typealias Word = [UInt8]

  /// Forms that no rule gets right.
  private static let irregular: [Word: String] = [
    "skies": "sky", "sky": "sky", "dying": "die", "lying": "lie", "tying": "tie", "news": "news",
    "innings": "inning", "inning": "inning", "outings": "outing", "outing": "outing",
    "cannings": "canning", "canning": "canning", "howe": "howe", "proceed": "proceed",
    "exceed": "exceed", "succeed": "succeed",
  ].reduce(into: [:]) { $0[Word($1.key.utf8)] = $1.value }

  /// The stem of a word.
  static func stem(_ word: Word) -> Word {
    if let known = irregular[word] { return Word(known.utf8) }
    guard word.count > 2 else { return word }
    return [plurals, past, finalY, suffixes, endings, residues, finalE, finalL].reduce(word) {
      $1($0)
    }
  }

  // MARK: what a stem is made of

  /// For each letter whether it is a consonant; `y` is one at the start and after a vowel.
  private static func consonants(_ word: some Collection<UInt8>) -> [Bool] {
    var flags: [Bool] = []
    for letter in word {
      switch letter {
      case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
        UInt8(ascii: "u"):
        flags.append(false)
      case UInt8(ascii: "y"): flags.append(!(flags.last ?? false))
      default: flags.append(true)
      }
    }
    return flags
  }

  /// How often a consonant follows a vowel: the m of the paper.
  private static func measure(_ stem: Word) -> Int {
    let flags = consonants(stem)
    return zip(flags, flags.dropFirst()).count { !$0 && $1 }
  }

  private static func hasMeasure(_ stem: Word) -> Bool { measure(stem) > 0 }
  private static func hasLongMeasure(_ stem: Word) -> Bool { measure(stem) > 1 }
  private static func hasVowel(_ stem: Word) -> Bool { consonants(stem).contains(false) }

  private static func endsDoubleConsonant(_ word: Word) -> Bool {
    word.count >= 2 && word[word.count - 1] == word[word.count - 2]
      && consonants(word).last == true
  }

  /// Consonant, vowel, consonant other than w, x, y; or a whole word of vowel and consonant.
  private static func endsShort(_ word: Word) -> Bool {
    let flags = consonants(word)
    if word.count == 2 { return flags == [false, true] }
    guard word.count >= 3, let last = word.last else { return false }
    return Array(flags.suffix(3)) == [true, false, true] && !Word("wxy".utf8).contains(last)
  }

  // MARK: rules

  private struct Rule: Sendable {
    var suffix: Word
    var replacement: Word
    var condition: @Sendable (Word) -> Bool

    init(
      _ suffix: String, _ replacement: String,
      _ condition: @escaping @Sendable (Word) -> Bool = { _ in true }
    ) {
      self.suffix = Word(suffix.utf8)
      self.replacement = Word(replacement.utf8)
      self.condition = condition
    }
  }

  private static func ends(_ word: Word, _ suffix: String) -> Bool {
    word.count >= suffix.utf8.count && word.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
  }

  /// The first rule whose suffix the word has decides, whether or not its condition holds.
  private static func apply(_ rules: [Rule], to word: Word) -> Word {
    for rule in rules where word.suffix(rule.suffix.count) == rule.suffix[...] {
      let stem = Word(word.dropLast(rule.suffix.count))
      return rule.condition(stem) ? stem + rule.replacement : word
    }
    return word
  }

  // MARK: steps

  /// Step 1a.
  private static func plurals(_ word: Word) -> Word {
    if ends(word, "ies"), word.count == 4 { return Word(word.dropLast()) }
    return apply([Rule("sses", "ss"), Rule("ies", "i"), Rule("ss", "ss"), Rule("s", "")], to: word)
  }

  /// Step 1b.
  private static func past(_ word: Word) -> Word {
    if ends(word, "ied") { return Word(word.dropLast(word.count == 4 ? 1 : 2)) }
    if ends(word, "eed") { return apply([Rule("eed", "ee", hasMeasure)], to: word) }
    for suffix in ["ed", "ing"] where ends(word, suffix) {
      let stem = Word(word.dropLast(suffix.utf8.count))
      if hasVowel(stem) { return mended(stem) }
    }
    return word
  }

  /// What is left after "ed" or "ing" gets back what they took from it.
  private static func mended(_ stem: Word) -> Word {
    for (suffix, letter) in [("at", "e"), ("bl", "e"), ("iz", "e")] where ends(stem, suffix) {
      return stem + Word(letter.utf8)
    }
    if endsDoubleConsonant(stem), let last = stem.last {
      return Word("lsz".utf8).contains(last) ? stem : Word(stem.dropLast())
    }
    return measure(stem) == 1 && endsShort(stem) ? stem + [UInt8(ascii: "e")] : stem
  }

  /// Step 1c.
  private static func finalY(_ word: Word) -> Word {
    apply([Rule("y", "i") { $0.count > 1 && consonants($0).last == true }], to: word)
  }

  /// Step 2.
  private static func suffixes(_ word: Word) -> Word {
    if ends(word, "alli"), hasMeasure(Word(word.dropLast(4))) {
      return suffixes(Word(word.dropLast(2)))
    }
    return apply(derived, to: word)
  }

  private static let derived: [Rule] =
    [
      ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"),
      ("bli", "ble"), ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"),
      ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
      ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"),
      ("fulli", "ful"),
    ].map { Rule($0.0, $0.1, hasMeasure) }
    // The l belongs to the stem here, so that "geologi" becomes "geolog".
    + [Rule("logi", "log") { hasMeasure($0 + [UInt8(ascii: "l")]) }]

  /// Step 3.
  private static func endings(_ word: Word) -> Word { apply(shortened, to: word) }

  private static let shortened: [Rule] = [
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""),
    ("ness", ""),
  ].map { Rule($0.0, $0.1, hasMeasure) }

  /// Step 4.
  private static func residues(_ word: Word) -> Word { apply(removed, to: word) }

  private static let removed: [Rule] =
    ["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent"].map {
      Rule($0, "", hasLongMeasure)
    }
    + [Rule("ion", "") { hasLongMeasure($0) && (ends($0, "s") || ends($0, "t")) }]
    + ["ou", "ism", "ate", "iti", "ous", "ive", "ize"].map { Rule($0, "", hasLongMeasure) }

  /// Step 5a.
  private static func finalE(_ word: Word) -> Word {
    guard ends(word, "e") else { return word }
    let stem = Word(word.dropLast())
    let measure = measure(stem)
    return measure > 1 || (measure == 1 && !endsShort(stem)) ? stem : word
  }

  /// Step 5b.
  private static func finalL(_ word: Word) -> Word {
    ends(word, "ll") && hasLongMeasure(Word(word.dropLast())) ? Word(word.dropLast()) : word
  }
}
