internal import ExpertRecord

/// The texts of a run, tokenised: what a batch is laid out from.
package protocol TrainingTexts: Sendable {
  /// What a plan needs to know of each example.
  var items: [BatchPlan.Item] { get }
  /// Rows of the longest example.
  var longest: Int { get }
  /// Figures of one epoch.
  func statistics(_ plan: BatchPlan) -> DataStatistics
  /// The batch of some examples, in order.
  func batch(_ places: [Int]) -> SegmentBatch
  /// What a text says, for a preview: tokens and which of them are learned.
  func preview(_ place: Int) -> [TokenExample]
}

extension TrainingTexts {
  package var count: Int { items.count }
  package var longest: Int { items.map(\.rows).max() ?? 0 }

  /// How these texts are evaluated: in order, in microbatches of at most so many rows, all of one
  /// step.
  package func evaluationPlan(rows budget: Int) -> StepPlan {
    let items = items
    let bins = Packing.bins(items.map(\.rows), budget: max(budget, longest))
    return StepPlan(
      step: 0, epoch: 0, microbatches: bins, targetCount: items.reduce(0) { $0 + $1.targets })
  }
}

/// Examples to be learned as they are.
package struct SupervisedTexts: TrainingTexts {
  package let examples: [TokenExample]
  package let items: [BatchPlan.Item]

  package init(_ examples: [TokenExample]) {
    self.examples = examples
    items = examples.map { BatchPlan.Item($0) }
  }

  package func statistics(_ plan: BatchPlan) -> DataStatistics {
    DataStatistics(examples, plan: plan)
  }

  package func batch(_ places: [Int]) -> SegmentBatch {
    SegmentBatch(places.map { examples[$0] })
  }

  package func preview(_ place: Int) -> [TokenExample] { [examples[place]] }
}

/// Pairs of answers.
package struct PreferenceTexts: TrainingTexts {
  package let pairs: [PreferenceExample]
  package let items: [BatchPlan.Item]

  package init(_ pairs: [PreferenceExample]) {
    self.pairs = pairs
    items = pairs.map { BatchPlan.Item($0) }
  }

  package func statistics(_ plan: BatchPlan) -> DataStatistics {
    DataStatistics(pairs, plan: plan)
  }

  package func batch(_ places: [Int]) -> SegmentBatch {
    SegmentBatch(places.map { pairs[$0] })
  }

  package func preview(_ place: Int) -> [TokenExample] {
    [pairs[place].chosen, pairs[place].rejected]
  }
}
