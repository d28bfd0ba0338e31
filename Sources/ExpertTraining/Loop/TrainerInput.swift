package import ExpertModel
package import ExpertPlatform

/// A term of the loss that depends on the adapter's weights alone.
package protocol WeightPenalty {
  /// Its value; adds its gradient to the parameters'.
  func apply(to adapter: Adapter) -> Double
}

/// Everything that a run is made of.
package struct TrainerInput {
  package var config: TrainingConfig
  package var model: BaseModel
  /// Started, or holding what training goes on from.
  package var adapter: Adapter
  package var train: any TrainingTexts
  package var objective: any TrainingObjective
  /// What is held out, with its own objective (a preference's reference differs from text to text).
  package var valid: (texts: any TrainingTexts, objective: any TrainingObjective)?
  package var penalty: (any WeightPenalty)?
  package var folder: RunFolder
  package var manifest: RunManifest
  /// Tokens a second that the forecast expects.
  package var expectedRate: Double?
  /// Makes the adapter again as the run began with it; `nil` where the start is no candidate for the
  /// best.
  package var start: (() throws -> Adapter)?
  package var pool: ThreadPool

  package init(
    config: TrainingConfig, model: BaseModel, adapter: Adapter, train: any TrainingTexts,
    objective: any TrainingObjective,
    valid: (texts: any TrainingTexts, objective: any TrainingObjective)? = nil,
    penalty: (any WeightPenalty)? = nil, folder: RunFolder, manifest: RunManifest,
    expectedRate: Double? = nil, start: (() throws -> Adapter)? = nil, pool: ThreadPool
  ) {
    self.config = config
    self.model = model
    self.adapter = adapter
    self.train = train
    self.objective = objective
    self.valid = valid
    self.penalty = penalty
    self.folder = folder
    self.manifest = manifest
    self.expectedRate = expectedRate
    self.start = start
    self.pool = pool
  }
}
