import ExpertRecord
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

/// Tokenizers on their way between Hugging Face's form and GGUF.
@Suite struct TokenizerWritingTests {
  static let variants: [(name: String, pre: String)] = [
    ("gpt2", "gpt-2"), ("smollm", "smollm"), ("qwen2", "qwen2"), ("llama3", "llama-bpe"),
  ]

  static let texts = [
    "", "Hello, world", "it's 12345 x  y\t\n", "def f(x):\n    return x", "Ünïcödé 日本語 🙂",
    "<|im_start|>user\nHi<|im_end|>\n", "a<tool>b", "\u{0}\u{7f}", "\r\n\r\n  end",
  ]

  /// The tokenizer of a variant with a special and a plain added token behind a gap of ids.
  private func json(_ variant: String) throws -> JSONValue {
    let limits = JSONLimits(maxBytes: 1 << 20)
    let json = try JSONValue.parse(Golden.variantJSON(variant), limits: limits)
    return json.setting(
      "added_tokens",
      [
        ["id": 1200, "content": "<|im_start|>", "special": true],
        ["id": 1201, "content": "<|im_end|>", "special": true],
        ["id": 1203, "content": "<tool>", "special": false, "normalized": false],
      ])
  }

  private func folder(
    _ json: JSONValue, begin: String = "<|im_start|>"
  ) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let bytes = Data(CanonicalJSON.bytes(of: json))
    try bytes.write(to: URL(fileURLWithPath: folder.file("tokenizer.json")))
    let config: JSONValue = [
      "eos_token": "<|im_end|>", "bos_token": .string(begin), "chat_template": "{{ x }}",
    ]
    try Data(CanonicalJSON.bytes(of: config)).write(
      to: URL(fileURLWithPath: folder.file("tokenizer_config.json")))
    return folder
  }

  @Test(arguments: variants) func bothWaysGiveTheSameIds(_ variant: (name: String, pre: String))
    throws
  {
    let place = try folder(try json(variant.name))
    let original = try Tokenizer(folder: place.path)
    let metadata = try GGUFTokenizerMetadata(folder: place.path, rows: 1300)
    #expect(metadata.pre == variant.pre && metadata.model == "gpt2")
    #expect(metadata.tokens.count == 1300 && metadata.tokenTypes.count == 1300)
    #expect(metadata.tokenTypes[1200...1203] == [3, 3, 5, 4])
    #expect(metadata.tokens[1299] == "[PAD1299]" && metadata.tokenTypes[1299] == 5)
    #expect(metadata.eosID == 1201 && metadata.bosID == 1200)
    #expect(metadata.chatTemplate == "{{ x }}")
    let gguf = try Tokenizer(gguf: metadata, name: "made.gguf")
    let again = try metadata.tokenizerJSON(name: "made.gguf")
    let back = try Tokenizer(tokenizerJSON: CanonicalJSON.bytes(of: again), name: "back.json")
    for text in Self.texts {
      let ids = try original.encode(text)
      #expect(try gguf.encode(text) == ids)
      #expect(try back.encode(text) == ids)
      #expect(try back.decode(ids) == original.decode(ids))
    }
    let config = metadata.configJSON(contextLength: 512)
    #expect(config["eos_token"]?.string == "<|im_end|>")
    #expect(config["chat_template"]?.string == "{{ x }}")
  }

  /// A beginning of sequence that the file puts before every text stays there.
  @Test func theBeginningOfATextGoesWithIt() throws {
    var json = try json("llama3")
    let single: JSONValue = [
      ["SpecialToken": ["id": "<|im_start|>", "type_id": 0]],
      ["Sequence": ["id": "A", "type_id": 0]],
    ]
    json = json.setting("post_processor", ["type": "TemplateProcessing", "single": single])
    let place = try folder(json)
    let metadata = try GGUFTokenizerMetadata(folder: place.path, rows: 1204)
    #expect(metadata.addsBOS == true)
    let again = try metadata.tokenizerJSON(name: "made.gguf")
    let back = try Tokenizer(tokenizerJSON: CanonicalJSON.bytes(of: again), name: "back.json")
    #expect(try back.encode("Hi", affixes: true).first == 1200)
    #expect(try Tokenizer(gguf: metadata, name: "g").encode("Hi", affixes: true).first == 1200)
  }

  @Test func moreTokensThanRowsAreRefused() throws {
    let place = try folder(try json("qwen2"))
    #expect(throws: TokenizerError.self) {
      try GGUFTokenizerMetadata(folder: place.path, rows: 1203)
    }
  }

  // MARK: - Ollama

  /// What Ollama's template language makes of the few words that the templates use.
  private func render(_ template: String, _ turns: [ChatTurn]) -> String {
    let system = turns.first { $0.role == "system" }?.content
    var rest = template[...]
    var out = ""
    func body(_ start: String, _ text: inout Substring) -> Substring? {
      guard text.hasPrefix(start), let end = text.range(of: "{{ end }}") else { return nil }
      let inner = text[text.index(text.startIndex, offsetBy: start.count)..<end.lowerBound]
      text = text[end.upperBound...]
      return inner
    }
    func fill(_ text: some StringProtocol, _ turn: ChatTurn?) -> String {
      text.replacingOccurrences(of: "{{ .Role }}", with: turn?.role ?? "")
        .replacingOccurrences(of: "{{ .Content }}", with: turn?.content ?? "")
        .replacingOccurrences(of: "{{ .System }}", with: system ?? "")
        .replacingOccurrences(of: "{{ .Prompt }}", with: turns.last?.content ?? "")
        .replacingOccurrences(of: "{{ .Response }}", with: "")
    }
    while !rest.isEmpty {
      if let inner = body("{{- if not .System }}", &rest)
        ?? body("{{ if not .System }}", &rest)
      {
        out += system == nil ? fill(inner, nil) : ""
      } else if let inner = body("{{ if .System }}", &rest) {
        out += system == nil ? "" : fill(inner, nil)
      } else if let inner = body("{{- range .Messages }}", &rest) {
        for turn in turns { out += fill(inner, turn) }
      } else {
        let end = rest.dropFirst().range(of: "{{-")?.lowerBound ?? rest.endIndex
        out += fill(rest[..<end], nil)
        rest = rest[end...]
      }
    }
    return out
  }

  /// The Modelfile's template writes what this program's writes, but for the beginning of sequence
  /// of Llama 3, which Ollama adds itself.
  @Test(arguments: ChatTemplate.allCases) func ollamaWritesTheSame(_ template: ChatTemplate) throws
  {
    let added = [
      "<|endoftext|>", "<|begin_of_text|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>",
      "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
    ]
    let tokens = added.enumerated().map { i, text -> JSONValue in
      ["id": .number(Double(1200 + i)), "content": .string(text), "special": true]
    }
    var json = try json("qwen2").setting("added_tokens", .array(tokens))
    let single: JSONValue = [
      ["SpecialToken": ["id": "<|begin_of_text|>", "type_id": 0]],
      ["Sequence": ["id": "A", "type_id": 0]],
    ]
    json = json.setting("post_processor", ["type": "TemplateProcessing", "single": single])
    let place = try folder(json, begin: "<|begin_of_text|>")
    let tokenizer = try Tokenizer(folder: place.path)
    let user = ChatTurn(role: "user", content: "What is 2 + 2?")
    let system = ChatTurn(role: "system", content: "Be brief.")
    for turns in [[user], [system, user]] {
      let wanted = try tokenizer.render(
        Conversation(turns), template: template,
        options: RenderOptions(addsGenerationPrompt: true)
      ).text
      let found = render(template.ollama, turns)
      switch template {
      case .llama3: #expect("<|begin_of_text|>" + found == wanted)
      // The last empty line is where the answer begins.
      case .plain: #expect(found == wanted + "\n\n")
      default: #expect(found == wanted)
      }
    }
    #expect(!template.ollama.contains("\"\"\""))
  }
}
