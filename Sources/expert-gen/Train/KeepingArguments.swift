internal import ArgumentParser
internal import ExpertTraining

/// What is watched and kept.
struct KeepingArguments: ParsableArguments, TrainingArguments {
  @Option(name: .customLong("logging-steps"), help: .option(.loggingSteps)) var loggingSteps:
    String?
  @Option(name: .customLong("logging-dir"), help: .option(.loggingDir)) var loggingDir: String?
  @Option(name: .customLong("eval-strategy"), help: .option(.evalStrategy)) var evalStrategy:
    String?
  @Option(name: .customLong("eval-steps"), help: .option(.evalSteps)) var evalSteps: String?
  @Option(name: .customLong("save-strategy"), help: .option(.saveStrategy)) var saveStrategy:
    String?
  @Option(name: .customLong("save-steps"), help: .option(.saveSteps)) var saveSteps: String?
  @Option(name: .customLong("save-total-limit"), help: .option(.saveTotalLimit)) var saveTotalLimit:
    String?
  @Flag(name: .customLong("keep-best"), inversion: .prefixedNo, help: .option(.loadBest))
  var loadBest: Bool?
  @Option(name: .customLong("patience"), help: .option(.patience)) var patience: String?
  @Option(name: .customLong("patience-threshold"), help: .option(.patienceThreshold))
  var patienceThreshold: String?
  @Option(name: .customLong("report-to"), help: .option(.reportTo)) var reportTo: String?
  @Option(name: .customLong("samples"), help: .option(.samples)) var samples: String?

  var given: [(TrainingOption, String?)] {
    [
      (.loggingSteps, loggingSteps), (.loggingDir, loggingDir), (.evalStrategy, evalStrategy),
      (.evalSteps, evalSteps), (.saveStrategy, saveStrategy), (.saveSteps, saveSteps),
      (.saveTotalLimit, saveTotalLimit), (.loadBest, loadBest.map(String.init)),
      (.patience, patience), (.patienceThreshold, patienceThreshold), (.reportTo, reportTo),
      (.samples, samples),
    ]
  }
}
