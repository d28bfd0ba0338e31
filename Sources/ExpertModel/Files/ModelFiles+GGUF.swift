internal import ExpertTensors

extension ModelFiles {
  static func openGGUF(_ path: String) throws(ModelFileError) -> ModelFiles {
    let file: GGUF
    do throws(TensorFileError) { file = try GGUF(path) } catch { throw .tensors(error) }
    let reader = try GGUFConfig(file)
    var config = try reader.read(
      tied: file.entry("output.weight") == nil, frequencies: try frequencies(file))
    try refuseUnknownTensors(file, config)
    try decideHead(&config, file)
    let tensors = try collect(config, path: path) { name throws(ModelFileError) in
      try tensor(name, in: file, config)
    }
    return ModelFiles(
      path: path, format: .gguf, config: config,
      tokenizerSource: file.metadata["tokenizer.ggml.tokens"] == nil ? .none : .gguf(file.metadata),
      chatTemplate: file.metadata["tokenizer.chat_template"]?.string, weightFiles: [path],
      tensors: tensors)
  }

  /// A tensor under Hugging Face's name. Llama's query and key rows lie interleaved.
  private static func tensor(
    _ name: String, in file: GGUF, _ config: ModelConfig
  ) throws(ModelFileError) -> TensorView? {
    guard let stored = WeightNames.gguf(name), file.entry(stored) != nil else { return nil }
    do throws(TensorFileError) {
      var view = try file.tensor(stored)
      view.name = name
      view.rowOrder = rowOrder(of: name, config)
      return view
    } catch { throw .tensors(error) }
  }

  /// In which order a GGUF file stores the rows of a tensor.
  static func rowOrder(of name: String, _ config: ModelConfig) -> TensorView.RowOrder {
    guard config.architecture == .llama else { return .natural }
    if name.hasSuffix("self_attn.q_proj.weight") {
      return .interleaved(heads: config.attentionHeads)
    }
    if name.hasSuffix("self_attn.k_proj.weight") {
      return .interleaved(heads: config.keyValueHeads)
    }
    return .natural
  }

  private static func decideHead(
    _ config: inout ModelConfig, _ file: GGUF
  ) throws(ModelFileError) {
    guard !config.tiedEmbeddings, let head = try tensor(WeightNames.head, in: file, config),
      let embedding = try tensor(WeightNames.embedding, in: file, config)
    else { return }
    config.tiedEmbeddings = same(head, embedding)
  }

  /// The divisors of the rotation's frequencies, where the file has them.
  private static func frequencies(_ file: GGUF) throws(ModelFileError) -> [Float]? {
    let name = "rope_freqs.weight"
    guard let entry = file.entry(name) else { return nil }
    guard entry.type == .f32, entry.shape.count == 1, entry.shape[0] <= 4096 else {
      throw .unsupported(path: file.path, field: name, reason: "shape \(entry.shape)")
    }
    do throws(TensorFileError) { return try file.tensor(name).floats().array } catch {
      throw .tensors(error)
    }
  }

  /// A tensor that no part of the decoder reads would be left out of the computation in silence.
  private static func refuseUnknownTensors(
    _ file: GGUF, _ config: ModelConfig
  ) throws(ModelFileError) {
    let known = Set(config.neededTensors.compactMap { WeightNames.gguf($0.name) })
      .union(["rope_freqs.weight", "output.weight"])
    for entry in file.entries where !known.contains(entry.name) {
      throw .unsupported(
        path: file.path, field: entry.name, reason: "the decoder has no place for this tensor")
    }
  }
}
