internal import ExpertRecord

/// Wrong answers by name, for preference pairs. Every list is free of the right answer.
enum Wrong {
  typealias Corruption = ProceduralItem.Corruption

  /// The candidates that differ from the answer and from each other; where fewer than two are
  /// left, an empty answer and an evasive one fill up.
  static func answers(_ answer: String, _ candidates: [Corruption]) -> [Corruption] {
    var seen: Set<String> = [answer]
    var kept = candidates.filter { !$0.output.isEmpty && seen.insert($0.output).inserted }
    let fillers = [
      Corruption("evasive-answer", "It depends on how the question is read."),
      Corruption("no-answer", "The answer cannot be worked out from what is given."),
    ]
    for filler in fillers where kept.count < 2 && seen.insert(filler.output).inserted {
      kept.append(filler)
    }
    return kept
  }

  /// For a count or another whole number.
  static func count(_ answer: Int, _ more: [Corruption] = []) -> [Corruption] {
    answers(
      "\(answer)",
      more + [
        Corruption("off-by-one", "\(answer + 1)"),
        Corruption("missed-one", "\(answer == 0 ? 2 : answer - 1)"),
      ])
  }

  /// For one of a closed set of labels.
  static func label(_ answer: String, of labels: [String]) -> [Corruption] {
    let others = labels.filter { $0 != answer }.map { Corruption("wrong-label", $0) }
    let hedge = Corruption("hedged-answer", Phrasing.list(labels, "or") + ", hard to say")
    return answers(answer, others + [hedge])
  }

  /// For a value copied from a document: other values, the name instead of the value, a cut.
  static func value(_ answer: String, others: [String], name: String) -> [Corruption] {
    answers(
      answer,
      others.prefix(3).map { Corruption("other-value", $0) } + [
        Corruption("name-instead-of-value", name),
        Corruption("cut-short", answer.count > 3 ? String(answer.dropLast()) : ""),
      ])
  }

  /// For several lines or comma-separated parts: order, omission, repetition.
  static func list(_ parts: [String], separator: String) -> [Corruption] {
    answers(
      parts.joined(separator: separator),
      [
        Corruption("reversed-order", parts.reversed().joined(separator: separator)),
        Corruption("dropped-last", parts.dropLast().joined(separator: separator)),
        Corruption("repeated-first", (parts.prefix(1) + parts).joined(separator: separator)),
      ])
  }
}
