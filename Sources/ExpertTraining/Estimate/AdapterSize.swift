package import ExpertModel

/// How many parameters a method trains on a base.
package struct AdapterSize: Sendable, Hashable {
  /// Parameters that are updated.
  package var trainable: Int
  /// Parameters that are saved: LoRA-FA's frozen A is among them.
  package var saved: Int
  /// Parameters of the base.
  package var base: Int

  package init(_ config: TrainingConfig, _ model: ModelConfig) throws(TrainingError) {
    base = Self.parameters(of: model)
    (trainable, saved) = (0, 0)
    let adapter = try config.adapter(for: model.architecture, base: "")
    for target in adapter.targets {
      let (inputs, outputs) = target.size(in: model)
      switch adapter.method {
      case .lora(let options):
        let (a, b) = (options.rank(of: target) * inputs, options.rank(of: target) * outputs)
        let magnitudes = options.decomposed ? outputs : 0
        add((options.frozenA ? 0 : a) + b + magnitudes, saved: a + b + magnitudes)
      case .ia3:
        let scales = adapter.scalesInput(target) ? inputs : outputs
        add(scales, saved: scales)
      case .promptTuning: break
      }
    }
    trainable *= model.layers
    saved *= model.layers
    if case .promptTuning(let prompt) = adapter.method {
      add(prompt.count * model.hiddenSize, saved: prompt.count * model.hiddenSize)
    }
  }

  private mutating func add(_ trained: Int, saved: Int) {
    trainable += trained
    self.saved += saved
  }

  /// The line of PEFT's `print_trainable_parameters`.
  package var text: String {
    let all = base + trainable
    return "trainable params: \(Self.grouped(trainable)) || all params: \(Self.grouped(all)) || "
      + "trainable%: \(Figure.fixed(100 * Double(trainable) / Double(all), 4))"
  }

  /// Weights, norms and biases of a base; a tied head counts once.
  static func parameters(of model: ModelConfig) -> Int {
    var norms = 2 * model.hiddenSize
    if model.architecture == .qwen3 { norms += 2 * model.headSize }
    if model.attentionBias { norms += model.querySize + 2 * model.keyValueSize }
    return model.weightCount + model.layers * norms + model.hiddenSize
  }

  private static func grouped(_ value: Int) -> String {
    let digits = Array(String(value))
    let groups = stride(from: digits.count, to: 0, by: -3).map { end in
      String(digits[max(0, end - 3)..<end])
    }
    return groups.reversed().joined(separator: ",")
  }
}
