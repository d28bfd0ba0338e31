extension TrainingOption {
  /// Which values the option takes.
  package var kind: OptionKind {
    switch self {
    case .base, .dataset, .adapter, .outputDir, .runName, .promptInitText, .teacherModel,
      .teacherAdapter,
      .ewcFrom, .loggingDir:
      .text
    case .useRslora, .packing, .checkpointing, .loadBest, .learnReasoning: .flag
    case .targetModules, .feedforwardModules, .reportTo: .list
    case .rankPattern, .alphaPattern: .table
    case .seed: .integer(0...(1 << 53))
    case .r: .integer(1...1024)
    case .virtualTokens: .integer(1...4096)
    case .distillTopK: .integer(2...1024)
    case .fisherExamples: .integer(1...1_000_000)
    case .maxLength, .maxPromptLength: .integer(1...1_048_576)
    case .tokensPerMicrobatch: .integer(1...16_777_216)
    case .samples: .integer(0...1024)
    case .maxSteps: .integer(-1...1_000_000_000)  // -1: as many as the epochs have
    case .warmupSteps: .integer(0...1_000_000_000)
    case .batchSize, .evalBatchSize, .accumulation: .integer(1...65_536)
    case .loggingSteps, .evalSteps, .saveSteps, .saveTotalLimit, .patience:
      .integer(1...1_000_000_000)
    default: choiceKind ?? numberKind
    }
  }

  private var choiceKind: OptionKind? {
    switch self {
    case .objective: .choice(["sft", "dpo", "distill"])
    case .method:
      .choice([
        "lora", .init("lora-fa", "lora_fa", "lorafa"), "dora", .init("ia3", "ia³"),
        .init("soft-prompt", "soft_prompt", "prompt_tuning", "prompt-tuning"), "rslora",
      ])
    case .loraFAForm: .choice(["plain", "projected"])
    case .promptInit: .choice(["RANDOM", "TEXT", "SAMPLE_VOCAB"])
    case .saveDtype: .choice([.init("f32", "fp32", "float32"), .init("bf16", "bfloat16")])
    case .quantize: .choice(["none", "int8", "int4", "nf4", "w8a8"])
    case .lossOn: .choice(["completion", "assistant", "all"])
    case .lossType: .choice(["sigmoid", "robust", "ipo", "hinge", "simpo", "orpo", "kto"])
    case .distillLoss: .choice(["kl", "reverse-kl", "jsd", "top-k", "replies"])
    case .template: .choice(["chat", "guide", "alpaca", "plain"])
    case .onTooLong: .choice(LengthPolicy.allCases.map { .init($0.rawValue) })
    case .order: .choice([.init("shuffled", "random"), .init("curriculum", "difficulty")])
    case .taskComplexity: .choice(TaskComplexity.allCases.map { .init($0.rawValue) })
    default: loopChoiceKind
    }
  }

  private var loopChoiceKind: OptionKind? {
    switch self {
    case .optimizer:
      .choice([
        .init("adamw_torch", "adamw", "adamw_hf", "adamw_torch_fused"),
        .init("adamw_8bit", "paged_adamw_8bit", "adamw_bnb_8bit"),
      ])
    case .schedule:
      .choice(["linear", "cosine", "cosine_with_min_lr", "constant", "constant_with_warmup"])
    case .precision:
      .choice(["auto", .init("bf16", "bfloat16"), .init("fp32", "float32", "f32")])
    case .evalStrategy, .saveStrategy: .choice(["steps", "epoch", .init("no", "none", "false")])
    default: nil
    }
  }

  private var numberKind: OptionKind {
    switch self {
    case .loraAlpha: .number(0...65_536, above: true)
    case .loraDropout: .number(0...0.9)
    case .loraPlusRatio: .number(0...1024, above: true)
    case .beta: .number(0...100, above: true)
    case .labelSmoothing: .number(0...0.5)
    case .rpoAlpha, .simpoGamma, .neftuneNoise, .desirableWeight, .undesirableWeight:
      .number(0...1000)
    case .temperature: .number(0...100, above: true)
    case .ewcLambda: .number(0...1e12)
    case .epochs: .number(0...10_000, above: true)
    case .learningRate: .number(0...1, above: true)
    case .adamEpsilon: .number(0...0.1, above: true)
    case .adamBeta1, .adamBeta2: .number(0...0.999_999_999)
    case .maxGradNorm, .patienceThreshold: .number(0...1e9)
    default: .number(0...1)  // shares: min_lr_rate, warmup_ratio, weight_decay, distill_alpha …
    }
  }
}
