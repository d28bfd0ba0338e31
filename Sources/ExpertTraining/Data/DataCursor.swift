package import ExpertRecord

/// Where a run stands in its data. With the seed it decides all that comes: every random number of
/// training is a function of seed, step and place, so nothing else has to be kept.
package struct DataCursor: Sendable, Hashable {
  /// Optimiser steps done.
  package var step: Int
  package var seed: UInt64
  /// Tokens seen so far, for progress and reports.
  package var tokens: Int
  /// Supervised tokens seen so far.
  package var supervisedTokens: Int

  package init(step: Int, seed: UInt64, tokens: Int = 0, supervisedTokens: Int = 0) {
    self.step = step
    self.seed = seed
    self.tokens = tokens
    self.supervisedTokens = supervisedTokens
  }

  package var json: JSONValue {
    [
      "step": .number(Double(step)), "seed": .string(String(seed)),
      "tokens": .number(Double(tokens)), "supervised_tokens": .number(Double(supervisedTokens)),
    ]
  }

  /// Reads `json` back; `nil` where a member is missing.
  package init?(json: JSONValue) {
    guard let step = json["step"]?.integer, let seed = json["seed"]?.string.flatMap(UInt64.init),
      let tokens = json["tokens"]?.integer, let supervised = json["supervised_tokens"]?.integer
    else { return nil }
    self.init(step: step, seed: seed, tokens: tokens, supervisedTokens: supervised)
  }
}
