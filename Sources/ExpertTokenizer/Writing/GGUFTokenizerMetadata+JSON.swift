package import ExpertRecord

extension GGUFTokenizerMetadata {
  /// The tokenizer.json that Hugging Face's library reads as the same tokenizer. `name` is the
  /// GGUF file's, for messages.
  package func tokenizerJSON(name: String) throws(TokenizerError) -> JSONValue {
    let split = try Tokenizer(gguf: self, name: name).split
    return [
      "version": "1.0", "truncation": .null, "padding": .null,
      "added_tokens": .array(addedTokens),
      "normalizer": split == .qwen2 ? ["type": "NFC"] : .null,
      "pre_tokenizer": Self.preTokenizer(split),
      "post_processor": postProcessor(split),
      "decoder": Self.byteLevel(prefix: true, regex: true),
      "model": [
        "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
        "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false,
        "ignore_merges": .bool(split == .llama3),
        "vocab": .object(vocabulary),
        "merges": .array(merges.map(JSONValue.string)),
      ],
    ]
  }

  /// The tokenizer_config.json beside it, with the chat template.
  package func configJSON(contextLength: Int) -> JSONValue {
    func text(_ id: Int32?) -> JSONValue {
      id.flatMap { tokens.indices.contains(Int($0)) ? .string(tokens[Int($0)]) : nil } ?? .null
    }
    return [
      "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": text(bosID),
      "eos_token": text(eosID), "pad_token": text(padID), "unk_token": .null,
      "add_prefix_space": false, "clean_up_tokenization_spaces": false,
      "model_max_length": .number(Double(contextLength)),
      "chat_template": chatTemplate.map(JSONValue.string) ?? .null,
    ]
  }

  private func type(_ id: Int) -> TokenType? {
    tokenTypes.isEmpty ? .normal : TokenType(rawValue: tokenTypes[id])
  }

  private var addedTokens: [JSONValue] {
    tokens.indices.compactMap { id in
      let type = type(id)
      guard type == .control || type == .userDefined else { return nil }
      return [
        "id": .number(Double(id)), "content": .string(tokens[id]), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false,
        "special": .bool(type == .control),
      ]
    }
  }

  /// Added tokens stand here too: Hugging Face's library takes their ids from the vocabulary.
  private var vocabulary: [JSONValue.Member] {
    tokens.indices.compactMap { id in
      type(id) == .unused ? nil : .init(tokens[id], .number(Double(id)))
    }
  }

  private static func preTokenizer(_ split: WordSplit) -> JSONValue {
    let expression = WordSplit.expressions.first { $0.split == split }?.expression ?? ""
    let first: JSONValue =
      split == .gpt2Digits
      ? ["type": "Digits", "individual_digits": true]
      : [
        "type": "Split", "pattern": ["Regex": .string(expression)], "behavior": "Isolated",
        "invert": false,
      ]
    switch split {
    case .gpt2: return byteLevel(prefix: false, regex: true)
    case .gpt2Digits:
      return ["type": "Sequence", "pretokenizers": [first, byteLevel(prefix: false, regex: true)]]
    case .qwen2, .llama3:
      return [
        "type": "Sequence", "pretokenizers": [first, byteLevel(prefix: false, regex: false)],
      ]
    }
  }

  private static func byteLevel(prefix: Bool, regex: Bool) -> JSONValue {
    [
      "type": "ByteLevel", "add_prefix_space": .bool(prefix), "trim_offsets": true,
      "use_regex": .bool(regex),
    ]
  }

  /// Puts the beginning of sequence in front where the file says so.
  private func postProcessor(_ split: WordSplit) -> JSONValue {
    let offsets: JSONValue = [
      "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true,
    ]
    guard addsBOS ?? (split == .llama3), let bosID, tokens.indices.contains(Int(bosID)) else {
      return offsets
    }
    let token = tokens[Int(bosID)]
    let mark: JSONValue = ["SpecialToken": ["id": .string(token), "type_id": 0]]
    func sequence(_ id: String, _ type: Double) -> JSONValue {
      ["Sequence": ["id": .string(id), "type_id": .number(type)]]
    }
    let template: JSONValue = [
      "type": "TemplateProcessing", "single": [mark, sequence("A", 0)],
      "pair": [mark, sequence("A", 0), mark, sequence("B", 1)],
      "special_tokens": .object([
        .init(
          token,
          [
            "id": .string(token), "ids": [.number(Double(bosID))], "tokens": [.string(token)],
          ])
      ]),
    ]
    return ["type": "Sequence", "processors": [offsets, template]]
  }
}
