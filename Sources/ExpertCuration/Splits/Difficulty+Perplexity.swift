package import ExpertRecord

extension Difficulty {
  /// The difficulty that a perplexity under the base model tells: below 5 easy, below 15 medium,
  /// else hard (the training guide's thresholds). What is no number is hard.
  package init(perplexity: Double) {
    switch perplexity {
    case ..<5: self = .easy
    case ..<15: self = .medium
    default: self = .hard
    }
  }
}
