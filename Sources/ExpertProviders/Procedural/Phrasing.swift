internal import ExpertRecord

/// Turns of phrase that many templates share, so that the same request reads differently.
enum Phrasing {
  /// "Give only the number." in one of many ways; `what` is a noun phrase such as "the number".
  static func only(_ what: String, _ g: inout SeededGenerator) -> String {
    g.pick([
      "Give only \(what).", "Answer with \(what) alone.", "Reply with \(what) and nothing else.",
      "Write just \(what).", "Your answer is \(what), without explanation.",
      "Return \(what) only.", "State \(what); no other words.", "Output nothing but \(what).",
      "Respond with only \(what).", "I need just \(what).", "Print \(what) and stop there.",
      "Keep the answer to \(what).",
    ])
  }

  /// A list in English: "a", "a and b", "a, b and c".
  static func list(_ words: [String], _ conjunction: String = "and") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }

  /// The text with "a" made "an" before a vowel, where drawn words follow an article.
  ///
  /// A capital A before a word such as "and" is a name (article A), not an article.
  static func articled(_ text: String) -> String {
    var words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let small: Set<String> = ["and", "at", "in", "is", "of", "on", "or", "as", "a", "are"]
    for index in words.indices.dropLast() where ["a", "A", "(a"].contains(words[index]) {
      let next = words[index + 1].lowercased()
      let sounded = !["uni", "use", "eu", "one"].contains { next.hasPrefix($0) }
      if let first = next.first, "aeiou".contains(first), sounded, !small.contains(next) {
        words[index] += "n"
      }
    }
    return words.joined(separator: " ")
  }

  /// 1 → "1st", 2 → "2nd", 11 → "11th".
  static func ordinal(_ number: Int) -> String {
    let teen = (11...13).contains(number % 100)
    let suffix = teen ? "th" : [1: "st", 2: "nd", 3: "rd"][number % 10] ?? "th"
    return "\(number)\(suffix)"
  }

  /// "1 apple", "3 apples": the plural adds an s unless it is given.
  static func counted(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(number) " + (number == 1 ? singular : plural ?? singular + "s")
  }
}

extension SeededGenerator {
  /// Two different elements of a list with at least two.
  mutating func pair<T>(_ list: [T]) -> (T, T) {
    let first = below(list.count)
    let second = (first + 1 + below(list.count - 1)) % list.count
    return (list[first], list[second])
  }

  /// True once in `n` draws.
  mutating func once(in n: Int) -> Bool { below(n) == 0 }

  /// A number by difficulty: the range of each.
  mutating func integer(
    _ difficulty: Difficulty, easy: ClosedRange<Int>, medium: ClosedRange<Int>,
    hard: ClosedRange<Int>
  ) -> Int {
    switch difficulty {
    case .easy: integer(in: easy)
    case .medium: integer(in: medium)
    case .hard: integer(in: hard)
    }
  }
}

extension String {
  /// The same text with a capital first letter.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
