/// The log-probabilities of the two answers of a pair, each summed over its supervised tokens.
package struct PairLogProbabilities: Sendable, Hashable {
  /// log p(chosen | prompt).
  package var chosen: Double
  /// log p(rejected | prompt).
  package var rejected: Double

  package init(chosen: Double, rejected: Double) {
    self.chosen = chosen
    self.rejected = rejected
  }

  /// What a loss without a reference subtracts.
  package static let zero = PairLogProbabilities(chosen: 0, rejected: 0)
}

/// What a preference loss is taken of.
package struct ScoredPair: Sendable, Hashable {
  /// Under the model that is trained.
  package var policy: PairLogProbabilities
  /// Under the model that it must not leave too far.
  package var reference: PairLogProbabilities
  /// Supervised tokens of the chosen answer, at least 1.
  package var chosenTokens: Int
  /// Supervised tokens of the rejected answer, at least 1.
  package var rejectedTokens: Int

  package init(
    policy: PairLogProbabilities, reference: PairLogProbabilities = .zero, chosenTokens: Int,
    rejectedTokens: Int
  ) {
    self.policy = policy
    self.reference = reference
    self.chosenTokens = max(1, chosenTokens)
    self.rejectedTokens = max(1, rejectedTokens)
  }

  /// Mean log-probability of a chosen token.
  var chosenMean: Double { policy.chosen / Double(chosenTokens) }
  /// Mean log-probability of a rejected token.
  var rejectedMean: Double { policy.rejected / Double(rejectedTokens) }
  /// log π/ρ of the chosen answer.
  var chosenRatio: Double { policy.chosen - reference.chosen }
  /// log π/ρ of the rejected answer.
  var rejectedRatio: Double { policy.rejected - reference.rejected }
}

/// What a preference loss says of a pair.
package struct PairLoss: Sendable, Hashable {
  package var loss: Double
  /// d loss / d (log-probability of the whole chosen answer).
  package var chosenSlope: Double
  /// d loss / d (log-probability of the whole rejected answer).
  package var rejectedSlope: Double
}
