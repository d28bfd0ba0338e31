import ExpertRecord
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

@Suite struct BadTokenizerTests {
  /// A change of a good file, and what the message must name.
  static let changes: [(path: String, value: JSONValue?, names: String)] = [
    ("model", nil, "model is missing"),
    ("model", 3, "model is a number"),
    ("model.vocab", nil, "model.vocab is missing"),
    ("model.vocab", ["a"], "model.vocab is a list"),
    ("model.vocab", .object([]), "model.vocab"),
    ("model.merges", nil, "model.merges is missing"),
    ("model.merges", ["a zz"], "model.merges[0] needs the token \"zz\""),
    ("model.merges", ["a b c"], "model.merges[0]"),
    ("model.merges", [["a"]], "model.merges[0]"),
    ("model.merges", [7], "model.merges[0]"),
    ("model.merges", ["Q Z"], "model.merges[0] needs the token \"QZ\""),
    ("model.type", "Unigram", "model.type is \"Unigram\""),
    ("model.byte_fallback", true, "model.byte_fallback"),
    ("model.continuing_subword_prefix", "##", "model.continuing_subword_prefix"),
    ("model.unk_token", "<nothing>", "model.unk_token"),
    ("model.vocab.a", 1, "has the id 1, which"),
    ("model.vocab.a", -1, "model.vocab[\"a\"]"),
    ("model.vocab.a", 1.5, "model.vocab[\"a\"]"),
    ("model.vocab.a", 4_000_000_000, "model.vocab[\"a\"]"),
    ("model.vocab.a", 1_900_000, "ids up to 1900000"),
    ("model.vocab.a", "x", "model.vocab[\"a\"]"),
    ("pre_tokenizer", nil, "pre_tokenizer is missing"),
    ("pre_tokenizer", ["type": "Metaspace"], "pre_tokenizer is \"Metaspace\""),
    ("pre_tokenizer.add_prefix_space", true, "pre_tokenizer.add_prefix_space"),
    ("normalizer", ["type": "NFKC"], "normalizer.type is \"NFKC\""),
    ("added_tokens", 1, "added_tokens is a number"),
    ("added_tokens", [["id": 1]], "added_tokens[0].content"),
    ("added_tokens", [["content": "<x>"]], "added_tokens[0].id"),
    ("added_tokens", [["content": "<x>", "id": 3]], "gives to another token"),
    ("added_tokens", [["content": "<x>", "id": 9_000_000]], "added_tokens[0].id"),
    (
      "added_tokens", [["content": "<x>", "id": 1500], ["content": "<y>", "id": 1500]],
      "added_tokens[1].id 1500 is there twice"
    ),
  ]

