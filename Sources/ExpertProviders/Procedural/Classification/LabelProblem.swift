internal import ExpertRecord

/// A classification problem before it becomes an item.
struct LabelProblem: Sendable {
  /// The task with its rules, without the sentence about the form of the answer.
  var instruction: String
  var input: String
  /// Every label that may be the answer, in a fixed order.
  var labels: [String]
  var label: String
  var steps: [String]
  /// Labels that a named mistake leads to; those that are right by chance are left out.
  var wrong: [(String, String)] = []

  func item(_ g: inout SeededGenerator) -> ProceduralItem {
    let shown = g.shuffled(labels)
    let form = g.pick([
      "Answer with one label only: \(shown.joined(separator: ", ")).",
      "Reply with exactly one of these labels: \(shown.joined(separator: ", ")).",
      "Labels: \(shown.joined(separator: " | ")). Give the label and nothing else.",
      "Your answer must be one of \(AnswerText.list(shown, "or")), without explanation.",
      "Choose from \(AnswerText.list(shown)); output the label alone.",
    ])
    var list = CorruptionList(right: label)
    for (name, output) in wrong { list.add(name, output) }
    let place = labels.firstIndex(of: label) ?? 0
    list.add("neighbour-label", labels[(place + 1) % labels.count])
    if labels.count > 2 {
      list.add("other-label", labels[(place + labels.count - 1) % labels.count])
    }
    list.add("label-outside-set", g.pick(["undecided", "not-sure", "mixed-case", "see-above"]))
    return ProceduralItem(
      instruction: "\(instruction) \(form)", input: input, output: label,
      reasoning: (steps + ["So the label is \(label)."]).joined(separator: "\n"),
      answerKind: .label, corruptions: list.items)
  }
}

/// Draws that keep labels in balance.
enum LabelBalance {
  /// Draws cases until one has a label that was chosen beforehand, each label being as likely as
  /// any other; after 60 draws the last case is taken as it is.
  static func draw<T>(
    _ g: inout SeededGenerator, _ labels: [String], _ make: (inout SeededGenerator) -> T?,
    label: (T) -> String
  ) -> T? {
    let target = g.pick(labels)
    var last: T?
    for _ in 0..<60 {
      guard let made = make(&g) else { continue }
      last = made
      if label(made) == target { return made }
    }
    return last
  }
}

/// Details that do not decide anything, as real cases have them.
enum LabelContext {
  static func line(_ g: inout SeededGenerator) -> String {
    let number = g.integer(in: 100...9999)
    return switch g.below(6) {
    case 0: "Case \(number), noted by \(g.samplePerson()) in \(g.pick(SampleNames.cities))."
    case 1: "Ref. \(g.pick(SampleNames.services))/\(number) (\(g.pick(SampleNames.companies)))."
    case 2:
      "Sheet \(number) of \(g.pick(SampleNames.companies)), checked by \(g.pick(SampleNames.first))."
    case 3: "\(g.samplePerson()) asks about no. \(number) from \(g.pick(SampleNames.cities))."
    case 4: "Entry \(number) | \(g.pick(SampleNames.cities)) | \(g.samplePerson())"
    default:
      "Record \(number): \(g.pick(SampleNames.adjectives)) \(g.pick(SampleNames.products)), \(g.pick(SampleNames.companies))."
    }
  }
}
