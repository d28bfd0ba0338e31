/// A hint as steps over a stack of truth values in the bits of one word: a thousand of them take
/// microseconds.
///
/// Parentheses are at most `HintExpression.maxDepth` deep and each leaves two values waiting at
/// most, so 64 bits are enough.
struct HintProgram: Sendable {
  enum Step: Sendable {
    /// A word of this number stands in the query.
    case word(Int32)
    /// These words stand in it one after the other.
    case phrase([Int32])
    /// The words before stand in it, and behind them one that begins so.
    case prefix([Int32], String)
    /// The request bears the tag; else as the words.
    case tag(key: String, value: String, words: [Int32])
    case not, and, or
  }

  let steps: [Step]

  init(_ expression: HintExpression, _ vocabulary: inout RoutingVocabulary) {
    var steps: [Step] = []
    Self.add(expression, &steps, &vocabulary)
    self.steps = steps
  }

  private static func add(
    _ expression: HintExpression, _ steps: inout [Step], _ vocabulary: inout RoutingVocabulary
  ) {
    switch expression {
    case .term(let term): steps.append(step(term, &vocabulary))
    case .not(let inner):
      add(inner, &steps, &vocabulary)
      steps.append(.not)
    case .and(let parts): add(parts, .and, &steps, &vocabulary)
    case .or(let parts): add(parts, .or, &steps, &vocabulary)
    }
  }

  private static func add(
    _ parts: [HintExpression], _ step: Step, _ steps: inout [Step],
    _ vocabulary: inout RoutingVocabulary
  ) {
    for (number, part) in parts.enumerated() {
      add(part, &steps, &vocabulary)
      if number > 0 { steps.append(step) }
    }
  }

  private static func step(_ term: HintTerm, _ vocabulary: inout RoutingVocabulary) -> Step {
    if term.isPrefix, let last = term.words.last {
      return .prefix(term.words.dropLast().map { vocabulary.number(of: $0) }, last)
    }
    let words = term.words.map { vocabulary.number(of: $0) }
    if let key = term.key { return .tag(key: key, value: term.value, words: words) }
    return words.count == 1 ? .word(words[0]) : .phrase(words)
  }

  /// Whether the hint holds.
  func holds(_ query: NumberedQuery) -> Bool {
    var stack: UInt64 = 0
    for step in steps {
      switch step {
      case .word(let word): stack = stack << 1 | (query.has(word) ? 1 : 0)
      case .phrase(let words): stack = stack << 1 | (query.has(words) ? 1 : 0)
      case .prefix(let words, let start): stack = stack << 1 | (query.has(words, start) ? 1 : 0)
      case .tag(let key, let value, let words):
        stack = stack << 1 | (query.tagged(key, value) ?? query.has(words) ? 1 : 0)
      case .not: stack ^= 1
      case .and: stack = (stack >> 2) << 1 | (stack & (stack >> 1) & 1)
      case .or: stack = (stack >> 2) << 1 | ((stack | stack >> 1) & 1)
      }
    }
    return stack & 1 == 1
  }
}

/// Words as numbers.
struct RoutingVocabulary: Sendable {
  private(set) var numbers: [String: Int32] = [:]

  mutating func number(of word: String) -> Int32 {
    if let known = numbers[word] { return known }
    let number = Int32(numbers.count)
    numbers[word] = number
    return number
  }
}

/// A query in the numbers of a vocabulary.
struct NumberedQuery {
  private let words: [String]
  /// −1 for words that no expert knows.
  private let numbers: [Int32]
  private let present: [Bool]
  private let tags: [String: String]

  init(_ query: QueryWords, tags: [String: String], _ vocabulary: RoutingVocabulary) {
    words = query.words
    self.tags = tags
    numbers = query.words.map { vocabulary.numbers[$0] ?? -1 }
    var present = [Bool](repeating: false, count: vocabulary.numbers.count)
    for number in numbers where number >= 0 { present[Int(number)] = true }
    self.present = present
  }

  /// The known words, each once.
  var distinct: Set<Int32> { Set(numbers.filter { $0 >= 0 }) }

  func has(_ word: Int32) -> Bool { present[Int(word)] }

  func has(_ phrase: [Int32]) -> Bool { place(of: phrase) != nil }

  /// The phrase, and behind it a word that begins with `start`.
  func has(_ phrase: [Int32], _ start: String) -> Bool {
    if phrase.isEmpty { return words.contains { $0.hasPrefix(start) } }
    guard phrase.allSatisfy(has), numbers.count > phrase.count else { return false }
    return (0..<numbers.count - phrase.count).contains {
      numbers[$0..<$0 + phrase.count].elementsEqual(phrase)
        && words[$0 + phrase.count].hasPrefix(start)
    }
  }

  /// Whether the request bears the tag; `nil` where it says nothing of the key.
  func tagged(_ key: String, _ value: String) -> Bool? { tags[key].map { $0 == value } }

  private func place(of phrase: [Int32]) -> Int? {
    guard phrase.allSatisfy(has) else { return nil }
    if phrase.count == 1 { return 0 }
    guard numbers.count >= phrase.count else { return nil }
    return (0...numbers.count - phrase.count).first {
      numbers[$0..<$0 + phrase.count].elementsEqual(phrase)
    }
  }
}
