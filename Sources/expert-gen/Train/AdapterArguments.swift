internal import ArgumentParser
internal import ExpertTraining

/// The adapter.
struct AdapterArguments: ParsableArguments, TrainingArguments {
  @Option(name: .customLong("adapter"), help: .option(.adapter)) var adapter: String?
  @Option(name: .customLong("method"), help: .option(.method)) var method: String?
  @Option(name: .customLong("r"), help: .option(.r)) var r: String?
  @Option(name: .customLong("alpha"), help: .option(.loraAlpha)) var loraAlpha: String?
  @Option(name: .customLong("dropout"), help: .option(.loraDropout)) var loraDropout: String?
  @Option(name: .customLong("target-modules"), help: .option(.targetModules)) var targetModules:
    String?
  @Option(name: .customLong("feedforward-modules"), help: .option(.feedforwardModules))
  var feedforwardModules: String?
  @Option(name: .customLong("rank-pattern"), help: .option(.rankPattern)) var rankPattern: String?
  @Option(name: .customLong("alpha-pattern"), help: .option(.alphaPattern)) var alphaPattern:
    String?
  @Flag(name: .customLong("use-rslora"), inversion: .prefixedNo, help: .option(.useRslora))
  var useRslora: Bool?
  @Option(name: .customLong("lora-fa-form"), help: .option(.loraFAForm)) var loraFAForm: String?
  @Option(name: .customLong("loraplus-ratio"), help: .option(.loraPlusRatio)) var loraPlusRatio:
    String?
  @Option(name: .customLong("num-virtual-tokens"), help: .option(.virtualTokens)) var virtualTokens:
    String?
  @Option(name: .customLong("prompt-tuning-init"), help: .option(.promptInit)) var promptInit:
    String?
  @Option(name: .customLong("prompt-tuning-init-text"), help: .option(.promptInitText))
  var promptInitText: String?
  @Option(name: .customLong("save-dtype"), help: .option(.saveDtype)) var saveDtype: String?
  @Option(name: .customLong("quantize"), help: .option(.quantize)) var quantize: String?

  var given: [(TrainingOption, String?)] {
    [
      (.adapter, adapter), (.method, method), (.r, r), (.loraAlpha, loraAlpha),
      (.loraDropout, loraDropout), (.targetModules, targetModules),
      (.feedforwardModules, feedforwardModules), (.rankPattern, rankPattern),
      (.alphaPattern, alphaPattern), (.useRslora, useRslora.map(String.init)),
      (.loraFAForm, loraFAForm), (.loraPlusRatio, loraPlusRatio), (.virtualTokens, virtualTokens),
      (.promptInit, promptInit), (.promptInitText, promptInitText), (.saveDtype, saveDtype),
      (.quantize, quantize),
    ]
  }
}
