package import ExpertModel
internal import ExpertPlatform

/// The linear layers of a decoder layer, by the names of Hugging Face's checkpoints.
package enum TargetModules {
  package static let attention = ["q_proj", "k_proj", "v_proj", "o_proj"]
  package static let feedforward = ["gate_proj", "up_proj", "down_proj"]
  /// `all-linear`, in the order of the forward pass.
  package static let all = attention + feedforward

  /// Throws unless every name is a module, or `all-linear` where that is allowed.
  static func check(_ names: [String], allowAll: Bool, place: String) throws(TrainingError) {
    let known = all + (allowAll ? ["all-linear"] : [])
    guard !names.isEmpty else {
      throw .badValue(place: place, found: "", expected: known.joined(separator: ", "))
    }
    for name in names where !known.contains(name) {
      let hint = Spelling.nearest(to: name, among: known).map { "\"\($0)\"" }
      throw .badValue(place: place, found: name, expected: hint ?? known.joined(separator: ", "))
    }
  }

  /// PEFT's own choice for IA³ (`TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING`).
  static func ia3(_ architecture: ModelConfig.Architecture) -> [String] {
    switch architecture {
    case .llama: ["k_proj", "v_proj", "down_proj"]
    case .qwen2, .qwen3: ["q_proj", "v_proj", "down_proj"]
    }
  }

  /// Input and output columns of a module.
  package static func shape(_ name: String, _ model: ModelConfig) -> (inputs: Int, outputs: Int) {
    switch name {
    case "q_proj": (model.hiddenSize, model.querySize)
    case "k_proj", "v_proj": (model.hiddenSize, model.keyValueSize)
    case "o_proj": (model.querySize, model.hiddenSize)
    case "down_proj": (model.intermediateSize, model.hiddenSize)
    default: (model.hiddenSize, model.intermediateSize)
    }
  }
}
