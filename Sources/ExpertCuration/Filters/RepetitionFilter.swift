internal import ExpertRecord

/// Prose does not repeat itself, by the ratios of Gopher's repetition filter (Rae et al. 2021,
/// "Scaling Language Models", table A1). Only prose of 50 words and more is judged.
package struct RepetitionFilter: RecordFilter {
  package let name = "repetition"

  /// Table A1: most allowed shares of lines and paragraphs, by number and by characters.
  private static let lineShare = 0.30
  private static let paragraphShare = 0.30
  private static let lineCharacterShare = 0.20
  private static let paragraphCharacterShare = 0.20
  /// Table A1: most allowed share of characters in the most frequent n-gram, n = 2…4.
  private static let topShares: [(n: Int, share: Double)] = [(2, 0.20), (3, 0.18), (4, 0.16)]
  /// Table A1: most allowed share of characters in n-grams that occur again, n = 5…10.
  private static let duplicateShares: [(n: Int, share: Double)] = [
    (5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10),
  ]

  package init() {}

  package func judge(_ candidate: Candidate) -> Verdict {
    let view = RecordView(candidate)
    guard view.isLongProse() else { return .keep }
    return partProblem(view.answer) ?? gramProblem(view.answer) ?? .keep
  }

  private func partProblem(_ text: String) -> Verdict? {
    let lines = nonEmpty(text.split(whereSeparator: \.isNewline))
    let paragraphs = nonEmpty(Self.paragraphs(text))
    let limits: [(what: String, parts: [String], number: Double, characters: Double)] = [
      ("lines", lines, Self.lineShare, Self.lineCharacterShare),
      ("paragraphs", paragraphs, Self.paragraphShare, Self.paragraphCharacterShare),
    ]
    for (what, parts, numberLimit, characterLimit) in limits {
      let repeated = Self.repeated(parts)
      if repeated.number > numberLimit {
        return over("of the \(what) are repeated", repeated.number, numberLimit)
      }
      if repeated.characters > characterLimit {
        return over(
          "of the characters stand in repeated \(what)", repeated.characters, characterLimit)
      }
    }
    return nil
  }

  private func gramProblem(_ text: String) -> Verdict? {
    let words = Words.split(text).map { String($0) }
    let grams = WordGrams(words)
    for (n, limit) in Self.topShares {
      let share = grams.topShare(n)
      if share > limit { return over("of the characters are one \(n)-word phrase", share, limit) }
    }
    for (n, limit) in Self.duplicateShares {
      let share = grams.duplicateShare(n)
      if share > limit {
        return over("of the characters stand in repeated \(n)-word phrases", share, limit)
      }
    }
    return nil
  }

  private func over(_ what: String, _ share: Double, _ limit: Double) -> Verdict {
    drop(
      "\(Int((share * 100).rounded())) % \(what), more than \(Int((limit * 100).rounded())) %",
      score: share)
  }

  private func nonEmpty(_ parts: [Substring]) -> [String] {
    parts.map { String(String($0).trimmed) }.filter { !$0.isEmpty }
  }

  /// The parts between blank lines.
  private static func paragraphs(_ text: String) -> [Substring] {
    var result: [Substring] = []
    var start = text.startIndex
    var at = text.startIndex
    while at < text.endIndex {
      let next = text.index(after: at)
      if text[at].isNewline, next < text.endIndex, text[next].isNewline {
        result.append(text[start..<at])
        start = next
      }
      at = next
    }
    result.append(text[start...])
    return result
  }

  /// The share of parts that occurred before, by number and by characters.
  private static func repeated(_ parts: [String]) -> (number: Double, characters: Double) {
    guard !parts.isEmpty else { return (0, 0) }
    var seen: Set<String> = []
    var number = 0
    var characters = 0
    var all = 0
    for part in parts {
      let length = part.unicodeScalars.count
      all += length
      if !seen.insert(part).inserted {
        number += 1
        characters += length
      }
    }
    return (Double(number) / Double(parts.count), Double(characters) / Double(max(1, all)))
  }
}

/// Counts phrases of n words in a text.
private struct WordGrams {
  private let hashes: [UInt64]
  private let lengths: [Int]
  private let characters: Double

  init(_ words: [String]) {
    hashes = words.map { UInt64(truncatingIfNeeded: $0.hashValue) }
    lengths = words.map { $0.unicodeScalars.count }
    characters = Double(max(1, lengths.reduce(0, +)))
  }

  /// A hash of every phrase of n words; 64 bits, so that different phrases of one text hardly ever
  /// share one.
  private func grams(_ n: Int) -> [UInt64] {
    guard hashes.count >= n else { return [] }
    return (0...(hashes.count - n)).map { start in
      hashes[start..<(start + n)].reduce(0) { state, word in
        let mixed = (state ^ word) &* 0xff51_afd7_ed55_8ccd
        return mixed ^ mixed >> 32
      }
    }
  }

  private func length(_ start: Int, _ n: Int) -> Int {
    lengths[start..<(start + n)].reduce(0, +)
  }

  /// The share of characters in the most frequent phrase, 0 where none occurs twice.
  func topShare(_ n: Int) -> Double {
    var counts: [UInt64: (count: Int, start: Int)] = [:]
    for (start, gram) in grams(n).enumerated() {
      counts[gram, default: (0, start)].count += 1
    }
    var most = 0
    for entry in counts.values where entry.count > 1 {
      most = max(most, entry.count * length(entry.start, n))
    }
    return min(1, Double(most) / characters)
  }

  /// The share of characters in phrases that occurred before, none counted twice.
  func duplicateShare(_ n: Int) -> Double {
    var seen: Set<UInt64> = []
    var covered = 0
    var total = 0
    for (start, gram) in grams(n).enumerated() where !seen.insert(gram).inserted {
      for word in max(start, covered)..<(start + n) { total += lengths[word] }
      covered = start + n
    }
    return Double(total) / characters
  }
}
