/// What a run will learn from, in figures: shown before the first step and kept in the run's record.
package struct DataStatistics: Sendable, Hashable {
  package var examples = 0
  /// Tokens of all examples; a pair counts both texts in full.
  package var tokens = 0
  /// Tokens that the loss is taken on.
  package var supervisedTokens = 0
  /// The longest text.
  package var longest = 0
  /// Rows that are computed in an epoch: shared prompts once.
  package var rows = 0
  /// Rows that padding to the longest of each microbatch would compute on top of the tokens.
  package var paddingAvoided = 0
  /// Microbatches of an epoch.
  package var microbatches = 0

  /// Share of a padded epoch's rows that are not computed.
  package var savedShare: Double {
    let padded = tokens + paddingAvoided
    return padded > 0 ? 1 - Double(rows) / Double(padded) : 0
  }

  /// Of one epoch over examples.
  package init(_ examples: [TokenExample], plan: BatchPlan) {
    self.init(texts: examples.map { [$0] }, plan: plan)
  }

  /// Of one epoch over pairs.
  package init(_ pairs: [PreferenceExample], plan: BatchPlan) {
    self.init(texts: pairs.map { [$0.chosen, $0.rejected] }, plan: plan)
  }

  /// Of one epoch over single answers with their mismatched ones.
  package init(_ examples: [KTOExample], plan: BatchPlan) {
    self.init(texts: examples.map { [$0.completion, $0.mismatched] }, plan: plan)
  }

  /// Padding is that of the same order in microbatches of the batch size, all texts of one padded
  /// to one length, as the usual collators do.
  private init(texts: [[TokenExample]], plan: BatchPlan) {
    examples = texts.count
    for text in texts.joined() {
      tokens += text.ids.count
      supervisedTokens += text.targetCount
      longest = max(longest, text.ids.count)
    }
    rows = plan.items.reduce(0) { $0 + $1.rows }
    var (packed, padded) = (plan, BatchPlan(plan.items, shape: plan.shape.unpacked))
    for step in 0..<plan.stepsPerEpoch {
      microbatches += packed.plan(step: step).microbatches.count
      for batch in padded.plan(step: step).microbatches {
        let lengths = batch.flatMap { texts[$0].map(\.ids.count) }
        paddingAvoided += lengths.count * (lengths.max() ?? 0) - lengths.reduce(0, +)
      }
    }
  }
}

extension BatchPlan.Shape {
  /// The same steps without packing.
  var unpacked: Self {
    var shape = self
    shape.tokenBudget = nil
    return shape
  }
}
