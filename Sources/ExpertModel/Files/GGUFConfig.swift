internal import ExpertTensors
internal import Foundation

/// Reads a decoder's shape from the metadata of a GGUF file.
struct GGUFConfig {
  private let path: String
  private let metadata: [String: GGUFValue]
  private let architecture: ModelConfig.Architecture
  /// The embedding's rows: the vocabulary, whatever the metadata says.
  private let vocabulary: Int

  init(_ file: GGUF) throws(ModelFileError) {
    path = file.path
    metadata = file.metadata
    if let type = file.metadata["general.type"]?.string, type != "model" {
      throw .notAModel(path: file.path, reason: "general.type says “\(type)”")
    }
    let name = file.metadata["general.architecture"]?.string ?? ""
    guard let known = ModelConfig.Architecture(rawValue: name) else {
      throw .unsupported(
        path: file.path, field: "general.architecture",
        reason: "“\(name)” is none of qwen3, qwen2, llama")
    }
    architecture = known
    guard let embedding = file.entry("token_embd.weight"), embedding.shape.count == 2 else {
      throw .missingTensor(path: file.path, name: "token_embd.weight")
    }
    vocabulary = embedding.shape[0]
  }

  func read(tied: Bool, frequencies: [Float]?) throws(ModelFileError) -> ModelConfig {
    try refuseWhatIsMissing()
    let hidden = try required("embedding_length", in: ModelLimits.size)
    let heads = try required("attention.head_count", in: ModelLimits.heads)
    let headSize = try headSize(hidden: hidden, heads: heads)
    guard ModelLimits.vocabulary.contains(vocabulary) else {
      throw .config(path: path, field: "token_embd.weight", reason: "\(vocabulary) rows")
    }
    let theta = try positive("rope.freq_base") ?? 10_000
    let config = ModelConfig(
      architecture: architecture, hiddenSize: hidden,
      intermediateSize: try required("feed_forward_length", in: ModelLimits.size),
      layers: try required("block_count", in: ModelLimits.layers), attentionHeads: heads,
      keyValueHeads: try integer("attention.head_count_kv", in: ModelLimits.heads) ?? heads,
      headSize: headSize, vocabularySize: vocabulary,
      normEpsilon: Float(try positive("attention.layer_norm_rms_epsilon") ?? 1e-6),
      ropeTheta: theta,
      ropeScaling: try scaling(frequencies, theta: theta, headSize: headSize),
      contextLength: try required("context_length", in: ModelLimits.context),
      tiedEmbeddings: tied, attentionBias: architecture == .qwen2,
      endTokens: try endTokens(), beginToken: try token("bos_token_id"))
    if let (field, reason) = config.contradiction {
      throw .config(path: path, field: field, reason: reason)
    }
    return config
  }

  // MARK: - Fields

  private func key(_ name: String) -> String { "\(architecture.rawValue).\(name)" }

