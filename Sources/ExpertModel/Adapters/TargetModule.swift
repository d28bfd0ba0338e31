/// The linear layers of a decoder layer that adapters attach to, by Hugging Face's names.
package enum TargetModule: String, Sendable, Hashable, CaseIterable {
  case query = "q_proj"
  case key = "k_proj"
  case value = "v_proj"
  case attentionOutput = "o_proj"
  case gate = "gate_proj"
  case up = "up_proj"
  case down = "down_proj"

  /// The part of the layer, as tensor names spell it.
  package var path: String {
    switch self {
    case .query, .key, .value, .attentionOutput: "self_attn.\(rawValue)"
    case .gate, .up, .down: "mlp.\(rawValue)"
    }
  }

  /// Columns and rows of the weight: what the layer takes and what it yields.
  package func size(in config: ModelConfig) -> (inputs: Int, outputs: Int) {
    switch self {
    case .query: (config.hiddenSize, config.querySize)
    case .key, .value: (config.hiddenSize, config.keyValueSize)
    case .attentionOutput: (config.querySize, config.hiddenSize)
    case .gate, .up: (config.hiddenSize, config.intermediateSize)
    case .down: (config.intermediateSize, config.hiddenSize)
    }
  }

  /// Reads a list such as `q_proj,v_proj`, or `all-linear`; `nil` names what is no such layer.
  package static func list(_ text: String) -> Result<[TargetModule], UnknownTarget> {
    if text == "all-linear" { return .success(allCases) }
    var targets: [TargetModule] = []
    for name in text.split(separator: ",") {
      let trimmed = name.trimmingPrefix(" ")
      guard let target = TargetModule(rawValue: String(trimmed)) else {
        return .failure(UnknownTarget(name: String(trimmed)))
      }
      if !targets.contains(target) { targets.append(target) }
    }
    return targets.isEmpty ? .failure(UnknownTarget(name: text)) : .success(targets)
  }
}

/// A name that is no linear layer of a decoder.
package struct UnknownTarget: Error, Sendable, Hashable, CustomStringConvertible {
  package var name: String

  package var description: String {
    let known = TargetModule.allCases.map(\.rawValue).joined(separator: ", ")
    return "\"\(name)\" is no linear layer of the model; take all-linear, or some of: \(known)"
  }
}

/// The layers that take the same input: one product serves them, and one product their adapters.
package enum ModuleGroup: Int, Sendable, Hashable, CaseIterable {
  case queryKeyValue, attentionOutput, gateUp, down

  /// The group's layers in the order of its rows.
  package var targets: [TargetModule] {
    switch self {
    case .queryKeyValue: [.query, .key, .value]
    case .attentionOutput: [.attentionOutput]
    case .gateUp: [.gate, .up]
    case .down: [.down]
    }
  }

  /// What the group takes.
  package func inputs(in config: ModelConfig) -> Int { targets[0].size(in: config).inputs }

  /// What the whole group yields.
  package func outputs(in config: ModelConfig) -> Int {
    targets.reduce(0) { $0 + $1.size(in: config).outputs }
  }

  /// Which outputs of the group are a target's.
  package func range(of target: TargetModule, in config: ModelConfig) -> Range<Int> {
    let before = targets.prefix { $0 != target }
    let start = before.reduce(0) { $0 + $1.size(in: config).outputs }
    return start..<start + target.size(in: config).outputs
  }
}
