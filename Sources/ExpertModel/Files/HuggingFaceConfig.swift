internal import ExpertRecord

/// Reads config.json and generation_config.json of transformers.
enum HuggingFaceConfig {
  /// The classes of transformers that one decoder covers, and their `model_type`s.
  private static let architectures: [(name: String, type: String, ModelConfig.Architecture)] = [
    ("Qwen3ForCausalLM", "qwen3", .qwen3), ("Qwen2ForCausalLM", "qwen2", .qwen2),
    ("LlamaForCausalLM", "llama", .llama),
  ]

  /// The configuration that config.json describes; end tokens come from generation_config.json
  /// where it names them, as in transformers' own generation.
  static func read(
    _ config: ConfigFields, generation: ConfigFields?
  ) throws(ModelFileError) -> ModelConfig {
    let architecture = try architecture(config)
    try refuseWhatIsMissing(config, architecture)
    let hidden = try config.required("hidden_size", in: ModelLimits.size)
    let heads = try config.required("num_attention_heads", in: ModelLimits.heads)
    let context = try config.required("max_position_embeddings", in: ModelLimits.context)
    let vocabulary = try config.required("vocab_size", in: ModelLimits.vocabulary)
    let rope = try RopeFields(config)
    let result = ModelConfig(
      architecture: architecture, hiddenSize: hidden,
      intermediateSize: try config.required("intermediate_size", in: ModelLimits.size),
      layers: try config.required("num_hidden_layers", in: ModelLimits.layers),
      attentionHeads: heads,
      keyValueHeads: try keyValueHeads(config, architecture, heads: heads),
      headSize: try headSize(config, architecture, hidden: hidden, heads: heads),
      vocabularySize: vocabulary,
      normEpsilon: Float(try config.positive("rms_norm_eps") ?? 1e-6),
      ropeTheta: try rope.theta(), ropeScaling: try rope.scaling(contextLength: context),
      contextLength: context,
      tiedEmbeddings: try config.bool("tie_word_embeddings") ?? false,
      attentionBias: architecture == .qwen2,
      endTokens: try endTokens(config, generation, vocabulary: vocabulary),
      beginToken: try config.tokens("bos_token_id", vocabulary: vocabulary)?.first)
    if let (field, reason) = result.contradiction { throw config.fail(field, reason) }
    return result
  }

  private static func endTokens(
    _ config: ConfigFields, _ generation: ConfigFields?, vocabulary: Int
  ) throws(ModelFileError) -> [Int32] {
    for fields in [generation, config] {
      if let ids = try fields?.tokens("eos_token_id", vocabulary: vocabulary) { return ids }
    }
    return []
  }

  private static func architecture(
    _ config: ConfigFields
  ) throws(ModelFileError) -> ModelConfig.Architecture {
    if let names = config.value("architectures")?.array {
      let name = names.first?.string ?? ""
      if let known = architectures.first(where: { $0.name == name }) { return known.2 }
      let all = architectures.map(\.name).joined(separator: ", ")
      throw config.unsupported("architectures", "“\(name)” is none of \(all)")
    }
    let type = try config.text("model_type") ?? ""
    if let known = architectures.first(where: { $0.type == type }) { return known.2 }
    throw config.unsupported("model_type", "“\(type)” is none of qwen3, qwen2, llama")
  }

  /// Query heads share keys; the two Qwen classes have another default than all heads, which no
  /// published file relies on, so they must say it.
  private static func keyValueHeads(
    _ config: ConfigFields, _ architecture: ModelConfig.Architecture, heads: Int
  ) throws(ModelFileError) -> Int {
    if let count = try config.integer("num_key_value_heads", in: ModelLimits.heads) { return count }
    guard architecture == .llama else { throw config.fail("num_key_value_heads", "it is missing") }
    return heads
  }

  /// Qwen3's own default is 128; the others divide the hidden size.
  private static func headSize(
    _ config: ConfigFields, _ architecture: ModelConfig.Architecture, hidden: Int, heads: Int
  ) throws(ModelFileError) -> Int {
    if let size = try config.integer("head_dim", in: ModelLimits.headSize) { return size }
    if architecture == .qwen3 { return 128 }
    guard hidden % heads == 0 else {
      throw config.fail("num_attention_heads", "\(heads) does not divide hidden_size \(hidden)")
    }
    guard ModelLimits.headSize.contains(hidden / heads) else {
      throw config.fail("num_attention_heads", "heads of \(hidden / heads) columns")
    }
    return hidden / heads
  }

  /// What would change the result if it were ignored.
  private static func refuseWhatIsMissing(
    _ config: ConfigFields, _ architecture: ModelConfig.Architecture
  ) throws(ModelFileError) {
    if let name = try config.text("hidden_act"), name != "silu" {
      throw config.unsupported("hidden_act", "“\(name)”; silu is known")
    }
    if config.value("quantization_config") != nil {
      throw config.unsupported("quantization_config", "the weights are packed by another tool")
    }
    for field in ["attention_bias", "mlp_bias"] where try config.bool(field) == true {
      throw config.unsupported(field, "true")
    }
    if try config.bool("use_sliding_window") == true {
      throw config.unsupported("use_sliding_window", "true")
    }
    for kind in config.value("layer_types")?.array ?? [] where kind.string != "full_attention" {
      throw config.unsupported("layer_types", "“\(kind.string ?? "?")”")
    }
  }
}
