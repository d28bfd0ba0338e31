/// How much a task asks for, with the dataset sizes of the training guide.
package enum TaskComplexity: String, Sendable, Hashable, CaseIterable {
  case format, grammar, domain, reasoning

  /// Examples below which a task of this kind is not learned well.
  package var minimum: Int {
    switch self {
    case .format: 500
    case .grammar: 2_000
    case .domain: 5_000
    case .reasoning: 10_000
    }
  }

  package var recommended: Int {
    switch self {
    case .format: 2_000
    case .grammar: 10_000
    case .domain: 20_000
    case .reasoning: 30_000
    }
  }

  /// The name in the guide's table.
  package var title: String {
    switch self {
    case .format: "simple format parsing"
    case .grammar: "language grammar"
    case .domain: "domain knowledge"
    case .reasoning: "complex reasoning"
    }
  }
}
