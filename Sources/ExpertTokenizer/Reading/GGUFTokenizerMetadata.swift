internal import ExpertRecord

/// What a GGUF file says about its tokenizer, under the names of its keys.
package struct GGUFTokenizerMetadata: Sendable {
  /// `tokenizer.ggml.model`; only "gpt2" is byte-level BPE.
  package var model: String
  /// `tokenizer.ggml.pre`.
  package var pre: String
  /// `tokenizer.ggml.tokens`, in the text form of byte-level BPE.
  package var tokens: [String]
  /// `tokenizer.ggml.merges`: two tokens with a space between them.
  package var merges: [String]
  /// `tokenizer.ggml.token_type`: 1 normal, 3 control, 4 user-defined; empty where there is none.
  package var tokenTypes: [Int32]
  /// `tokenizer.ggml.bos_token_id` and its like.
  package var bosID: Int32?
  package var eosID: Int32?
  package var padID: Int32?
  /// `tokenizer.ggml.add_bos_token`.
  package var addsBOS: Bool?
  /// `tokenizer.chat_template`.
  package var chatTemplate: String?

  package init(
    model: String, pre: String, tokens: [String], merges: [String], tokenTypes: [Int32] = [],
    bosID: Int32? = nil, eosID: Int32? = nil, padID: Int32? = nil, addsBOS: Bool? = nil,
    chatTemplate: String? = nil
  ) {
    self.model = model
    self.pre = pre
    self.tokens = tokens
    self.merges = merges
    self.tokenTypes = tokenTypes
    self.bosID = bosID
    self.eosID = eosID
    self.padID = padID
    self.addsBOS = addsBOS
    self.chatTemplate = chatTemplate
  }
}

extension Tokenizer {
  /// Makes the tokenizer that a GGUF file describes; `name` is the file's, for messages.
  package convenience init(gguf: GGUFTokenizerMetadata, name: String) throws(TokenizerError) {
    let split = try gguf.split(name)
    try gguf.check(name)
    let builder = try VocabularyBuilder(file: name, idCount: max(1, gguf.tokens.count))
    var added: [AddedToken] = []
    var bytes: [UInt8] = []
    for (id, token) in gguf.tokens.enumerated() {
      let type = gguf.tokenTypes.isEmpty ? 1 : gguf.tokenTypes[id]
      // A control token is never made by merging; a user-defined one is text that stays whole.
      let isAdded = type == 3 || type == 4
      let isPlain = ByteAlphabet.decode(token, into: &bytes)
      if isAdded {
        added.append(AddedToken(id: Int32(id), content: token, isSpecial: type == 3))
        bytes = Array(token.utf8)
      }
      try builder.add(
        id, bytes, matches: isPlain && !isAdded, field: "tokenizer.ggml.tokens[\(id)]")
    }
    for (i, merge) in gguf.merges.enumerated() {
      try builder.merge(merge, field: "tokenizer.ggml.merges[\(i)]")
    }
    let vocabulary = try builder.seal(split, wholeWords: split == .llama3)
    self.init(
      vocabulary: vocabulary, split: split, isNFC: split == .qwen2, addedTokens: added,
      marks: gguf.marks)
  }
}

extension GGUFTokenizerMetadata {
  fileprivate func split(_ name: String) throws(TokenizerError) -> WordSplit {
    guard model == "gpt2" else {
      throw .unsupported(
        file: name, field: "tokenizer.ggml.model", found: "\"\(model.excerpt())\"",
        supported: "gpt2 (byte-level BPE)")
    }
    guard let split = WordSplit.ggufNames[pre] else {
      throw .unsupported(
        file: name, field: "tokenizer.ggml.pre", found: "\"\(pre.excerpt())\"",
        supported: WordSplit.ggufNames.keys.sorted().joined(separator: ", "))
    }
    return split
  }

  fileprivate func check(_ name: String) throws(TokenizerError) {
    guard !tokens.isEmpty, tokens.count <= VocabularyBuilder.maximumID else {
      throw .invalid(
        file: name, field: "tokenizer.ggml.tokens", found: "\(tokens.count) tokens",
        expected: "1 to \(VocabularyBuilder.maximumID)")
    }
    guard tokenTypes.isEmpty || tokenTypes.count == tokens.count else {
      throw .invalid(
        file: name, field: "tokenizer.ggml.token_type", found: "\(tokenTypes.count) types",
        expected: "one for each of \(tokens.count) tokens")
    }
    let marks = [("bos", bosID), ("eos", eosID), ("padding", padID)]
    for (mark, id) in marks where id.map({ !tokens.indices.contains(Int($0)) }) ?? false {
      throw .invalid(
        file: name, field: "tokenizer.ggml.\(mark)_token_id", found: "\(id ?? -1)",
        expected: "an id below \(tokens.count)")
    }
  }

  fileprivate var marks: Marks {
    var marks = Marks()
    marks.bos = bosID
    marks.eos = eosID
    marks.pad = padID
    marks.chatTemplate = chatTemplate
    // Llama-3's files mean a beginning of sequence even where they do not say so.
    let addsBOS = self.addsBOS ?? (WordSplit.ggufNames[pre] == .llama3)
    if addsBOS, let bosID { marks.prefix = [bosID] }
    return marks
  }
}

extension ByteAlphabet {
  /// The bytes that a text form stands for, as the function of raw bytes has it.
  static func decode(_ text: String, into out: inout [UInt8]) -> Bool {
    var text = text
    return text.withUTF8 { decode(UnsafeRawBufferPointer($0), into: &out) }
  }
}

extension VocabularyBuilder {
  /// Adds a merge in the form "left right".
  func merge(_ text: String, field: @autoclosure () -> String) throws(TokenizerError) {
    let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw .invalid(
        file: file, field: field(), found: "\"\(text.excerpt())\"",
        expected: "two tokens with one space between them")
    }
    try merge(String(Substring(parts[0])), String(Substring(parts[1])), field: field())
  }

  /// Adds a merge of two tokens in text form.
  func merge(
    _ left: String, _ right: String, field: @autoclosure () -> String
  ) throws(TokenizerError) {
    var (bytes, tail): ([UInt8], [UInt8]) = ([], [])
    _ = ByteAlphabet.decode(left, into: &bytes)
    _ = ByteAlphabet.decode(right, into: &tail)
    let cut = bytes.count
    try merge(bytes + tail, cut: cut, field: field())
  }
}
