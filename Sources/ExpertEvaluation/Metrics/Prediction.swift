/// What a model answered to one prompt, with what it is held against.
package struct Prediction: Sendable, Hashable {
  package var text: String
  /// At least one right answer; the first is the label of a classification.
  package var references: [String]
  /// The summed −ln p of the reference's tokens, in nats.
  package var nll: Double?
  /// The reference's tokens.
  package var tokens: Int?
  /// The rewards of a preference pair's answers.
  package var rewards: PreferenceScores.Pair?

  package init(
    text: String, references: [String], nll: Double? = nil, tokens: Int? = nil,
    rewards: PreferenceScores.Pair? = nil
  ) {
    self.text = text
    self.references = references
    self.nll = nll
    self.tokens = tokens
    self.rewards = rewards
  }
}
