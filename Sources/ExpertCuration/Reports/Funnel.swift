package import ExpertRecord

/// What became of all candidates: how many each filter dropped, with examples, and how many were
/// accepted. Nothing is missing from it: the drops and the accepted add up to the candidates.
package struct Funnel: Sendable, Hashable {
  /// One filter's drops.
  package struct Step: Sendable, Hashable {
    package var filter: String
    package var dropped: Int
    /// The first reasons, each once.
    package var examples: [String]

    package init(filter: String, dropped: Int = 0, examples: [String] = []) {
      self.filter = filter
      self.dropped = dropped
      self.examples = examples
    }
  }

  /// Reasons shown of each filter.
  private static let maxExamples = 3

  package private(set) var candidates = 0
  package private(set) var accepted = 0
  /// The filters that dropped something, in the order of `order`, unknown ones behind.
  package private(set) var steps: [Step] = []
  private let order: [String]

  /// An empty funnel; `order` names the filters in the order in which they judge.
  package init(
    order: [String] = FilterPipeline.names + [
      "duplicate", "exact-duplicate", "near-duplicate", "leak",
    ]
  ) {
    self.order = order
  }

  /// Counts one candidate.
  package mutating func record(_ verdict: Verdict) {
    candidates += 1
    switch verdict {
    case .keep: accepted += 1
    case .drop(let rejection): add(rejection.filter, 1, [rejection.detail])
    }
  }

  /// Counts candidates of which only numbers are known, as a store keeps them.
  package mutating func record(accepted count: Int) {
    candidates += count
    accepted += count
  }

  /// Counts drops of which only numbers are known.
  package mutating func record(filter: String, dropped count: Int, examples: [String] = []) {
    candidates += count
    add(filter, count, examples)
  }

  /// Adds another funnel's counts.
  package mutating func merge(_ other: Funnel) {
    record(accepted: other.accepted)
    for step in other.steps {
      record(filter: step.filter, dropped: step.dropped, examples: step.examples)
    }
  }

  private mutating func add(_ filter: String, _ count: Int, _ examples: [String]) {
    guard count > 0 else { return }
    if !steps.contains(where: { $0.filter == filter }) {
      steps.append(Step(filter: filter))
      let places = order
      func place(_ filter: String) -> Int { places.firstIndex(of: filter) ?? places.count }
      steps.sort { (place($0.filter), $0.filter) < (place($1.filter), $1.filter) }
    }
    guard let at = steps.firstIndex(where: { $0.filter == filter }) else { return }
    steps[at].dropped += count
    for example in examples
    where steps[at].examples.count < Self.maxExamples && !steps[at].examples.contains(example) {
      steps[at].examples.append(example)
    }
  }
}

extension Funnel: CustomStringConvertible {
  /// A table: what remains after each filter.
  package var description: String {
    var lines = ["candidates".padded(18) + "\(candidates)".leftPadded(9)]
    var left = candidates
    for step in steps {
      left -= step.dropped
      lines.append(
        "  \(step.filter)".padded(18) + "-\(step.dropped)".leftPadded(9) + "\(left)".leftPadded(9)
          + (step.examples.first.map { "  " + $0 } ?? ""))
    }
    lines.append("accepted".padded(18) + "\(accepted)".leftPadded(9))
    return lines.joined(separator: "\n")
  }

  package var json: JSONValue {
    [
      "candidates": .number(Double(candidates)),
      "dropped": .array(
        steps.map { step in
          [
            "filter": .string(step.filter), "count": .number(Double(step.dropped)),
            "examples": .array(step.examples.map(JSONValue.string)),
          ]
        }),
      "accepted": .number(Double(accepted)),
    ]
  }
}

extension String {
  /// The text filled with spaces behind it to a width.
  func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }

  /// The text filled with spaces before it to a width.
  func leftPadded(_ width: Int) -> String {
    String(repeating: " ", count: max(1, width - count)) + self
  }
}
