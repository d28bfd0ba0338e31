internal import ArgumentParser
internal import ExpertTraining

/// What is trained, and on what.
struct RunArguments: ParsableArguments, TrainingArguments {
  @Option(name: .customLong("base"), help: .option(.base)) var base: String?
  @Option(name: .customLong("dataset"), help: .option(.dataset)) var dataset: String?
  @Option(name: .customLong("output"), help: .option(.outputDir)) var outputDir: String?
  @Option(name: .customLong("run-name"), help: .option(.runName)) var runName: String?
  @Option(name: .customLong("seed"), help: .option(.seed)) var seed: String?

  var given: [(TrainingOption, String?)] {
    [
      (.base, base), (.dataset, dataset), (.outputDir, outputDir), (.runName, runName),
      (.seed, seed),
    ]
  }
}
