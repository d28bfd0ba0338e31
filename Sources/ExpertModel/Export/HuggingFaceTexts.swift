internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTokenizer
internal import Foundation

/// The files beside the weights of a model in Hugging Face's form: copied from the base where it
/// is such a folder, made from the metadata where it is a GGUF file.
struct HuggingFaceTexts {
  private let files: ModelFiles
  private let folder: String

  /// What is copied as it is, where it is there.
  private static let copied = [
    "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
    "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja", "LICENSE",
    "LICENSE.txt", "LICENSE.md",
  ]

  init(_ files: ModelFiles, to folder: String) {
    self.files = files
    self.folder = folder
  }

  /// Writes them; `type` is what the weights will be.
  func write(type: ElementType) throws {
    switch files.format {
    case .safetensors: try copy(type)
    case .gguf: try make(type)
    }
  }

  private func put(_ name: String, _ json: JSONValue) throws {
    let text = CanonicalJSON.text(of: json) + "\n"
    try AtomicFile.write(folder + "/" + name, Array(text.utf8))
  }

  private static func dtype(_ type: ElementType) -> JSONValue {
    switch type {
    case .f16: "float16"
    case .bf16: "bfloat16"
    default: "float32"
    }
  }

  // MARK: - From a folder

  private func copy(_ type: ElementType) throws {
    for name in Self.copied {
      let source = files.path + "/" + name
      guard FileManager.default.fileExists(atPath: source) else { continue }
      let file = try MappedFile(source)
      let bytes = withExtendedLifetime(file) { Array(file.bytes) }
      try AtomicFile.write(folder + "/" + name, bytes)
    }
    guard let config = try ModelFiles.json(files.path + "/config.json")?.object.members else {
      throw ModelFileError.notAModel(path: files.path, reason: "it holds no config.json")
    }
    // What the weights decide stands as they have it.
    let decided = ["dtype", "torch_dtype", "tie_word_embeddings"]
    try put(
      "config.json",
      .object(
        config.filter { !decided.contains($0.name) } + [
          .init("dtype", Self.dtype(type)), .init("torch_dtype", Self.dtype(type)),
          .init("tie_word_embeddings", .bool(files.config.tiedEmbeddings)),
        ]))
  }

  // MARK: - From GGUF

  private func make(_ type: ElementType) throws {
    let config = files.config
    try put("config.json", Self.config(config, type))
    try put("generation_config.json", .object(Self.marks(config)))
    guard case .gguf(let metadata) = files.tokenizerSource else { return }
    let tokenizer = GGUFTokenizerMetadata(metadata)
    try put("tokenizer.json", try tokenizer.tokenizerJSON(name: files.path))
    try put(
      "tokenizer_config.json", tokenizer.configJSON(contextLength: config.contextLength))
  }

  private static func marks(_ config: ModelConfig) -> [JSONValue.Member] {
    let ends = config.endTokens.map { JSONValue.number(Double($0)) }
    return [
      .init("bos_token_id", config.beginToken.map { .number(Double($0)) } ?? .null),
      .init("eos_token_id", ends.count == 1 ? ends[0] : ends.isEmpty ? .null : .array(ends)),
    ]
  }

  /// config.json in the spelling that transformers before and since 5 reads.
  private static func config(_ config: ModelConfig, _ type: ElementType) -> JSONValue {
    let (name, model) =
      switch config.architecture {
      case .qwen3: ("Qwen3ForCausalLM", "qwen3")
      case .qwen2: ("Qwen2ForCausalLM", "qwen2")
      case .llama: ("LlamaForCausalLM", "llama")
      }
    func number(_ value: Int) -> JSONValue { .number(Double(value)) }
    return .object(
      [
        .init("architectures", [.string(name)]), .init("model_type", .string(model)),
        .init("hidden_size", number(config.hiddenSize)),
        .init("intermediate_size", number(config.intermediateSize)),
        .init("num_hidden_layers", number(config.layers)),
        .init("num_attention_heads", number(config.attentionHeads)),
        .init("num_key_value_heads", number(config.keyValueHeads)),
        .init("head_dim", number(config.headSize)),
        .init("vocab_size", number(config.vocabularySize)),
        .init("max_position_embeddings", number(config.contextLength)),
        .init("hidden_act", "silu"), .init("attention_dropout", 0),
        .init("attention_bias", .bool(false)),
        .init("rms_norm_eps", .number(Double("\(config.normEpsilon)") ?? 1e-6)),
        .init("rope_theta", .number(config.ropeTheta)),
        .init("rope_scaling", scaling(config.ropeScaling)), .init("use_cache", true),
        .init("use_sliding_window", false), .init("initializer_range", 0.02),
        .init("tie_word_embeddings", .bool(config.tiedEmbeddings)),
        .init("dtype", dtype(type)), .init("torch_dtype", dtype(type)),
      ] + marks(config))
  }

  private static func scaling(_ scaling: RopeScaling) -> JSONValue {
    switch scaling {
    case .none: .null
    case .linear(let factor): ["rope_type": "linear", "factor": .number(factor)]
    case .llama3(let factor, let low, let high, let original):
      [
        "rope_type": "llama3", "factor": .number(factor), "low_freq_factor": .number(low),
        "high_freq_factor": .number(high),
        "original_max_position_embeddings": .number(Double(original)),
      ]
    case .yarn(let factor, let original, let fast, let slow, let attention, let truncate):
      [
        "rope_type": "yarn", "factor": .number(factor), "beta_fast": .number(fast),
        "beta_slow": .number(slow), "truncate": .bool(truncate),
        "attention_factor": attention.map(JSONValue.number) ?? .null,
        "original_max_position_embeddings": .number(Double(original)),
      ]
    }
  }
}
