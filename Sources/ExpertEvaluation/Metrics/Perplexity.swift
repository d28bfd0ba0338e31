internal import Foundation

/// How surprised a model is by the references: the negative log-likelihood of their tokens.
package struct Perplexity: Sendable, Hashable {
  /// The sum over tokens of −ln p, in nats.
  package private(set) var nll = 0.0
  package private(set) var tokens = 0

  package init() {}

  /// Adds one reference: its summed −ln p in nats, and its tokens.
  package mutating func add(nll: Double, tokens: Int) {
    self.nll += nll
    self.tokens += tokens
  }

  /// e to the mean −ln p of a token, over all references; `nil` without tokens.
  package var value: Double? { tokens > 0 ? exp(nll / Double(tokens)) : nil }
}

/// How well a model tells better from worse answers, by the rewards it gives them.
package struct PreferenceScores: Sendable, Hashable {
  /// The rewards of one pair.
  package struct Pair: Sendable, Hashable {
    package var chosen: Double
    package var rejected: Double

    package init(chosen: Double, rejected: Double) {
      self.chosen = chosen
      self.rejected = rejected
    }

    package var margin: Double { chosen - rejected }
    /// A tie is not right, as in TRL.
    package var isRight: Bool { chosen > rejected }
  }

  package var pairs: [Pair]

  package init(_ pairs: [Pair]) { self.pairs = pairs }

  /// The share of pairs whose better answer has the higher reward; `nil` without pairs.
  package var accuracy: Double? {
    pairs.isEmpty ? nil : Double(pairs.count(where: \.isRight)) / Double(pairs.count)
  }

  /// The mean of chosen minus rejected; `nil` without pairs.
  package var meanMargin: Double? {
    pairs.isEmpty ? nil : pairs.reduce(0) { $0 + $1.margin } / Double(pairs.count)
  }
}
