internal import ExpertModel
package import ExpertStore

/// The objective of a run, on what is learned from and on what is held out.
package struct RunObjectives {
  private let setup: TrainingSetup
  private let manifest: RunManifest
  private let train: any TrainingObjective
  private let held: any TrainingObjective

  /// Prepares what the objective needs beside the texts.
  package init(setup: TrainingSetup, store: Store, manifest: RunManifest) throws {
    self.setup = setup
    self.manifest = manifest
    train = SupervisedObjective()
    held = SupervisedObjective()
  }

  /// Everything that the trainer takes.
  package func input(folder: RunFolder, expectedRate: Double?) -> TrainerInput {
    TrainerInput(
      config: setup.config, model: setup.base.base.model, adapter: setup.adapter,
      train: setup.train, objective: train, valid: setup.valid.map { ($0, held) }, folder: folder,
      manifest: manifest, expectedRate: expectedRate, pool: setup.base.pool)
  }
}