  @Test(arguments: changes.indices) func theMessageNamesFileAndField(_ index: Int) throws {
    let change = Self.changes[index]
    let good = try JSONValue.parse(
      Golden.variantJSON("gpt2"), limits: JSONLimits(maxBytes: 1 << 20))
    let bad = good.changing(change.path.split(separator: ".").map(String.init), to: change.value)
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(tokenizerJSON: CanonicalJSON.bytes(of: bad), name: "bad.json")
    }
    let text = try #require(error).description
    #expect(text.hasPrefix("bad.json: "), "\(text)")
    #expect(text.contains(change.names), "\(text)")
  }

  @Test(arguments: [
    ("", "line 1"), ("YQ== 0\n!!!! 1\n", "line 2"), ("YQ==\n", "line 1"), ("YQ== x\n", "line 1"),
    ("YQ== -1\n", "line 1"), ("YQ== 99999999999\n", "line 1"), ("YQ== 0\nYQ== 1\n", "line 2"),
    ("YQ== 0\nYg== 0\n", "line 2"), (" 0\n", "line 1"),
  ])
  func aRankFilesErrorNamesTheLine(_ text: String, _ place: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("bad.tiktoken", Array(text.utf8))
    let path = folder.file("bad.tiktoken")
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(rankFile: path, options: .qwen)
    }
    let message = try #require(error).description
    #expect(message.hasPrefix(path + ": " + place), "\(message)")
  }

  @Test func metadataThatFitsNothingIsRefused() throws {
    let good = GGUFTokenizerMetadata(
      model: "gpt2", pre: "gpt-2", tokens: ["a", "b", "ab"], merges: ["a b"])
    #expect(try Tokenizer(gguf: good, name: "m.gguf").encode("abba") == [2, 1, 0])
    var bad: [(GGUFTokenizerMetadata, String)] = []
    func add(_ field: String, _ change: (inout GGUFTokenizerMetadata) -> Void) {
      var metadata = good
      change(&metadata)
      bad.append((metadata, field))
    }
    add("tokenizer.ggml.model") { $0.model = "llama" }
    add("tokenizer.ggml.pre") { $0.pre = "falcon" }
    add("tokenizer.ggml.tokens") { $0.tokens = [] }
    add("tokenizer.ggml.tokens[3]") { $0.tokens.append("a") }
    add("tokenizer.ggml.merges[0]") { $0.merges = ["a"] }
    add("tokenizer.ggml.merges[0]") { $0.merges = ["a c"] }
    add("tokenizer.ggml.token_type") { $0.tokenTypes = [1] }
    add("tokenizer.ggml.eos_token_id") { $0.eosID = 3 }
    for (metadata, field) in bad {
      let error = #expect(throws: TokenizerError.self) {
        try Tokenizer(gguf: metadata, name: "m.gguf")
      }
      #expect(try #require(error).description.hasPrefix("m.gguf: " + field))
    }
  }

  @Test func filesThatAreNotThereOrNoJSONAreErrors() throws {
    #expect(throws: TokenizerError.self) { try Tokenizer(file: "/nowhere/tokenizer.json") }
    let cut = try Array(Golden.variantJSON("gpt2").dropLast(100))
    let error = #expect(throws: TokenizerError.self) {
      try Tokenizer(tokenizerJSON: cut, name: "cut.json")
    }
    #expect(try #require(error).description.hasPrefix("cut.json is no JSON: line 1"))
  }

  /// Changed bytes give an error or a tokenizer that still works; nothing traps.
  @Test func mutatedFilesNeverTrap() throws {
    let good = try Golden.variantJSON("odd")
    var random = SeededGenerator(seed: 11, stream: "tests")
    var accepted = 0
    for _ in 0..<400 {
      var bytes = good
      for _ in 0...(random.next() % 2) { mutate(&bytes, &random) }
      guard let tokenizer = try? Tokenizer(tokenizerJSON: bytes, name: "mutated.json") else {
        continue
      }
      accepted += 1
      let ids = try tokenizer.encode("Hello <mask> word 12 caf\u{E9} <|im_end|>\n")
      for id in ids { _ = try tokenizer.decode([id]) }
    }
    #expect(accepted > 10 && accepted < 400)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    // Half of the changes go where the added tokens are: the rest of the file is checked so closely
    // that hardly a changed one is accepted.
    let reach = random.next() % 2 == 0 ? min(1200, bytes.count) : bytes.count
    let at = Int(random.next() % UInt64(reach))
    switch random.next() % 4 {
    case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes[at] = UInt8(ascii: "0") + UInt8(random.next() % 10)
    case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int(random.next() % 20)))
    default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 9)], at: at)
    }
  }
}

extension JSONValue {
  /// The document with the value at a path set, or removed.
  func changing(_ path: [String], to value: JSONValue?) -> JSONValue {
    guard let first = path.first else { return self }
    let others = (members ?? []).filter { $0.name != first }
    if path.count > 1 {
      let inner = self[first] ?? .object([])
      return .object(others + [Member(first, inner.changing(Array(path.dropFirst()), to: value))])
    }
    return .object(others + (value.map { [Member(first, $0)] } ?? []))
  }
}
