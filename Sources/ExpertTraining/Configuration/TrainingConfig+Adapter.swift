package import ExpertModel

extension TrainingConfig {
  /// The adapter that the settings describe, for a base of this architecture.
  package func adapter(
    for architecture: ModelConfig.Architecture, base: String
  ) throws(TrainingError) -> AdapterConfig {
    let targets = modules(for: architecture)
    switch method {
    case .lora, .loraFA, .dora:
      return AdapterConfig(method: .lora(lowRank(targets)), targets: targets, base: base)
    case .ia3:
      let feedforward = try feedforwardModules(for: architecture)
      return AdapterConfig(method: .ia3(feedForward: feedforward), targets: targets, base: base)
    case .softPrompt:
      let prompt = AdapterConfig.PromptTuning(count: virtualTokens, start: promptStart)
      return AdapterConfig(method: .promptTuning(prompt), targets: [], base: base)
    }
  }

  private func lowRank(_ targets: [TargetModule]) -> AdapterConfig.LowRank {
    AdapterConfig.LowRank(
      rank: rank, alpha: alpha, dropout: dropout, rankStabilized: usesRslora,
      decomposed: method == .dora, frozenA: method == .loraFA,
      rankPattern: pattern(of: .rankPattern, targets) { $0 },
      alphaPattern: pattern(of: .alphaPattern, targets, Double.init))
  }

  private func pattern<T>(
    of option: TrainingOption, _ targets: [TargetModule], _ convert: (Int) -> T
  ) -> [TargetModule: T] {
    guard case .table(let table)? = values[option] else { return [:] }
    var result: [TargetModule: T] = [:]
    for target in targets { result[target] = table[target.rawValue].map(convert) }
    return result
  }

  private var promptStart: AdapterConfig.PromptTuning.Start {
    switch promptInit {
    case "TEXT": .text(promptInitText ?? "")
    case "RANDOM": .random
    default: .sampleVocabulary
    }
  }
}
