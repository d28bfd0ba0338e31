/// How many optimiser steps a run has.
package struct StepCount: Sendable, Hashable {
  /// Microbatches of one epoch, before packing.
  package let batchesPerEpoch: Int
  /// Optimiser steps of one epoch; the last may have fewer microbatches.
  package let stepsPerEpoch: Int
  /// Optimiser steps of the run.
  package let total: Int

  /// T = ⌈epochs · ⌈batches / accumulation⌉⌉, as transformers' Trainer counts; `maxSteps` wins.
  package init(
    examples: Int, batchSize: Int, accumulation: Int, epochs: Double, maxSteps: Int? = nil
  ) {
    batchesPerEpoch = (examples + batchSize - 1) / batchSize
    stepsPerEpoch = (batchesPerEpoch + accumulation - 1) / accumulation
    total = maxSteps ?? Int((epochs * Double(stepsPerEpoch)).rounded(.up))
  }

  package init(examples: Int, config: TrainingConfig) {
    self.init(
      examples: examples, batchSize: config.batchSize, accumulation: config.accumulation,
      epochs: config.epochs, maxSteps: config.maxSteps)
  }
}
