internal import ExpertModel
internal import ExpertPlatform

/// Names of target modules as settings give them.
enum TargetModules {
  /// Throws unless every name is a module, or `all-linear` where that is allowed.
  static func check(_ names: [String], allowAll: Bool, place: String) throws(TrainingError) {
    let known = TargetModule.allCases.map(\.rawValue) + (allowAll ? ["all-linear"] : [])
    guard !names.isEmpty else {
      throw .badValue(place: place, found: "", expected: known.joined(separator: ", "))
    }
    for name in names where !known.contains(name) {
      let hint = Spelling.nearest(to: name, among: known).map { "\"\($0)\"" }
      throw .badValue(place: place, found: name, expected: hint ?? known.joined(separator: ", "))
    }
  }

  /// PEFT's own choice for IA³ (`TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING`).
  static func ia3(_ architecture: ModelConfig.Architecture) -> [TargetModule] {
    switch architecture {
    case .llama: [.key, .value, .down]
    case .qwen2, .qwen3: [.query, .value, .down]
    }
  }
}
