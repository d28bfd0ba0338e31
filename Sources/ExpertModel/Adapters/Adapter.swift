internal import ExpertRecord

/// The trained part of an expert: every tensor that is added to the base, in PEFT's names.
package final class Adapter: Sendable {
  package let config: AdapterConfig
  package let model: ModelConfig
  /// What is attached to each layer, by layer and group; `nil` where nothing is.
  package let modules: [[ModuleGroup: ModuleAdapter]]
  /// The soft prompt [n, C], where the method is one.
  package let prompt: Parameter?
  /// The adapters that are used together, with their weights; empty for an adapter of its own.
  package let composition: [WeightedAdapter]

  /// An adapter with all values zero: for loading. `start` draws them.
  package init(_ config: AdapterConfig, for model: ModelConfig) {
    self.config = config
    self.model = model
    composition = []
    modules = (0..<model.layers).map { layer in
      var groups: [ModuleGroup: ModuleAdapter] = [:]
      for group in ModuleGroup.allCases {
        groups[group] = ModuleAdapter(group, layer: layer, config: config, model: model)
      }
      return groups
    }
    guard case .promptTuning(let prompt) = config.method else {
      self.prompt = nil
      return
    }
    self.prompt = Parameter(name: "prompt_embeddings", shape: [prompt.count, model.hiddenSize])
  }

  /// Several adapters of one base as one; see `composing`. Its configuration is the first one's, with
  /// the targets of all.
  init(composition parts: [WeightedAdapter]) {
    let first = parts[0].adapter
    model = first.model
    composition = parts
    let targets = Set(parts.flatMap(\.adapter.config.targets))
    config = AdapterConfig(
      method: first.config.method, targets: TargetModule.allCases.filter { targets.contains($0) },
      base: first.config.base)
    modules = (0..<model.layers).map { layer in
      var groups: [ModuleGroup: ModuleAdapter] = [:]
      for group in ModuleGroup.allCases {
        groups[group] = ModuleAdapter(
          composing: parts.compactMap { part in
            part.adapter.modules[layer][group].map { ($0, Float(part.weight)) }
          })
      }
      return groups
    }
    prompt = Parameter.prompt(of: parts)
  }

  /// Every tensor, in the order of layers and targets; of a composition none, its parts have them.
  package var parameters: [Parameter] {
    var all = modules.flatMap { groups in
      ModuleGroup.allCases.flatMap { groups[$0]?.parameters ?? [] }
    }
    if let prompt, composition.isEmpty { all.append(prompt) }
    return all
  }

  /// The tensors that the optimiser changes.
  package var trained: [Parameter] { parameters.filter(\.isTrained) }

  /// How many numbers are trained.
  package var trainedCount: Int { trained.reduce(0) { $0 + $1.count } }

  /// How many vectors come before the first token.
  package var promptLength: Int { prompt?.shape[0] ?? 0 }

  /// Sets all gradients to zero.
  package func clearGradients() { parameters.forEach { $0.clearGradient() } }

  /// Draws the values that training starts from, as PEFT does: A from U(−1/√in, 1/√in) (Kaiming
  /// uniform with a = √5), B zero, IA³ ones, DoRA's magnitudes the norms of the base's rows.
  ///
  /// The draw of each tensor depends on the seed and its name alone.
  package func start(seed: UInt64) {
    for module in modules.flatMap(\.values) { module.start(seed: seed) }
  }

  /// Starts a soft prompt from `vectors` [n, C].
  package func start(prompt vectors: [Float]) {
    precondition(vectors.count == prompt?.count, "the vectors do not fill the prompt")
    for (place, value) in vectors.enumerated() { prompt?.value[place] = value }
  }
}

extension Parameter {
  /// Fills a tensor with numbers of U(−bound, bound).
  func drawUniform(_ bound: Float, seed: UInt64) {
    var random = SeededGenerator(seed: seed, stream: "adapter/\(name)")
    for place in 0..<count { value[place] = (2 * Float(random.unit()) - 1) * bound }
  }

  /// Fills a tensor with one value.
  func fill(_ number: Float) { value.update(repeating: number, count: count) }
}
