/// How the elements of a stored tensor are encoded; raw values are the names that safetensors and
/// GGUF give them.
package enum ElementType: String, Sendable, Hashable, CaseIterable {
  case f32 = "F32"
  case f16 = "F16"
  case bf16 = "BF16"
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case q8_0 = "Q8_0"
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case q4_0 = "Q4_0"
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case q4_1 = "Q4_1"
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case q4_k = "Q4_K"
  // swift-format-ignore: AlwaysUseLowerCamelCase
  case q6_k = "Q6_K"

  /// Elements in one block; 1 where every element stands for itself.
  package var blockElements: Int {
    switch self {
    case .f32, .f16, .bf16: 1
    case .q8_0, .q4_0, .q4_1: 32
    case .q4_k, .q6_k: 256
    }
  }

  /// Bytes of one block.
  package var blockBytes: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q8_0: 34
    case .q4_0: 18
    case .q4_1: 20
    case .q4_k: 144
    case .q6_k: 210
    }
  }

  /// Whether elements are stored as small integers with shared scales.
  package var isQuantized: Bool { blockElements > 1 }
}
