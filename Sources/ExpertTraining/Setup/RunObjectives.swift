internal import ExpertModel
package import ExpertStore

/// The objective of a run, on what is learned from and on what is held out, and the term that keeps
/// an earlier task.
package struct RunObjectives {
  private let setup: TrainingSetup
  private let manifest: RunManifest
  private let train: any TrainingObjective
  private let held: (any TrainingObjective)?
  private let penalty: EWCPenalty?
  /// What should be known about how the objective was prepared.
  package let notes: [String]

  /// Prepares what the objective needs beside the texts: reference log-probabilities, a teacher or
  /// its answers, an earlier task's Fisher.
  ///
  /// `openTeacher` opens a model by name. `report` is called with the examples known so far and all
  /// of them; it throws to cancel, and what was computed stays in the store.
  package init(
    setup: TrainingSetup, store: Store, manifest: RunManifest,
    openTeacher: (_ name: String) throws -> RunBase,
    report: (_ what: String, _ done: Int, _ of: Int) throws -> Void = { _, _, _ in }
  ) throws {
    self.setup = setup
    self.manifest = manifest
    var maker = try ObjectiveMaker(setup: setup, store: store, openTeacher: openTeacher)
    train = try maker.objective(for: setup.train, report)
    held = try setup.valid.map { try maker.objective(for: $0, report) }
    penalty = try maker.penalty()
    notes = maker.notes
  }

  /// Everything that the trainer takes.
  package func input(folder: RunFolder, expectedRate: Double?) -> TrainerInput {
    var valid: (texts: any TrainingTexts, objective: any TrainingObjective)?
    if let texts = setup.valid, let held { valid = (texts, held) }
    let setup = setup
    return TrainerInput(
      config: setup.config, model: setup.base.base.model, adapter: setup.adapter,
      train: setup.train, objective: train, valid: valid, penalty: penalty, folder: folder,
      manifest: manifest, expectedRate: expectedRate, start: { try setup.startAdapter() },
      pool: setup.base.pool)
  }
}
