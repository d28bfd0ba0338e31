internal import ExpertRecord
internal import Foundation

extension Tokenizer {
  /// The largest tokenizer file that is read; the largest in use have 35 MB.
  private static let maximumBytes = 128 << 20

  /// Reads a Hugging Face folder: `tokenizer.json`, and beside it `tokenizer_config.json` and
  /// `chat_template.jinja` where they are.
  package convenience init(folder: String) throws(TokenizerError) {
    let config = try? Self.contents(of: folder + "/tokenizer_config.json")
    let template = try? Self.contents(of: folder + "/chat_template.jinja")
    try self.init(
      tokenizerJSON: Self.contents(of: folder + "/tokenizer.json"),
      name: folder + "/tokenizer.json",
      config: config.map { ($0, folder + "/tokenizer_config.json") },
      chatTemplate: template.map { String(decoding: $0, as: UTF8.self) })
  }

  /// Reads one `tokenizer.json`.
  package convenience init(file: String) throws(TokenizerError) {
    try self.init(tokenizerJSON: Self.contents(of: file), name: file)
  }

  /// Reads a tiktoken rank file.
  package convenience init(
    rankFile file: String, options: RankFileOptions
  ) throws(TokenizerError) {
    let data = try Self.contents(of: file)
    let made: Result<Tokenizer, TokenizerError> = data.withUnsafeBytes { bytes in
      Result { () throws(TokenizerError) in
        try Tokenizer(rankFile: bytes, name: file, options: options)
      }
    }
    self.init(try made.get())
  }

  private static func contents(of file: String) throws(TokenizerError) -> Data {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: file), options: .mappedIfSafe)
    } catch {
      let reason = (error as NSError).localizedDescription
      throw .unreadable(file: file, reason: reason)
    }
    guard data.count <= maximumBytes else {
      throw .tooLarge(file: file, bytes: data.count, limit: maximumBytes)
    }
    return data
  }

  /// Reads the text of a `tokenizer.json`, and of a `tokenizer_config.json` with its name.
  convenience init(
    tokenizerJSON data: Data, name: String, config: (Data, String)? = nil,
    chatTemplate: String? = nil
  ) throws(TokenizerError) {
    let made: Result<TokenizerParts, TokenizerError> = data.withUnsafeBytes { bytes in
      Result { () throws(TokenizerError) in try TokenizerParts(bytes, file: name) }
    }
    var parts = try made.get()
    if let (data, name) = config {
      try parts.marks.apply(TokenizerConfig(data, file: name), tokens: parts.addedTokens)
    }
    if let chatTemplate { parts.marks.chatTemplate = chatTemplate }
    self.init(parts)
  }

  /// Reads the bytes of a `tokenizer.json`.
  package convenience init(tokenizerJSON bytes: [UInt8], name: String) throws(TokenizerError) {
    try self.init(tokenizerJSON: Data(bytes), name: name)
  }

  private convenience init(_ parts: TokenizerParts) {
    self.init(
      vocabulary: parts.vocabulary, split: parts.split, isNFC: parts.isNFC,
      addedTokens: parts.addedTokens, marks: parts.marks)
  }

  private convenience init(_ other: Tokenizer) {
    self.init(
      vocabulary: other.vocabulary, split: other.split, isNFC: other.isNFC,
      addedTokens: other.addedTokens, marks: other.marks)
  }
}

/// What is needed of a `tokenizer_config.json`.
struct TokenizerConfig {
  var bos: String?
  var eos: String?
  var pad: String?
  var addsBOS: Bool?
  var chatTemplate: String?

  init(_ data: Data, file: String) throws(TokenizerError) {
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue.parse(Array(data), limits: JSONLimits(maxBytes: 16 << 20))
    } catch {
      throw .notJSON(file: file, error)
    }
    guard root.members != nil else {
      throw .invalid(
        file: file, field: "the document", found: root.typeName, expected: "an object")
    }
    bos = Self.token(root["bos_token"])
    eos = Self.token(root["eos_token"])
    pad = Self.token(root["pad_token"])
    addsBOS = root["add_bos_token"]?.bool
    chatTemplate = Self.template(root["chat_template"])
  }

  /// A token is a string, or an object with its content.
  private static func token(_ value: JSONValue?) -> String? {
    value?.string ?? value?["content"]?.string
  }

  /// The template is a string, or a list of named ones with a "default".
  private static func template(_ value: JSONValue?) -> String? {
    if let text = value?.string { return text }
    let named = value?.array?.first { $0["name"]?.string == "default" }
    return named?["template"]?.string
  }
}

extension Marks {
  fileprivate mutating func apply(_ config: TokenizerConfig, tokens: [AddedToken]) {
    func id(_ content: String?) -> Int32? {
      content.flatMap { content in tokens.first { $0.content == content }?.id }
    }
    bos = id(config.bos) ?? bos
    eos = id(config.eos) ?? eos
    pad = id(config.pad) ?? pad
    chatTemplate = config.chatTemplate
    if config.addsBOS == true, prefix.isEmpty, let bos { prefix = [bos] }
  }
}
