package import ExpertModel
package import ExpertTensors

// What the options mean, typed. Those with a default are never missing.
extension TrainingConfig {
  package var objective: Objective { choice(.objective) }
  package var method: AdapterMethod { choice(.method) }
  package var base: String? { text(.base) }
  package var dataset: String? { text(.dataset) }
  package var outputDirectory: String? { text(.outputDir) }
  package var runName: String? { text(.runName) }
  package var seed: UInt64 { UInt64(integer(.seed) ?? 0) }

  // MARK: adapter

  /// The folder of an adapter to go on from.
  package var startAdapter: String? { text(.adapter) }
  /// Rank of the modules that `rank_pattern` does not name.
  package var rank: Int { integer(.r) ?? 0 }
  /// α of the modules that `alpha_pattern` does not name.
  package var alpha: Double { number(.loraAlpha) ?? 0 }
  package var usesRslora: Bool { flag(.useRslora) }
  package var dropout: Double { number(.loraDropout) ?? 0 }
  /// Whether LoRA-FA's gradient is projected, as PEFT's own optimiser does.
  package var projectsLoraFA: Bool { text(.loraFAForm) == "projected" }
  /// LoRA+: the learning rate of B over that of A.
  package var loraPlusRatio: Double { number(.loraPlusRatio) ?? 1 }
  package var virtualTokens: Int { integer(.virtualTokens) ?? 0 }
  package var promptInit: String? { text(.promptInit) }
  package var promptInitText: String? { text(.promptInitText) }
  package var savesBF16: Bool { text(.saveDtype) == "bf16" }

  /// The modules that carry an adapter, in the order of the forward pass.
  package func modules(for architecture: ModelConfig.Architecture) -> [TargetModule] {
    guard method != .softPrompt else { return [] }
    guard let names = list(.targetModules) else { return TargetModules.ia3(architecture) }
    return TargetModule.allCases.filter {
      names.contains("all-linear") || names.contains($0.rawValue)
    }
  }

  /// IA³ modules that scale their input. Those given must be among the targets.
  package func feedforwardModules(
    for architecture: ModelConfig.Architecture
  ) throws(TrainingError) -> [TargetModule] {
    guard method == .ia3 else { return [] }
    let targets = modules(for: architecture)
    guard let names = list(.feedforwardModules) else { return targets.filter { $0 == .down } }
    let known = targets.map(\.rawValue)
    if let stray = names.first(where: { !known.contains($0) }) {
      throw .badValue(
        place: TrainingOption.feedforwardModules.flag, found: stray,
        expected: "some of the target modules \(known.joined(separator: ", "))")
    }
    return targets.filter { names.contains($0.rawValue) }
  }

  // MARK: objective

  package var lossOn: String { text(.lossOn) ?? "completion" }
  package var lossType: String { text(.lossType) ?? "sigmoid" }
  package var beta: Double { number(.beta) ?? 0.1 }
  package var labelSmoothing: Double { number(.labelSmoothing) ?? 0 }
  package var rpoAlpha: Double? { number(.rpoAlpha) }
  /// SimPO's target margin; 0.5 is the default of TRL.
  package var simpoGamma: Double { number(.simpoGamma) ?? 0.5 }
  package var distillLoss: String { text(.distillLoss) ?? "kl" }
  package var temperature: Double { number(.temperature) ?? 2 }
  package var distillAlpha: Double { number(.distillAlpha) ?? 0.5 }
  package var jsdBeta: Double { number(.jsdBeta) ?? 0.5 }
  package var teacherModel: String? { text(.teacherModel) }
  package var teacherAdapter: String? { text(.teacherAdapter) }
  package var ewcLambda: Double? { number(.ewcLambda) }
  package var ewcFrom: String? { text(.ewcFrom) }
  package var neftuneNoise: Double? { number(.neftuneNoise) }

  // MARK: data

  package var template: String { text(.template) ?? "chat" }
  package var maxLength: Int? { integer(.maxLength) }
  package var maxPromptLength: Int? { integer(.maxPromptLength) }
  package var lengthPolicy: LengthPolicy { choice(.onTooLong) }
  package var packs: Bool { flag(.packing) }
  package var tokensPerMicrobatch: Int? { integer(.tokensPerMicrobatch) }
  package var usesCurriculum: Bool { text(.order) == "curriculum" }
  package var taskComplexity: TaskComplexity? { text(.taskComplexity).flatMap(TaskComplexity.init) }

