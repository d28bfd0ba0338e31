/// What one optimiser step showed: everything that the health of a run is judged by.
package struct StepObservation: Sendable, Hashable {
  /// Optimiser steps done.
  package var step: Int
  package var loss: Double
  /// Before clipping.
  package var gradNorm: Double
  package var learningRate: Double
  /// Supervised targets of the step.
  package var targets: Int
  package var tokensPerSecond: Double
  /// Share of the step's time that went into its data, 0…1: planning, laying out texts, and reading a
  /// teacher's answers from the store. Texts themselves are in memory before the first step.
  package var dataWait: Double
  /// Pages that had to come from the disk during the step.
  package var majorFaults: Int
  package var memory: MemoryReading?

  package init(
    step: Int, loss: Double, gradNorm: Double, learningRate: Double, targets: Int,
    tokensPerSecond: Double = 0, dataWait: Double = 0, majorFaults: Int = 0,
    memory: MemoryReading? = nil
  ) {
    self.step = step
    self.loss = loss
    self.gradNorm = gradNorm
    self.learningRate = learningRate
    self.targets = targets
    self.tokensPerSecond = tokensPerSecond
    self.dataWait = dataWait
    self.majorFaults = majorFaults
    self.memory = memory
  }
}
