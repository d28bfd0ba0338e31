internal import ArgumentParser
internal import ExpertTraining

/// The data.
struct DataArguments: ParsableArguments, TrainingArguments {
  @Option(name: .customLong("template"), help: .option(.template)) var template: String?
  @Option(name: .customLong("max-length"), help: .option(.maxLength)) var maxLength: String?
  @Option(name: .customLong("max-prompt-length"), help: .option(.maxPromptLength))
  var maxPromptLength: String?
  @Option(name: .customLong("on-too-long"), help: .option(.onTooLong)) var onTooLong: String?
  @Flag(name: .customLong("packing"), inversion: .prefixedNo, help: .option(.packing))
  var packing: Bool?
  @Option(name: .customLong("tokens-per-microbatch"), help: .option(.tokensPerMicrobatch))
  var tokensPerMicrobatch: String?
  @Option(name: .customLong("order"), help: .option(.order)) var order: String?
  @Option(name: .customLong("task-complexity"), help: .option(.taskComplexity)) var taskComplexity:
    String?

  var given: [(TrainingOption, String?)] {
    [
      (.template, template), (.maxLength, maxLength), (.maxPromptLength, maxPromptLength),
      (.onTooLong, onTooLong), (.packing, packing.map(String.init)),
      (.tokensPerMicrobatch, tokensPerMicrobatch), (.order, order),
      (.taskComplexity, taskComplexity),
    ]
  }
}
