package import ExpertTensors
internal import ExpertTokenizer
internal import Foundation

/// The metadata of a GGUF file for a model: what `GGUFConfig` reads, and llama.cpp.
package enum GGUFModelMetadata {
  package typealias Pairs = [(key: String, value: GGUFValue)]

  /// `general.file_type` (`llama_ftype`): what most tensors are.
  private static let fileTypes: [ElementType: Int64] = [
    .f32: 0, .f16: 1, .q4_0: 2, .q8_0: 7, .bf16: 32,
  ]

  /// Keys that describe a file's own weights and not the model.
  private static func isOfTheFile(_ key: String) -> Bool {
    [
      "general.file_type", "general.quantization_version", "general.alignment", "general.type",
      "general.architecture", "general.name",
    ].contains(key) || key.hasPrefix("split.")
  }

  /// All pairs for the base's shape and tokenizer. Where the base is a GGUF file its own metadata
  /// are kept, but for what describes the weights.
  package static func pairs(
    _ files: ModelFiles, name: String, type: ElementType
  ) throws -> Pairs {
    var pairs: Pairs = [
      ("general.architecture", .string(files.config.architecture.rawValue)),
      ("general.type", .string("model")), ("general.name", .string(name)),
      ("general.file_type", .integer(fileTypes[type] ?? 0)),
    ]
    if type.isQuantized { pairs.append(("general.quantization_version", .integer(2))) }
    if case .gguf(let own) = files.tokenizerSource {
      let kept = own.filter { !isOfTheFile($0.key) }.sorted { $0.key < $1.key }
      return pairs + kept.map { (key: $0.key, value: $0.value) }
    }
    pairs += try shape(files.config)
    if case .huggingFace(let folder) = files.tokenizerSource {
      pairs += tokenizer(
        try GGUFTokenizerMetadata(folder: folder, rows: files.config.vocabularySize),
        files.config)
    } else {
      // Without a tokenizer llama.cpp takes token ids alone.
      pairs.append(("tokenizer.ggml.model", .string("none")))
      pairs += marks(files.config)
    }
    return pairs
  }

  /// The shape of the decoder, by the keys of its architecture.
  private static func shape(_ config: ModelConfig) throws(ExportError) -> Pairs {
    func whole(_ key: String, _ value: Int) -> (key: String, value: GGUFValue) {
      ("\(config.architecture.rawValue).\(key)", .integer(Int64(value)))
    }
    func float(_ key: String, _ value: Double) -> (key: String, value: GGUFValue) {
      ("\(config.architecture.rawValue).\(key)", .float(Double(Float(value))))
    }
    return [
      whole("block_count", config.layers), whole("context_length", config.contextLength),
      whole("embedding_length", config.hiddenSize),
      whole("feed_forward_length", config.intermediateSize),
      whole("attention.head_count", config.attentionHeads),
      whole("attention.head_count_kv", config.keyValueHeads),
      whole("attention.key_length", config.headSize),
      whole("attention.value_length", config.headSize),
      whole("rope.dimension_count", config.headSize), whole("vocab_size", config.vocabularySize),
      float("attention.layer_norm_rms_epsilon", Double(config.normEpsilon)),
      float("rope.freq_base", config.ropeTheta),
    ] + (try scaling(config.ropeScaling, whole, float, config))
  }

  private static func scaling(
    _ scaling: RopeScaling, _ whole: (String, Int) -> (key: String, value: GGUFValue),
    _ float: (String, Double) -> (key: String, value: GGUFValue), _ config: ModelConfig
  ) throws(ExportError) -> Pairs {
    let type = "\(config.architecture.rawValue).rope.scaling.type"
    switch scaling {
    // Llama 3's frequencies are a tensor of their own.
    case .none, .llama3: return []
    case .linear(let factor):
      return [(type, .string("linear")), float("rope.scaling.factor", factor)]
    case .yarn(let factor, let original, let fast, let slow, let attention, let truncate):
      guard attention == nil, truncate else {
        throw .unsupported(what: "YaRN with a factor for attention of its own", format: "GGUF")
      }
      return [
        (type, .string("yarn")), float("rope.scaling.factor", factor),
        whole("rope.scaling.original_context_length", original),
        float("rope.scaling.yarn_beta_fast", fast), float("rope.scaling.yarn_beta_slow", slow),
      ]
    }
  }

  private static func tokenizer(
    _ tokenizer: GGUFTokenizerMetadata, _ config: ModelConfig
  ) -> Pairs {
    var pairs: Pairs = [
      ("tokenizer.ggml.model", .string(tokenizer.model)),
      ("tokenizer.ggml.pre", .string(tokenizer.pre)),
      ("tokenizer.ggml.tokens", .strings(tokenizer.tokens)),
      ("tokenizer.ggml.token_type", .integers(tokenizer.tokenTypes.map(Int64.init))),
      ("tokenizer.ggml.merges", .strings(tokenizer.merges)),
      ("tokenizer.ggml.add_bos_token", .bool(tokenizer.addsBOS ?? false)),
    ]
    pairs += marks(config, eos: tokenizer.eosID, bos: tokenizer.bosID)
    if let pad = tokenizer.padID {
      pairs.append(("tokenizer.ggml.padding_token_id", .integer(Int64(pad))))
    }
    if let template = tokenizer.chatTemplate {
      pairs.append(("tokenizer.chat_template", .string(template)))
    }
    return pairs
  }

  /// The end and the beginning of a text. A second end token (the end of a turn, where the first
  /// is the end of a text) has a key of its own.
  private static func marks(
    _ config: ModelConfig, eos: Int32? = nil, bos: Int32? = nil
  ) -> Pairs {
    var pairs: Pairs = []
    let end = eos ?? config.endTokens.first
    if let end { pairs.append(("tokenizer.ggml.eos_token_id", .integer(Int64(end)))) }
    let others = config.endTokens.filter { $0 != end }
    for (key, id) in zip(["eot_token_id", "eom_token_id"], others) {
      pairs.append(("tokenizer.ggml.\(key)", .integer(Int64(id))))
    }
    if let begin = bos ?? config.beginToken {
      pairs.append(("tokenizer.ggml.bos_token_id", .integer(Int64(begin))))
    }
    return pairs
  }

  /// The divisors of Llama 3's frequencies, [D/2]: what `rope_freqs.weight` holds.
  package static func ropeDivisors(_ config: ModelConfig) -> [Float]? {
    guard
      case .llama3(let factor, let low, let high, let original) = config.ropeScaling
    else { return nil }
    let plain = RotaryFrequencies(theta: config.ropeTheta, headSize: config.headSize)
    let scaled = RotaryFrequencies.llama3(
      theta: config.ropeTheta, headSize: config.headSize, factor: factor, lowFactor: low,
      highFactor: high, originalContext: original)
    return zip(plain.inverse, scaled.inverse).map { Float($0 / $1) }
  }
}