  // MARK: steps

  package var epochs: Double { number(.epochs) ?? 3 }
  package var maxSteps: Int? { integer(.maxSteps).flatMap { $0 > 0 ? $0 : nil } }
  package var batchSize: Int { integer(.batchSize) ?? 4 }
  package var evalBatchSize: Int { integer(.evalBatchSize) ?? 8 }
  package var accumulation: Int { integer(.accumulation) ?? 4 }
  package var uses8BitStates: Bool { text(.optimizer) == "adamw_8bit" }
  package var learningRate: Double { number(.learningRate) ?? 2e-4 }
  package var maxGradNorm: Double { number(.maxGradNorm) ?? 1 }
  package var checkpointsActivations: Bool { flag(.checkpointing) }

  /// AdamW's constants.
  package var adam: AdamW {
    AdamW(
      beta1: number(.adamBeta1) ?? 0.9, beta2: number(.adamBeta2) ?? 0.999,
      epsilon: number(.adamEpsilon) ?? 1e-8, weightDecay: number(.weightDecay) ?? 0.01)
  }

  /// The schedule over `steps` optimiser steps. Without a stated warmup it is 10 % of the steps
  /// and at most 100; a share is rounded up, as transformers does.
  package func schedule(steps: Int) -> LearningRateSchedule {
    let kind: LearningRateSchedule.Kind = choice(.schedule)
    var warmup = min(100, steps / 10)
    if let ratio = number(.warmupRatio) { warmup = Int((Double(steps) * ratio).rounded(.up)) }
    if let given = integer(.warmupSteps) { warmup = given }
    return LearningRateSchedule(
      kind: kind, peak: learningRate, warmup: kind == .constant ? 0 : warmup, steps: steps,
      minRatio: number(.minLearningRateRatio) ?? 0)
  }

  /// How the frozen weights are held; `nil` as the base's file holds them, floats in bf16.
  package var basePrecision: Precision? {
    if let quantized = text(.quantize).flatMap(Precision.init) { return quantized }
    return text(.precision).flatMap(Precision.init)
  }

  // MARK: watching and keeping

  package var loggingSteps: Int { integer(.loggingSteps) ?? 10 }
  package var loggingDirectory: String? { text(.loggingDir) }
  package var saveTotalLimit: Int { integer(.saveTotalLimit) ?? 3 }
  package var keepsBest: Bool { flag(.loadBest) }
  package var patience: Int? { integer(.patience) }
  package var patienceThreshold: Double { number(.patienceThreshold) ?? 0 }
  package var trackers: [TrackerKind] {
    (try? TrackerKind.read(list(.reportTo) ?? [], place: "")) ?? []
  }
  package var samples: Int { integer(.samples) ?? 0 }

  /// Steps between evaluations, given those of an epoch; `nil` for none.
  package func evalInterval(stepsPerEpoch: Int) -> Int? {
    interval(.evalStrategy, .evalSteps, stepsPerEpoch)
  }

  /// Steps between checkpoints, given those of an epoch; `nil` for none but the last.
  package func saveInterval(stepsPerEpoch: Int) -> Int? {
    interval(.saveStrategy, .saveSteps, stepsPerEpoch)
  }
}

// Reading the values.
extension TrainingConfig {
  private func text(_ option: TrainingOption) -> String? {
    if case .text(let value)? = values[option] { value } else { nil }
  }

  private func integer(_ option: TrainingOption) -> Int? {
    if case .integer(let value)? = values[option] { value } else { nil }
  }

  private func number(_ option: TrainingOption) -> Double? {
    if case .number(let value)? = values[option] { value } else { nil }
  }

  private func flag(_ option: TrainingOption) -> Bool { values[option] == .flag(true) }

  private func list(_ option: TrainingOption) -> [String]? {
    if case .list(let value)? = values[option] { value } else { nil }
  }

  /// A value of an option that has a default and takes only the cases of `T`.
  private func choice<T: RawRepresentable>(_ option: TrainingOption) -> T
  where T.RawValue == String {
    guard let value = text(option).flatMap(T.init) else {
      preconditionFailure("\(option.rawValue) has a default among its choices")
    }
    return value
  }

  private func interval(
    _ strategy: TrainingOption, _ steps: TrainingOption, _ stepsPerEpoch: Int
  ) -> Int? {
    switch text(strategy) {
    case "steps": integer(steps)
    case "epoch": max(1, stepsPerEpoch)
    default: nil
    }
  }
}
