extension TrainingLayer {
  /// Sets the objective, unless the layers name another.
  mutating func demand(_ objective: Objective) throws(TrainingError) {
    let wanted = OptionValue.text(objective.rawValue)
    if let setting = settings[.objective], setting.value != wanted,
      case .text(let found) = setting.value
    {
      throw .outOfPlace(
        place: setting.place, reason: "says \(found), but the command is train \(objective)")
    }
    settings[.objective] = Setting(value: wanted, place: "train \(objective)")
  }

  /// Refuses what means nothing beside another choice: a setting without effect is a mistake that
  /// nobody would notice.
  func check(_ ground: Ground) throws(TrainingError) {
    for (option, setting) in settings.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      if let reason = Self.misfit(option, ground) {
        throw .outOfPlace(place: setting.place, reason: reason)
      }
    }
    try checkLoss()
    try checkSteps()
    try checkLengths(ground)
    try checkModules(ground)
    try checkTrackers()
  }

  private static func misfit(_ option: TrainingOption, _ ground: Ground) -> String? {
    let isLora = [.lora, .loraFA, .dora].contains(ground.method)
    switch option {
    case .r, .loraAlpha, .loraDropout, .rankPattern, .alphaPattern, .useRslora:
      return isLora ? nil : "has no meaning for \(ground.method.rawValue)"
    case .loraPlusRatio:
      return [.lora, .dora].contains(ground.method) ? nil : "needs --method lora or dora"
    case .targetModules:
      return ground.method == .softPrompt ? "a soft prompt changes no module" : nil
    case .feedforwardModules: return ground.method == .ia3 ? nil : "needs --method ia3"
    case .loraFAForm: return ground.method == .loraFA ? nil : "needs --method lora-fa"
    case .virtualTokens, .promptInit, .promptInitText:
      return ground.method == .softPrompt ? nil : "needs --method soft-prompt"
    default: return misfit(option, objective: ground.objective)
    }
  }

  private static func misfit(_ option: TrainingOption, objective: Objective) -> String? {
    switch option {
    case .lossType, .beta, .labelSmoothing, .rpoAlpha, .simpoGamma, .maxPromptLength,
      .desirableWeight, .undesirableWeight:
      objective == .dpo ? nil : "needs train dpo"
    case .distillLoss, .temperature, .distillAlpha, .jsdBeta, .teacherModel, .teacherAdapter,
      .distillTopK:
      objective == .distill ? nil : "needs train distill"
    case .lossOn, .neftuneNoise, .learnReasoning:
      objective == .dpo ? "has no meaning for pairs" : nil
    default: nil
    }
  }

  private func checkLoss() throws(TrainingError) {
    let loss = settings.text(.lossType) ?? "sigmoid"
    if let smoothing = settings[.labelSmoothing], smoothing.value != .number(0) {
      guard ["sigmoid", "robust"].contains(loss) else {
        throw .outOfPlace(place: smoothing.place, reason: "needs the loss sigmoid or robust")
      }
      // The robust loss divides by 1 − 2ε.
      if loss == "robust", smoothing.value == .number(0.5) {
        throw .badValue(place: smoothing.place, found: "0.5", expected: "less than 0.5")
      }
    }
    if let gamma = settings[.simpoGamma], loss != "simpo" {
      throw .outOfPlace(place: gamma.place, reason: "needs --loss-type simpo")
    }
    for option in [TrainingOption.desirableWeight, .undesirableWeight] where loss != "kto" {
      guard let weight = settings[option] else { continue }
      throw .outOfPlace(place: weight.place, reason: "needs --loss-type kto")
    }
    if let alpha = settings[.rpoAlpha], loss == "kto" {
      throw .outOfPlace(place: alpha.place, reason: "KTO's answers have no pair to add a term to")
    }
    if let size = settings[.batchSize], loss == "kto", size.value == .integer(1) {
      throw .outOfPlace(
        place: size.place, reason: "KTO tells the divergence from a batch; it needs 2 or more")
    }
    if settings.text(.distillLoss) == "replies" {
      let teachers: [TrainingOption] = [
        .temperature, .distillAlpha, .teacherModel, .teacherAdapter,
      ]
      for option in teachers {
        guard let setting = settings[option] else { continue }
        throw .outOfPlace(
          place: setting.place, reason: "--distill-loss replies learns without a teacher")
      }
    }
    if let k = settings[.distillTopK], settings.text(.distillLoss) != "top-k" {
      throw .outOfPlace(place: k.place, reason: "needs --distill-loss top-k")
    }
    if let beta = settings[.jsdBeta], settings.text(.distillLoss) != "jsd" {
      throw .outOfPlace(place: beta.place, reason: "needs --distill-loss jsd")
    }
    if let from = settings[.ewcFrom], settings[.ewcLambda] == nil {
      throw .outOfPlace(place: from.place, reason: "needs --ewc-lambda, the weight of the term")
    }
    if let lambda = settings[.ewcLambda], settings[.ewcFrom] == nil {
      throw .outOfPlace(
        place: lambda.place, reason: "needs --ewc-from, the adapter of the earlier task")
    }
  }

  private func checkSteps() throws(TrainingError) {
    if let steps = settings[.maxSteps], steps.value == .integer(0) {
      throw .badValue(
        place: steps.place, found: "0",
        expected: "a whole number from 1, or -1 for as many as the epochs have")
    }
    let schedule = settings.text(.schedule)
    if let ratio = settings[.minLearningRateRatio], schedule != "cosine_with_min_lr" {
      throw .outOfPlace(place: ratio.place, reason: "needs --scheduler cosine_with_min_lr")
    }
    for option in [TrainingOption.warmupSteps, .warmupRatio] where schedule == "constant" {
      guard let setting = settings[option], ![.integer(0), .number(0)].contains(setting.value)
      else { continue }
      throw .outOfPlace(
        place: setting.place,
        reason: "the schedule constant has no warmup; take constant_with_warmup")
    }
    if let ratio = settings[.warmupRatio], settings[.warmupSteps] != nil {
      throw .outOfPlace(place: ratio.place, reason: "say either warmup_ratio or warmup_steps")
    }
    if let patience = settings[.patience], settings.text(.evalStrategy) == "no" {
      throw .outOfPlace(place: patience.place, reason: "needs evaluations: --eval-strategy steps")
    }
  }

  private func checkLengths(_ ground: Ground) throws(TrainingError) {
    if case .integer(let prompt)? = settings[.maxPromptLength]?.value,
      case .integer(let whole)? = settings[.maxLength]?.value, prompt >= whole
    {
      throw .badValue(
        place: settings[.maxPromptLength]?.place ?? "", found: String(prompt),
        expected: "less than the \(whole) tokens of --max-length")
    }
    if let policy = settings[.onTooLong], policy.value == .text("split"), ground.objective == .dpo {
      throw .outOfPlace(place: policy.place, reason: "a pair cannot be split; drop or truncate it")
    }
    if let text = settings[.promptInit], text.value == .text("TEXT"),
      settings[.promptInitText] == nil
    {
      throw .outOfPlace(place: text.place, reason: "needs --prompt-tuning-init-text")
    }
    if let text = settings[.promptInitText], let kind = settings.text(.promptInit), kind != "TEXT" {
      throw .outOfPlace(place: text.place, reason: "needs --prompt-tuning-init TEXT")
    }
  }

  private func checkModules(_ ground: Ground) throws(TrainingError) {
    var targets = ["all-linear"]
    if case .list(let names)? = settings[.targetModules]?.value { targets = names }
    for option in [TrainingOption.targetModules, .feedforwardModules] {
      guard let setting = settings[option], case .list(let names) = setting.value else { continue }
      try TargetModules.check(names, allowAll: option == .targetModules, place: setting.place)
    }
    for option in [TrainingOption.rankPattern, .alphaPattern] {
      guard let setting = settings[option], case .table(let table) = setting.value else { continue }
      guard table.values.allSatisfy({ (1...65_536).contains($0) }) else {
        throw .badValue(
          place: setting.place, found: "a value below 1", expected: "whole numbers from 1")
      }
      let names = table.keys.sorted()
      if !names.isEmpty {
        try TargetModules.check(names, allowAll: false, place: setting.place)
      }
      for name in names where !targets.contains("all-linear") && !targets.contains(name) {
        throw .outOfPlace(
          place: setting.place,
          reason: "\(name) carries no adapter; name it in --target-modules too")
      }
    }
  }

  private func checkTrackers() throws(TrainingError) {
    guard let setting = settings[.reportTo], case .list(let names) = setting.value else { return }
    _ = try TrackerKind.read(names, place: setting.place)
  }
}
