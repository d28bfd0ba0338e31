internal import ExpertRecord
internal import Foundation

/// The rotation's part of a config.json, in the spelling of transformers before 5 (`rope_theta`
/// and `rope_scaling` with `type` or `rope_type`) and since (`rope_parameters`).
struct RopeFields {
  private let config: ConfigFields
  private let rope: ConfigFields?

  init(_ config: ConfigFields) throws(ModelFileError) {
    self.config = config
    let parameters = try config.fields("rope_parameters")
    rope = if let parameters { parameters } else { try config.fields("rope_scaling") }
  }

  /// transformers' default where nothing is said: 10,000.
  func theta() throws(ModelFileError) -> Double {
    if let theta = try rope?.positive("rope_theta") { return theta }
    return try config.positive("rope_theta") ?? 10_000
  }

  func scaling(contextLength: Int) throws(ModelFileError) -> RopeScaling {
    guard let rope else { return .none }
    if let share = try rope.positive("partial_rotary_factor"), share != 1 {
      throw rope.unsupported("partial_rotary_factor", "\(share): part of a head is not rotated")
    }
    let type = try rope.text("rope_type")
    let old = try rope.text("type")
    switch type ?? old ?? "default" {
    case "default": return .none
    case "linear": return .linear(factor: try required(rope, "factor"))
    case "llama3":
      return .llama3(
        factor: try required(rope, "factor"),
        lowFrequencyFactor: try required(rope, "low_freq_factor"),
        highFrequencyFactor: try required(rope, "high_freq_factor"),
        originalContext: try rope.required(
          "original_max_position_embeddings", in: ModelLimits.context))
    case "yarn": return try yarn(rope, contextLength: contextLength)
    case let other: throw rope.unsupported("rope_type", "“\(other)”")
    }
  }

  private func required(_ rope: ConfigFields, _ field: String) throws(ModelFileError) -> Double {
    guard let value = try rope.positive(field) else { throw rope.fail(field, "it is missing") }
    return value
  }

  private func yarn(
    _ rope: ConfigFields, contextLength: Int
  ) throws(ModelFileError) -> RopeScaling {
    let original = try rope.integer("original_max_position_embeddings", in: ModelLimits.context)
    guard
      let factor = try rope.positive("factor")
        ?? original.map({ Double(contextLength) / Double($0) })
    else { throw rope.fail("factor", "it is missing") }
    return .yarn(
      factor: factor, originalContext: original ?? contextLength,
      betaFast: try rope.positive("beta_fast") ?? 32,
      betaSlow: try rope.positive("beta_slow") ?? 1,
      attentionFactor: try attentionFactor(rope, factor: factor),
      truncate: try rope.bool("truncate") ?? true)
  }

  /// `attention_factor`, or the quotient of the two `mscale`s, as transformers computes it.
  private func attentionFactor(
    _ rope: ConfigFields, factor: Double
  ) throws(ModelFileError) -> Double? {
    if let given = try rope.positive("attention_factor") { return given }
    guard let one = try rope.positive("mscale"), let all = try rope.positive("mscale_all_dim")
    else { return nil }
    guard factor > 1 else { return 1 }
    return (0.1 * one * log(factor) + 1) / (0.1 * all * log(factor) + 1)
  }
}
