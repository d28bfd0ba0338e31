extension TrackerSet {
  /// The trackers that a configuration asks for, beside `metrics.jsonl`, which the run keeps itself.
  ///
  /// `runID`: what tells the run from others of its name.
  /// `resumedAt`: the step that a run goes on from.
  package convenience init(
    config: TrainingConfig, folder: RunFolder, project: String, runID: String,
    resumedAt: Int? = nil
  ) {
    let run = config.runName ?? "\(project)-\(config.method.rawValue)"
    self.init(
      config.trackers.compactMap { kind -> (any Tracker)? in
        switch kind {
        case .jsonl: nil
        case .tensorboard:
          TensorBoardTracker(
            folder: config.loggingDirectory ?? folder.tensorBoard, resumedAt: resumedAt)
        case .trackio:
          TrackioTracker(
            folder: folder.trackio, project: project, run: run, runID: runID,
            resumedAt: resumedAt)
        }
      })
  }
}
