/// The name of an adapter's tensor in PEFT's form: `base_model.model.<module>.<part>`.
package struct TensorName: Sendable, Hashable {
  package enum Part: String, Sendable, Hashable, CaseIterable {
    case loraA = ".lora_A.weight"
    case loraB = ".lora_B.weight"
    case embeddingA = ".lora_embedding_A"
    case embeddingB = ".lora_embedding_B"
    case magnitude = ".lora_magnitude_vector"
    case ia3 = ".ia3_l"
    /// A module that was trained as a whole.
    case weight = ".weight"
    case bias = ".bias"
  }

  private static let prefix = "base_model.model."

  /// The path of the module, such as `model.layers.0.self_attn.q_proj`.
  package let module: String
  package let part: Part

  /// Splits a name; `nil` where it has another form.
  package init?(_ name: String) {
    guard name.hasPrefix(Self.prefix),
      let part = Part.allCases.first(where: { name.hasSuffix($0.rawValue) })
    else { return nil }
    let module = name.dropFirst(Self.prefix.count).dropLast(part.rawValue.count)
    guard !module.isEmpty else { return nil }
    self.module = String(module)
    self.part = part
  }

  /// Whether a list of module names, as PEFT compares them, means this module.
  package func isAmong(_ modules: [String]) -> Bool {
    modules.contains { module == $0 || module.hasSuffix("." + $0) }
  }
}
