/// Everything that can be set about a training run. Raw values are the names in recipes and in the
/// recorded configuration: those of Hugging Face's TrainingArguments, PEFT's configurations and
/// TRL's trainers where they have one.
package enum TrainingOption: String, Sendable, Hashable, CaseIterable {
  // What is trained, on what
  case objective, base, dataset
  case outputDir = "output_dir"
  case runName = "run_name"
  case seed

  // Adapter
  case adapter = "adapter_name_or_path"
  case method
  case r
  case loraAlpha = "lora_alpha"
  case loraDropout = "lora_dropout"
  case targetModules = "target_modules"
  case feedforwardModules = "feedforward_modules"
  case rankPattern = "rank_pattern"
  case alphaPattern = "alpha_pattern"
  case useRslora = "use_rslora"
  case loraFAForm = "lora_fa_form"
  case loraPlusRatio = "loraplus_lr_ratio"
  case virtualTokens = "num_virtual_tokens"
  case promptInit = "prompt_tuning_init"
  case promptInitText = "prompt_tuning_init_text"
  case saveDtype = "save_dtype"
  case quantize

  // Objective
  case lossOn = "loss_on"
  case learnReasoning = "learn_reasoning"
  case lossType = "loss_type"
  case beta
  case labelSmoothing = "label_smoothing"
  case rpoAlpha = "rpo_alpha"
  case simpoGamma = "simpo_gamma"
  case desirableWeight = "desirable_weight"
  case undesirableWeight = "undesirable_weight"
  case distillLoss = "distill_loss"
  case temperature
  case distillAlpha = "distill_alpha"
  case jsdBeta = "jsd_beta"
  case distillTopK = "distill_top_k"
  case teacherModel = "teacher_model"
  case teacherAdapter = "teacher_adapter"
  case ewcLambda = "ewc_lambda"
  case ewcFrom = "ewc_from"
  case fisherExamples = "fisher_examples"
  case neftuneNoise = "neftune_noise_alpha"

  // Data
  case template
  case maxLength = "max_length"
  case maxPromptLength = "max_prompt_length"
  case onTooLong = "on_too_long"
  case packing
  case tokensPerMicrobatch = "tokens_per_microbatch"
  case order
  case taskComplexity = "task_complexity"

  // Steps
  case epochs = "num_train_epochs"
  case maxSteps = "max_steps"
  case batchSize = "per_device_train_batch_size"
  case evalBatchSize = "per_device_eval_batch_size"
  case accumulation = "gradient_accumulation_steps"
  case optimizer = "optim"
  case learningRate = "learning_rate"
  case schedule = "lr_scheduler_type"
  case minLearningRateRatio = "min_lr_rate"
  case warmupSteps = "warmup_steps"
  case warmupRatio = "warmup_ratio"
  case adamBeta1 = "adam_beta1"
  case adamBeta2 = "adam_beta2"
  case adamEpsilon = "adam_epsilon"
  case weightDecay = "weight_decay"
  case maxGradNorm = "max_grad_norm"
  case precision
  case checkpointing = "gradient_checkpointing"

  // Watching and keeping
  case loggingSteps = "logging_steps"
  case loggingDir = "logging_dir"
  case evalStrategy = "eval_strategy"
  case evalSteps = "eval_steps"
  case saveStrategy = "save_strategy"
  case saveSteps = "save_steps"
  case saveTotalLimit = "save_total_limit"
  case loadBest = "load_best_model_at_end"
  case patience = "early_stopping_patience"
  case patienceThreshold = "early_stopping_threshold"
  case reportTo = "report_to"
  case samples

  /// The flag of the command line.
  package var flag: String {
    "--" + (Self.shortFlags[self] ?? String(rawValue.map { $0 == "_" ? "-" : $0 }))
  }

  private static let shortFlags: [TrainingOption: String] = [
    .adapter: "adapter", .outputDir: "output", .loraAlpha: "alpha", .loraDropout: "dropout",
    .epochs: "epochs",
    .batchSize: "batch-size", .evalBatchSize: "eval-batch-size", .accumulation: "accumulation",
    .schedule: "scheduler", .loraPlusRatio: "loraplus-ratio",
    .neftuneNoise: "neftune", .loadBest: "keep-best", .patience: "patience",
    .patienceThreshold: "patience-threshold", .optimizer: "optimizer",
  ]

  /// Other names under which files give it.
  package var aliases: [String] { Self.otherNames[self] ?? [] }

  private static let otherNames: [TrainingOption: [String]] = [
    .base: ["model_name_or_path", "base_model_name_or_path", "base_model"],
    .dataset: ["dataset_name"],
    .loraAlpha: ["alpha"], .loraDropout: ["dropout"], .epochs: ["epochs"],
    .batchSize: ["batch_size"], .evalBatchSize: ["eval_batch_size"], .learningRate: ["lr"],
    .evalStrategy: ["evaluation_strategy"], .optimizer: ["optimizer"], .schedule: ["scheduler"],
    .maxLength: ["max_seq_length"], .outputDir: ["output"], .template: ["prompt_template"],
    .accumulation: ["accumulation"],
  ]

  /// Whether the trained weights depend on it. The others may change when a run goes on.
  package var shapesWeights: Bool {
    switch self {
    case .outputDir, .runName, .loggingSteps, .loggingDir, .saveStrategy, .saveSteps,
      .saveTotalLimit, .reportTo, .samples, .taskComplexity, .saveDtype, .fisherExamples:
      false
    // What lies in these folders is compared by its hash, wherever it lies.
    case .adapter, .teacherAdapter, .ewcFrom: false
    default: true
    }
  }
}
