internal import ArgumentParser
internal import ExpertTraining

/// The objective.
struct ObjectiveArguments: ParsableArguments, TrainingArguments {
  @Option(name: .customLong("loss-on"), help: .option(.lossOn)) var lossOn: String?
  @Option(name: .customLong("loss-type"), help: .option(.lossType)) var lossType: String?
  @Option(name: .customLong("beta"), help: .option(.beta)) var beta: String?
  @Option(name: .customLong("label-smoothing"), help: .option(.labelSmoothing)) var labelSmoothing:
    String?
  @Option(name: .customLong("rpo-alpha"), help: .option(.rpoAlpha)) var rpoAlpha: String?
  @Option(name: .customLong("simpo-gamma"), help: .option(.simpoGamma)) var simpoGamma: String?
  @Option(name: .customLong("distill-loss"), help: .option(.distillLoss)) var distillLoss: String?
  @Option(name: .customLong("temperature"), help: .option(.temperature)) var temperature: String?
  @Option(name: .customLong("distill-alpha"), help: .option(.distillAlpha)) var distillAlpha:
    String?
  @Option(name: .customLong("jsd-beta"), help: .option(.jsdBeta)) var jsdBeta: String?
  @Option(name: .customLong("teacher-model"), help: .option(.teacherModel)) var teacherModel:
    String?
  @Option(name: .customLong("teacher-adapter"), help: .option(.teacherAdapter)) var teacherAdapter:
    String?
  @Option(name: .customLong("ewc-lambda"), help: .option(.ewcLambda)) var ewcLambda: String?
  @Option(name: .customLong("ewc-from"), help: .option(.ewcFrom)) var ewcFrom: String?
  @Option(name: .customLong("neftune"), help: .option(.neftuneNoise)) var neftuneNoise: String?

  var given: [(TrainingOption, String?)] {
    [
      (.lossOn, lossOn), (.lossType, lossType), (.beta, beta), (.labelSmoothing, labelSmoothing),
      (.rpoAlpha, rpoAlpha), (.simpoGamma, simpoGamma), (.distillLoss, distillLoss),
      (.temperature, temperature), (.distillAlpha, distillAlpha), (.jsdBeta, jsdBeta),
      (.teacherModel, teacherModel), (.teacherAdapter, teacherAdapter), (.ewcLambda, ewcLambda),
      (.ewcFrom, ewcFrom), (.neftuneNoise, neftuneNoise),
    ]
  }
}
