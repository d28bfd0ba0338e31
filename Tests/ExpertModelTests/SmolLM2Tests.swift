import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

/// The real small model against the same weights dequantised and run by transformers.
@Suite(.testModel(TestModels.smolLM2)) struct SmolLM2Tests {
  private static let folder = GoldenFolder("Golden/smollm2", besides: #filePath)

  private static let golden: JSONValue = {
    let path = folder.file("smollm2.json")
    let text = try? String(contentsOfFile: path, encoding: .utf8)
    return (try? JSONValue.parse(text ?? "")) ?? .null
  }()

  static let prompts: [Prompt] = (golden["prompts"]?.array ?? []).map(Prompt.init)

  struct Prompt: Sendable, CustomTestStringConvertible {
    let text: String
    let ids: [Int32]
    let best: [(id: Int, logit: Double)]
    let greedy: [Int32]

    init(_ json: JSONValue) {
      text = json["text"]?.string ?? ""
      ids = (json["ids"]?.array ?? []).compactMap { $0.integer.map(Int32.init) }
      best = (json["top5"]?.array ?? []).map { ($0[0]?.integer ?? 0, $0[1]?.number ?? 0) }
      greedy = (json["greedy20"]?.array ?? []).compactMap { $0.integer.map(Int32.init) }
    }

    var testDescription: String { text }
  }

  private func base(_ precision: Precision?) throws -> Base {
    try Base.open(TestModels.path(TestModels.smolLM2), precision: precision, pool: .shared)
  }

  @Test func theFixtureIsThere() throws {
    let found = try Self.folder.check()
    #expect(found.wrong == [] && found.count == 1)
    #expect(Self.prompts.count >= 3)
    #expect(Self.prompts.allSatisfy { $0.best.count == 5 && $0.greedy.count == 20 })
  }

  @Test(arguments: prompts) func logitsAndGreedyTokensAreTheReferences(prompt: Prompt) throws {
    let base = try base(.fp32)
    #expect(try base.tokenizer.encode(prompt.text) == prompt.ids)
    let decoder = Decoder(base.model, pool: .shared)
    let logits = decoder.read(prompt.ids, decoder.stream(capacity: 64))
    for best in prompt.best {
      #expect(abs(Double(logits[best.id]) - best.logit) < 1e-4 * abs(prompt.best[0].logit))
    }
    let generator = Generator(base.model, tokenizer: base.tokenizer, pool: .shared)
    let request = GenerationRequest(prompt: prompt.ids, maxTokens: 20)
    #expect(try generator.generate([request])[0].tokens == prompt.greedy)
  }

  /// As the file holds it: four bits in products, so only what is certain must agree.
  @Test(arguments: prompts) func theFilesOwnBitsGiveNearlyTheSame(prompt: Prompt) throws {
    let base = try base(nil)
    let decoder = Decoder(base.model, pool: .shared)
    let logits = decoder.read(prompt.ids, decoder.stream(capacity: 64))
    for best in prompt.best {
      #expect(abs(Double(logits[best.id]) - best.logit) < 2e-2 * abs(prompt.best[0].logit))
    }
  }

  @Test func manyPromptsAtOnceGiveWhatEachGivesAlone() throws {
    let base = try base(.fp32)
    let requests = Self.prompts.map { GenerationRequest(prompt: $0.ids, maxTokens: 20) }
    let generator = Generator(
      base.model, tokenizer: base.tokenizer, maxStreams: 2, pool: .shared)
    let results = try generator.generate(requests)
    #expect(results.map(\.tokens) == Self.prompts.map(\.greedy))
    #expect(results.allSatisfy { $0.finish == .length })
  }

  @Test func aStopStringEndsTheTextBeforeIt() throws {
    let base = try base(.fp32)
    let prompt = try #require(Self.prompts.first)
    let whole = try base.tokenizer.decode(prompt.greedy)
    let stop = String(whole.split(separator: " ")[3])
    let generator = Generator(base.model, tokenizer: base.tokenizer, pool: .shared)
    let result = try generator.generate([
      GenerationRequest(prompt: prompt.ids, maxTokens: 20, stops: [stop])
    ])[0]
    #expect(result.finish == .stop)
    #expect(whole.hasPrefix(result.text + stop))
  }

  @Test func aConversationGoesOnAsIfItWereReadAnew() throws {
    let base = try base(.fp32)
    func ids(_ turns: [ChatTurn]) throws -> [Int32] {
      try base.tokenizer.render(
        Conversation(turns), template: base.template(),
        options: RenderOptions(addsGenerationPrompt: true)
      ).ids
    }
    var turns = [ChatTurn(role: "user", content: "What is the capital of France?")]
    let session = ChatSession(base.model, tokenizer: base.tokenizer, pool: .shared)
    let first = try session.answer(
      GenerationRequest(prompt: try ids(turns), maxTokens: 24)
    ) { _ in true }
    #expect(first.text.contains("Paris"))
    turns += [
      ChatTurn(role: "assistant", content: first.text),
      ChatTurn(role: "user", content: "And of Italy?"),
    ]
    let request = GenerationRequest(prompt: try ids(turns), maxTokens: 24)
    let second = try session.answer(request) { _ in true }
    let fresh = ChatSession(base.model, tokenizer: base.tokenizer, pool: .shared)
    #expect(second == (try fresh.answer(request) { _ in true }))
  }

  @Test func aPromptLongerThanTheContextIsRefused() throws {
    let base = try base(nil)
    let generator = Generator(base.model, tokenizer: base.tokenizer, pool: .shared)
    let long = [Int32](repeating: 300, count: base.files.config.contextLength + 1)
    #expect(throws: GenerationError.promptTooLong(tokens: long.count, context: long.count - 1)) {
      try generator.generate([GenerationRequest(prompt: long)])
    }
    #expect(throws: GenerationError.emptyPrompt) {
      try generator.generate([GenerationRequest(prompt: [])])
    }
  }
}
