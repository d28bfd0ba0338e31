internal import ExpertModel

extension TrainingSetup {
  /// Estimates the Fisher of the adapter in `folder` on what was learned, and keeps it beside the
  /// adapter; does nothing where the configuration does not ask for it. `report` throws to cancel.
  package func keepFisher(
    in folder: RunFolder, report: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
  ) throws {
    guard let count = config.fisherExamples else { return }
    let model = base.base.model
    let adapter = try AdapterFolder.load(folder.path, for: model.config)
    model.prepare(adapter, pool: base.pool)
    let fisher = try Fisher(
      of: adapter, on: model, texts: train.learned, count: count, seed: config.seed,
      pool: base.pool, progress: report)
    try fisher.save(to: folder.path)
  }
}

extension TrainingTexts {
  /// The texts that a run makes likelier: of pairs the chosen ones.
  fileprivate var learned: [TokenExample] {
    switch self {
    case let texts as SupervisedTexts: texts.examples
    case let texts as PreferenceTexts: texts.pairs.map(\.chosen)
    case let texts as UnpairedTexts: texts.examples.filter(\.isDesirable).map(\.completion)
    default: []
    }
  }
}
