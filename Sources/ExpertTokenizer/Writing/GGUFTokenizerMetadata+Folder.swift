internal import ExpertRecord
internal import Foundation

extension GGUFTokenizerMetadata {
  /// The values of `tokenizer.ggml.token_type` (`llama_token_type`).
  package enum TokenType: Int32, Sendable {
    case normal = 1
    case control = 3
    case userDefined = 4
    case unused = 5
  }

  /// What a GGUF file has to say about the tokenizer of a Hugging Face folder, for a model whose
  /// embedding has `rows` rows: ids without a token get a name of their own and the type unused.
  package init(folder: String, rows: Int) throws(TokenizerError) {
    let tokenizer = try Tokenizer(folder: folder)
    let source = try TokenizerSourceText(folder + "/tokenizer.json")
    guard tokenizer.idCount <= rows else {
      throw .invalid(
        file: source.file, field: "model.vocab", found: "an id \(tokenizer.idCount - 1)",
        expected: "ids below the \(rows) rows of the model's embedding")
    }
    var tokens = (0..<rows).map { "[PAD\($0)]" }
    var types = [Int32](repeating: TokenType.unused.rawValue, count: rows)
    for (text, id) in source.vocabulary {
      (tokens[id], types[id]) = (text, TokenType.normal.rawValue)
    }
    for token in tokenizer.addedTokens {
      let type: TokenType = token.isSpecial ? .control : .userDefined
      (tokens[Int(token.id)], types[Int(token.id)]) = (token.content, type.rawValue)
    }
    let marks = tokenizer.marks
    self.init(
      model: "gpt2", pre: tokenizer.split.ggufName, tokens: tokens, merges: source.merges,
      tokenTypes: types, bosID: marks.bos, eosID: marks.eos, padID: marks.pad,
      addsBOS: !marks.prefix.isEmpty, chatTemplate: marks.chatTemplate)
  }
}

extension WordSplit {
  /// The name that this program writes into `tokenizer.ggml.pre`: the one by which llama.cpp knows
  /// the same rule.
  package var ggufName: String {
    switch self {
    case .gpt2: "gpt-2"
    case .gpt2Digits: "smollm"
    case .qwen2: "qwen2"
    case .llama3: "llama-bpe"
    }
  }
}

/// The texts of a tokenizer.json that `Tokenizer` has checked and does not keep.
private struct TokenizerSourceText {
  let file: String
  /// The tokens in the alphabet of bytes, with their ids.
  private(set) var vocabulary: [(text: String, id: Int)] = []
  /// Two tokens with a space between them.
  private(set) var merges: [String] = []

  init(_ path: String) throws(TokenizerError) {
    file = path
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(file: path, reason: "it is not there")
    }
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue.parse(Array(data), limits: JSONLimits(maxBytes: 128 << 20, maxDepth: 32))
    } catch {
      throw .notJSON(file: path, error)
    }
    for member in root["model"]?["vocab"]?.members ?? [] {
      if let id = member.value.integer { vocabulary.append((member.name, id)) }
    }
    for merge in root["model"]?["merges"]?.array ?? [] {
      if let text = merge.string {
        merges.append(text)
      } else if let left = merge[0]?.string, let right = merge[1]?.string {
        merges.append(left + " " + right)
      }
    }
  }
}
