/// The defaults of every option that has one, by objective and method.
///
/// Rank, modules and learning rates follow PEFT's own comparison of methods (MetaMathQA with
/// Llama-3.2-3B): LoRA on all linears before LoRA on attention alone, IA³ and soft prompts at far
/// higher learning rates than LoRA. The rest is what the usual guides of these libraries give.
enum Defaults {
  static func values(for ground: Ground) -> [TrainingOption: OptionValue] {
    var values = common
    values.merge(adapter(ground)) { $1 }
    values.merge(objective(ground)) { $1 }
    values[.learningRate] = .number(learningRate(ground.objective, ground.method))
    values[.batchSize] = .integer(ground.objective == .dpo ? 2 : 4)
    return values
  }

  private static let common: [TrainingOption: OptionValue] = [
    .seed: .integer(0), .saveDtype: .text("f32"), .quantize: .text("none"),
    .precision: .text("auto"), .checkpointing: .flag(false),
    .template: .text("chat"), .onTooLong: .text("error"), .packing: .flag(true),
    .order: .text("shuffled"),
    .epochs: .number(3), .accumulation: .integer(4), .evalBatchSize: .integer(8),
    .optimizer: .text("adamw_torch"), .schedule: .text("cosine"), .adamBeta1: .number(0.9),
    .adamBeta2: .number(0.999), .adamEpsilon: .number(1e-8), .weightDecay: .number(0.01),
    .maxGradNorm: .number(1), .loggingSteps: .integer(10), .evalStrategy: .text("steps"),
    .evalSteps: .integer(100), .saveStrategy: .text("steps"), .saveSteps: .integer(500),
    .saveTotalLimit: .integer(3), .loadBest: .flag(true), .patienceThreshold: .number(0),
    .reportTo: .list(["jsonl"]), .samples: .integer(0),
  ]

  private static func adapter(_ ground: Ground) -> [TrainingOption: OptionValue] {
    switch ground.method {
    case .lora, .loraFA, .dora:
      var values: [TrainingOption: OptionValue] = [
        .r: .integer(16), .loraDropout: .number(0), .targetModules: .list(["all-linear"]),
        .rankPattern: .table([:]), .alphaPattern: .table([:]),
      ]
      // The scale α / r is 1 unless something else is asked for.
      if case .integer(let r)? = ground.settings[.r]?.value {
        values[.loraAlpha] = .number(Double(r))
      } else {
        values[.loraAlpha] = .number(16)
      }
      if ground.method == .loraFA { values[.loraFAForm] = .text("plain") }
      return values
    case .ia3: return [:]  // its modules depend on the base: `modules(for:)`
    case .softPrompt:
      // One that goes on begins as it is.
      guard ground.settings[.adapter] == nil else { return [:] }
      let hasText = ground.settings[.promptInitText] != nil
      return [.virtualTokens: .integer(64), .promptInit: .text(hasText ? "TEXT" : "SAMPLE_VOCAB")]
    }
  }

  private static func objective(_ ground: Ground) -> [TrainingOption: OptionValue] {
    switch ground.objective {
    case .sft: return [.lossOn: .text("completion"), .learnReasoning: .flag(false)]
    case .dpo:
      return [.lossType: .text("sigmoid"), .beta: .number(0.1), .labelSmoothing: .number(0)]
    case .distill:
      return [
        .lossOn: .text("completion"), .learnReasoning: .flag(true), .distillLoss: .text("kl"),
        .temperature: .number(2), .distillAlpha: .number(0.5),
      ]
    }
  }

  private static func learningRate(_ objective: Objective, _ method: AdapterMethod) -> Double {
    switch (method, objective) {
    case (.ia3, _): 5e-3
    case (.softPrompt, _): 1e-3
    case (_, .sft): 2e-4
    case (_, .dpo): 5e-5
    case (_, .distill): 1e-4
    }
  }
}
