internal import ArgumentParser
internal import ExpertTraining

/// The steps.
struct StepArguments: ParsableArguments, TrainingArguments {
  @Option(name: .customLong("epochs"), help: .option(.epochs)) var epochs: String?
  @Option(name: .customLong("max-steps"), help: .option(.maxSteps)) var maxSteps: String?
  @Option(name: .customLong("batch-size"), help: .option(.batchSize)) var batchSize: String?
  @Option(name: .customLong("eval-batch-size"), help: .option(.evalBatchSize)) var evalBatchSize:
    String?
  @Option(name: .customLong("accumulation"), help: .option(.accumulation)) var accumulation: String?
  @Option(name: .customLong("optimizer"), help: .option(.optimizer)) var optimizer: String?
  @Option(name: .customLong("learning-rate"), help: .option(.learningRate)) var learningRate:
    String?
  @Option(name: .customLong("scheduler"), help: .option(.schedule)) var schedule: String?
  @Option(name: .customLong("min-lr-rate"), help: .option(.minLearningRateRatio))
  var minLearningRateRatio: String?
  @Option(name: .customLong("warmup-steps"), help: .option(.warmupSteps)) var warmupSteps: String?
  @Option(name: .customLong("warmup-ratio"), help: .option(.warmupRatio)) var warmupRatio: String?
  @Option(name: .customLong("adam-beta1"), help: .option(.adamBeta1)) var adamBeta1: String?
  @Option(name: .customLong("adam-beta2"), help: .option(.adamBeta2)) var adamBeta2: String?
  @Option(name: .customLong("adam-epsilon"), help: .option(.adamEpsilon)) var adamEpsilon: String?
  @Option(name: .customLong("weight-decay"), help: .option(.weightDecay)) var weightDecay: String?
  @Option(name: .customLong("max-grad-norm"), help: .option(.maxGradNorm)) var maxGradNorm: String?
  @Option(name: .customLong("precision"), help: .option(.precision)) var precision: String?
  @Flag(
    name: .customLong("gradient-checkpointing"), inversion: .prefixedNo,
    help: .option(.checkpointing))
  var checkpointing: Bool?

  var given: [(TrainingOption, String?)] {
    [
      (.epochs, epochs), (.maxSteps, maxSteps), (.batchSize, batchSize),
      (.evalBatchSize, evalBatchSize), (.accumulation, accumulation), (.optimizer, optimizer),
      (.learningRate, learningRate), (.schedule, schedule),
      (.minLearningRateRatio, minLearningRateRatio), (.warmupSteps, warmupSteps),
      (.warmupRatio, warmupRatio), (.adamBeta1, adamBeta1), (.adamBeta2, adamBeta2),
      (.adamEpsilon, adamEpsilon), (.weightDecay, weightDecay), (.maxGradNorm, maxGradNorm),
      (.precision, precision), (.checkpointing, checkpointing.map(String.init)),
    ]
  }
}