  private func integer(
    _ name: String, in range: ClosedRange<Int>
  ) throws(ModelFileError) -> Int? {
    guard let value = metadata[key(name)] else { return nil }
    // Some converters write one number a layer; only where all are the same is it one model.
    let same = value.integers.flatMap { Set($0).count == 1 ? $0.first : nil }
    guard let number = value.integer ?? same, range.contains(number) else {
      throw .config(
        path: path, field: key(name),
        reason: "it should be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func required(
    _ name: String, in range: ClosedRange<Int>
  ) throws(ModelFileError) -> Int {
    guard let number = try integer(name, in: range) else {
      throw .config(path: path, field: key(name), reason: "it is missing")
    }
    return number
  }

  private func positive(_ name: String) throws(ModelFileError) -> Double? {
    guard let value = metadata[key(name)] else { return nil }
    guard let number = value.number, number > 0, number < 1e12 else {
      throw .config(path: path, field: key(name), reason: "it should be a number above 0")
    }
    // A 32-bit 1e-5 is meant as 1e-5: the shortest decimal that reads back as the same float.
    return Double("\(Float(number))") ?? number
  }

  private func headSize(hidden: Int, heads: Int) throws(ModelFileError) -> Int {
    let said = try integer("attention.key_length", in: ModelLimits.headSize)
    let size = said ?? hidden / heads
    guard said != nil || hidden % heads == 0, ModelLimits.headSize.contains(size) else {
      throw .config(
        path: path, field: key("attention.head_count"),
        reason: "\(heads) heads do not divide \(hidden) columns")
    }
    for name in ["attention.value_length", "rope.dimension_count"] {
      if let other = try integer(name, in: 1...(1 << 20)), other != size {
        throw .unsupported(
          path: path, field: key(name), reason: "\(other) where a head has \(size) columns")
      }
    }
    return size
  }

  private func refuseWhatIsMissing() throws(ModelFileError) {
    if let experts = try integer("expert_count", in: 0...(1 << 20)), experts > 0 {
      throw .unsupported(path: path, field: key("expert_count"), reason: "\(experts) experts")
    }
    if let window = try integer("attention.sliding_window", in: 0...(1 << 30)), window > 0,
      let context = try integer("context_length", in: ModelLimits.context), window < context
    {
      throw .unsupported(
        path: path, field: key("attention.sliding_window"), reason: "a window of \(window)")
    }
  }

  // MARK: - Tokens

  private func token(_ name: String) throws(ModelFileError) -> Int32? {
    let field = "tokenizer.ggml.\(name)"
    guard let value = metadata[field] else { return nil }
    guard let id = value.integer, (0..<vocabulary).contains(id) else {
      throw .config(
        path: path, field: field, reason: "it should be a token id below \(vocabulary)")
    }
    return Int32(id)
  }

  /// The end of a text, of a turn and of a message: any of them ends generation.
  private func endTokens() throws(ModelFileError) -> [Int32] {
    var ids: [Int32] = []
    for name in ["eos_token_id", "eot_token_id", "eom_token_id"] {
      if let id = try token(name), !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  // MARK: - The rotation

  private func scaling(
    _ frequencies: [Float]?, theta: Double, headSize: Int
  ) throws(ModelFileError) -> RopeScaling {
    if let frequencies {
      return try Self.llama3(frequencies, theta: theta, headSize: headSize, path: path)
    }
    let field = key("rope.scaling.type")
    var factor = try positive("rope.scaling.factor")
    if factor == nil { factor = try positive("rope.scale_linear") }
    switch metadata[field]?.string ?? (factor == nil ? "none" : "linear") {
    case "none": return .none
    case "linear":
      guard let factor, factor != 1 else { return .none }
      return .linear(factor: factor)
    case "yarn":
      guard let factor else {
        throw .config(path: path, field: key("rope.scaling.factor"), reason: "it is missing")
      }
      let context = try required("context_length", in: ModelLimits.context)
      return .yarn(
        factor: factor,
        originalContext: try integer(
          "rope.scaling.original_context_length", in: ModelLimits.context) ?? context,
        betaFast: try positive("rope.scaling.yarn_beta_fast") ?? 32,
        betaSlow: try positive("rope.scaling.yarn_beta_slow") ?? 1,
        attentionFactor: try positive("rope.scaling.attn_factor"), truncate: true)
    case let other: throw .unsupported(path: path, field: field, reason: "“\(other)”")
    }
  }

  /// GGUF stores Llama 3's scaling as one divisor a frequency and forgets the parameters: they
  /// are those of every published Llama 3 (8,192 tokens, 1 and 4) if they give the divisors.
  static func llama3(
    _ divisors: [Float], theta: Double, headSize: Int, path: String
  ) throws(ModelFileError) -> RopeScaling {
    let factor = Double(divisors.max() ?? 1)
    let (context, low, high) = (8192.0, 1.0, 4.0)
    let fits =
      divisors.count == headSize / 2 && factor >= 1
      && divisors.indices.allSatisfy { i in
        let wavelength = 2 * Double.pi * pow(theta, Double(2 * i) / Double(headSize))
        let smooth = min(1, max(0, (context / wavelength - low) / (high - low)))
        let expected = 1 / ((1 - smooth) / factor + smooth)
        return abs(Double(divisors[i]) - expected) <= 1e-3 * expected
      }
    guard fits else {
      throw .unsupported(
        path: path, field: "rope_freqs.weight", reason: "its frequencies are not Llama 3's")
    }
    return factor == 1
      ? .none
      : .llama3(
        factor: factor, lowFrequencyFactor: low, highFrequencyFactor: high,
        originalContext: Int(context))
  }
}
