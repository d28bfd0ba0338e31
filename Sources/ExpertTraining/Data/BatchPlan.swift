package import ExpertRecord

/// The examples of one optimiser step and how they are cut into microbatches. Which examples form a
/// step follows from batch size and accumulation alone; packing only regroups them within it.
package struct StepPlan: Sendable, Hashable {
  /// Number of the step in the run, from 0.
  package var step: Int
  package var epoch: Int
  /// Places of examples, a list for each pass forward and backward.
  package var microbatches: [[Int]]
  /// Supervised targets of all microbatches: what the sum of the losses is divided by.
  package var targetCount: Int

  package init(step: Int, epoch: Int, microbatches: [[Int]], targetCount: Int) {
    self.step = step
    self.epoch = epoch
    self.microbatches = microbatches
    self.targetCount = targetCount
  }

  package var examples: [Int] { microbatches.flatMap { $0 } }
}

/// Which examples each optimiser step of a run learns from.
package struct BatchPlan: Sendable {
  /// What the plan needs to know of an example.
  package struct Item: Sendable, Hashable {
    /// Rows that the example takes in a batch.
    package var rows: Int
    package var targets: Int
    /// Tokens of its texts; a prompt that two answers share counts for each.
    package var tokens: Int
    package var difficulty: Difficulty?

    package init(rows: Int, targets: Int, tokens: Int? = nil, difficulty: Difficulty? = nil) {
      self.rows = rows
      self.targets = targets
      self.tokens = tokens ?? rows
      self.difficulty = difficulty
    }

    package init(_ example: TokenExample) {
      self.init(
        rows: example.ids.count, targets: example.targetCount, difficulty: example.difficulty)
    }

    /// A pair: targets are not what its loss is divided by, but they are counted.
    package init(_ pair: PreferenceExample) {
      self.init(
        rows: pair.rowCount, targets: pair.chosen.targetCount + pair.rejected.targetCount,
        tokens: pair.chosen.ids.count + pair.rejected.ids.count, difficulty: pair.difficulty)
    }
  }

  /// How steps are made of examples.
  package struct Shape: Sendable, Hashable {
    package var batchSize: Int
    package var accumulation: Int
    package var seed: UInt64
    package var usesCurriculum: Bool
    /// Rows of one microbatch when packing; `nil` keeps microbatches of `batchSize` examples.
    package var tokenBudget: Int?

    package init(
      batchSize: Int, accumulation: Int, seed: UInt64, usesCurriculum: Bool = false,
      tokenBudget: Int? = nil
    ) {
      self.batchSize = batchSize
      self.accumulation = accumulation
      self.seed = seed
      self.usesCurriculum = usesCurriculum
      self.tokenBudget = tokenBudget
    }

    /// That of a configuration. Without `--tokens-per-microbatch` the budget of packing is what a
    /// padded batch could have held: batch size times the longest example.
    package init(config: TrainingConfig, longest: Int) {
      let budget = config.tokensPerMicrobatch ?? config.batchSize * longest
      self.init(
        batchSize: config.batchSize, accumulation: config.accumulation, seed: config.seed,
        usesCurriculum: config.usesCurriculum, tokenBudget: config.packs ? budget : nil)
    }
  }

  package let items: [Item]
  package let shape: Shape
  private var order: (epoch: Int, places: [Int])

  package init(_ items: [Item], shape: Shape) {
    self.items = items
    self.shape = shape
    order = (-1, [])
  }

  /// Examples of a full step.
  private var window: Int { shape.batchSize * shape.accumulation }

  /// Optimiser steps of one epoch.
  package var stepsPerEpoch: Int {
    StepCount(
      examples: items.count, batchSize: shape.batchSize, accumulation: shape.accumulation,
      epochs: 1
    ).stepsPerEpoch
  }

  /// The plan of step `step` of the run. Going through the steps in turn sorts an epoch once.
  package mutating func plan(step: Int) -> StepPlan {
    let epoch = step / stepsPerEpoch
    let start = step % stepsPerEpoch * window
    let places = Array(places(of: epoch)[start..<min(start + window, items.count)])
    return StepPlan(
      step: step, epoch: epoch, microbatches: microbatches(of: places),
      targetCount: places.reduce(0) { $0 + items[$1].targets })
  }

  private mutating func places(of epoch: Int) -> [Int] {
    if order.epoch != epoch {
      let places =
        shape.usesCurriculum
        ? EpochOrder.curriculum(items.map(\.difficulty), seed: shape.seed, epoch: epoch)
        : EpochOrder.shuffled(count: items.count, seed: shape.seed, epoch: epoch)
      order = (epoch, places)
    }
    return order.places
  }

  private func microbatches(of places: [Int]) -> [[Int]] {
    if let budget = shape.tokenBudget {
      return Packing.bins(places.map { items[$0].rows }, budget: budget).map { bin in
        bin.map { places[$0] }
      }
    }
    return stride(from: 0, to: places.count, by: shape.batchSize).map {
      Array(places[$0..<min($0 + shape.batchSize, places.count)])
    }
  }
}
