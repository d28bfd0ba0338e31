package import ExpertPlatform
package import ExpertTensors
package import ExpertTokenizer

/// A base model with all that belongs to it: weights ready for products, tokenizer and template.
package struct Base: Sendable {
  package let files: ModelFiles
  package let tokenizer: Tokenizer
  /// The model's own chat template; `nil` where it brings none that is known.
  package let ownTemplate: ChatTemplate?
  package let model: BaseModel

  /// Opens the model at `path`: a folder in Hugging Face's form or a GGUF file. `precision` is how
  /// weights are held, `nil` as the file holds them (floats in bf16).
  package static func open(
    _ path: String, precision: Precision? = nil, pool: ThreadPool
  ) throws -> Base {
    let files = try ModelFiles.open(path)
    let tokenizer = try files.tokenizer()
    try files.check(tokenizer)
    let model = try BaseModel(files.config, precision: precision, pool: pool) {
      try files.tensor($0)
    }
    return Base(
      files: files, tokenizer: tokenizer, ownTemplate: files.template, model: model)
  }

  /// The template to use: the one named, else the model's own, else plain text.
  package func template(_ named: ChatTemplate? = nil) -> ChatTemplate {
    named ?? ownTemplate ?? .plain
  }
}

extension ModelFiles {
  /// The model's tokenizer.
  package func tokenizer() throws -> Tokenizer {
    switch tokenizerSource {
    case .huggingFace(let directory): try Tokenizer(folder: directory)
    case .gguf(let metadata): try Tokenizer(gguf: GGUFTokenizerMetadata(metadata), name: path)
    case .none:
      throw ModelFileError.notAModel(
        path: path, reason: "it has weights and no tokenizer.json; put the tokenizer's files there")
    }
  }

  /// The chat template that the files name, by its program or by the family.
  package var template: ChatTemplate? {
    chatTemplate.flatMap { ChatTemplate.detect(jinja: $0) }
  }

  /// An embedding with fewer rows than the tokenizer has ids belongs to another model.
  fileprivate func check(_ tokenizer: Tokenizer) throws {
    guard tokenizer.idCount <= config.vocabularySize else {
      throw GenerationError.unknownToken(
        id: Int32(tokenizer.idCount - 1), vocabulary: config.vocabularySize)
    }
  }
}

extension GGUFTokenizerMetadata {
  /// Takes the keys of a GGUF file's metadata.
  init(_ metadata: [String: GGUFValue]) {
    func id(_ key: String) -> Int32? {
      metadata["tokenizer.ggml.\(key)"]?.integer.flatMap { Int32(exactly: $0) }
    }
    self.init(
      model: metadata["tokenizer.ggml.model"]?.string ?? "",
      pre: metadata["tokenizer.ggml.pre"]?.string ?? "",
      tokens: metadata["tokenizer.ggml.tokens"]?.strings ?? [],
      merges: metadata["tokenizer.ggml.merges"]?.strings ?? [],
      tokenTypes: (metadata["tokenizer.ggml.token_type"]?.integers ?? []).map {
        Int32(truncatingIfNeeded: $0)
      },
      bosID: id("bos_token_id"), eosID: id("eos_token_id"), padID: id("padding_token_id"),
      addsBOS: metadata["tokenizer.ggml.add_bos_token"]?.bool,
      chatTemplate: metadata["tokenizer.chat_template"]?.string)
  }
}
