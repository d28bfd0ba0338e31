package import ExpertModel

/// Floats that a row of a batch takes, by the shapes of `TrainingMemory` and `SharedMemory`.
package struct RowMemory: Sendable, Hashable {
  /// A pass that is differentiated, all layers together.
  package var training: Int
  /// A pass that is not.
  package var frozen: Int

  /// C hidden, F feed-forward, H heads, G key and value heads, P = (H + 2G) D, Q = H D.
  package init(_ model: ModelConfig, _ adapter: AdapterConfig, checkpointing: Bool) {
    let (c, f, q) = (model.hiddenSize, model.intermediateSize, model.querySize)
    let p = model.querySize + 2 * model.keyValueSize
    let inverses = 2 + model.attentionHeads + model.keyValueHeads
    let tape =
      p + q + model.attentionHeads + c + 2 * f + inverses + Self.adapterTape(adapter, model)
    let boundaries = (model.layers + 1) * c
    let scratch = 3 * c + 4 * f + q + p + (model.architecture == .qwen3 ? p : 0)
    training = boundaries + tape * (checkpointing ? 1 : model.layers) + scratch
    frozen = 2 * c + p + q + 3 * f
  }

  /// What the adapters of a layer keep: what lies between A and B; the outputs of groups in which
  /// DoRA or IA³ scale some; the inputs that dropout left.
  private static func adapterTape(_ adapter: AdapterConfig, _ model: ModelConfig) -> Int {
    ModuleGroup.allCases.reduce(0) { sum, group in
      let targets = group.targets.filter(adapter.targets.contains)
      guard !targets.isEmpty else { return sum }
      switch adapter.method {
      case .lora(let options):
        let inner = targets.reduce(0) { $0 + options.rank(of: $1) }
        let scaled = options.decomposed ? group.outputs(in: model) : 0
        let dropped = options.dropout > 0 ? group.inputs(in: model) : 0
        return sum + inner + scaled + dropped
      case .ia3:
        let scalesOutputs = targets.contains { !adapter.scalesInput($0) }
        return sum + (scalesOutputs ? group.outputs(in: model) : 0)
      case .promptTuning: return sum
      }
    }
  }
}
