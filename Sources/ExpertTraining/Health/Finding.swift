/// Something that the user should know about a run, with what to do about it.
package struct Finding: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case lossNotFinite = "loss-not-finite"
    case gradientNotFinite = "gradient-not-finite"
    case explodingGradients = "exploding-gradients"
    case noImprovement = "no-improvement"
    case overfitting
    case noSupervisedTokens = "no-supervised-tokens"
    case smallDataset = "small-dataset"
    case slowData = "slow-data"
    case slowMemory = "slow-memory"
    case slowProducts = "slow-products"
    case memoryLow = "memory-low"
    case forecastTooLarge = "forecast-too-large"
    case warmupTooLong = "warmup-too-long"
    case adapterDamaged = "adapter-damaged"
    case overlappingModules = "overlapping-modules"
    case otherBase = "other-base"
    case worseThanAtStart = "worse-than-at-start"
    case stoppedEarly = "stopped-early"
  }

  /// What the run does about it.
  package enum Severity: String, Sendable, Hashable {
    /// It goes on.
    case warning
    /// It stops; the last good state is kept.
    case stop
  }

  package var kind: Kind
  package var severity: Severity
  /// Optimiser steps done when it was found; 0 before the first.
  package var step: Int
  /// What was seen, with its figures.
  package var message: String
  /// What to do, in flags.
  package var remedy: String

  package init(
    _ kind: Kind, _ severity: Severity = .warning, step: Int = 0, message: String, remedy: String
  ) {
    self.kind = kind
    self.severity = severity
    self.step = step
    self.message = message
    self.remedy = remedy
  }

  /// One line for the terminal.
  package var text: String {
    (step > 0 ? "step \(step): " : "") + message + ". " + remedy
  }
}
