/// What a run tells while it goes, and how it is asked to stop.
package struct TrainerEvents {
  package var progress: (TrainingProgress) -> Void
  /// Something that the user should know.
  package var found: (Finding) -> Void
  /// Rows of metrics as they are logged.
  package var logged: (MetricRow) -> Void
  /// How far an evaluation is, in microbatches.
  package var evaluating: (_ done: Int, _ of: Int) -> Void
  /// A sentence about the run itself.
  package var note: (String) -> Void
  /// Whether to stop after the step under way.
  package var shouldStop: () -> Bool
  /// Generations by the adapter as it stands.
  package var samples: (_ step: Int) throws -> [TrainingSample]

  package init(
    progress: @escaping (TrainingProgress) -> Void = { _ in },
    found: @escaping (Finding) -> Void = { _ in },
    logged: @escaping (MetricRow) -> Void = { _ in },
    evaluating: @escaping (_ done: Int, _ of: Int) -> Void = { _, _ in },
    note: @escaping (String) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false },
    samples: @escaping (_ step: Int) throws -> [TrainingSample] = { _ in [] }
  ) {
    self.progress = progress
    self.found = found
    self.logged = logged
    self.evaluating = evaluating
    self.note = note
    self.shouldStop = shouldStop
    self.samples = samples
  }
}
