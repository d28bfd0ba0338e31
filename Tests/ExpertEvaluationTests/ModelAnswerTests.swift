import ExpertEvaluation
import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTensors
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

/// Answers of a real, tiny model against what its parts give one by one.
@Suite struct ModelAnswerTests {
  private let folder: TemporaryFolder
  private let base: Base
  private let expert: AnsweringModel

  init() throws {
    folder = try TemporaryFolder()
    base = try Base.open(
      try TinyChatModel(in: folder).path, precision: .fp32, pool: .shared)
    let adapter = try AdapterFolder.load(
      TinyChatModel.adapter("lora_warm"), for: base.model.config)
    base.model.prepare(adapter, pool: .shared)
    expert = AnsweringModel(base, adapter: adapter, template: .chatml, pool: .shared)
  }

  private static let records: [Record] = [
    .instruction(InstructionRecord(instruction: "Add.", input: "1 2", output: "3")),
    .instruction(InstructionRecord(instruction: "Name a fruit.", output: "an apple, or a pear")),
    .chat(
      ChatRecord(messages: [
        Message(role: "system", content: "Be short."), Message(role: "user", content: "Hi"),
        Message(role: "assistant", content: "Yes?"), Message(role: "user", content: "Bye"),
        Message(role: "assistant", content: "Bye."),
      ])),
    .preference(
      PreferenceRecord(prompt: .text("Count."), chosen: .text("1 2 3"), rejected: .text("no"))),
  ]

  private static var cases: [EvaluationCase] {
    records.enumerated().map { EvaluationCase(rid: "r\($0)", record: $1) }
  }

  private static func plan(_ rewards: RewardKind = .likelihood) -> AnswerPlan {
    AnswerPlan(request: GenerationRequest(prompt: [], maxTokens: 12), rewards: rewards, beta: 0.5)
  }

  private func source(
    _ system: AnsweringModel, _ plan: AnswerPlan, _ file: AnswerFile? = nil,
    identity: Digest = SHA256.hash("a"), onAnswer: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> ModelAnswerSource {
    ModelAnswerSource(
      name: "it", system, plan: plan, identity: identity, file: file, onAnswer: onAnswer)
  }

  /// −ln p of the answer's tokens by the decoder's own logits, one token after another, in doubles.
  private func surprise(
    _ conversation: Conversation, _ adapter: Adapter?
  ) throws -> (nll: Double, tokens: Int) {
    let text = try base.tokenizer.render(conversation, template: .chatml)
    let decoder = Decoder(base.model, adapter: adapter, pool: .shared)
    let stream = decoder.stream(capacity: 512)
    var sum = 0.0
    var logits = decoder.read([text.ids[0]], stream)
    for place in 1..<text.ids.count {
      if text.supervised.contains(where: { $0.contains(place) }) {
        let most = Double(logits.max() ?? 0)
        let total = logits.reduce(0.0) { $0 + exp(Double($1) - most) }
        sum -= Double(logits[Int(text.ids[place])]) - most - log(total)
      }
      logits = decoder.read([text.ids[place]], stream)
    }
    return (sum, text.supervisedCount)
  }

  @Test(arguments: [false, true])
  func answersAreTheGeneratorsAndReferencesTheDecoders(_ hasAdapter: Bool) async throws {
    let system = hasAdapter ? expert : expert.base
    let answers = try await source(system, Self.plan()).answers(to: Self.cases)
    #expect(answers.count == Self.records.count)
    for (answer, record) in zip(answers, Self.records) {
      let expected = try surprise(Conversation(record), system.adapter)
      #expect(abs((answer.nll ?? 0) - expected.nll) < 1e-3 * expected.nll)
      #expect(answer.tokens == expected.tokens)
      var turns = Conversation(record).turns
      turns.removeLast()
      let prompt = try base.tokenizer.render(
        Conversation(turns), template: .chatml, options: RenderOptions(addsGenerationPrompt: true)
      ).ids
      let generator = Generator(
        base.model, adapter: system.adapter, tokenizer: base.tokenizer, pool: .shared)
      let alone = try generator.generate([GenerationRequest(prompt: prompt, maxTokens: 12)])
      #expect(answer.text == alone.first?.text)
    }
    #expect(answers.prefix(3).allSatisfy { $0.rewards == nil })
  }

  @Test func rewardsAreMeansOrDifferencesFromTheBase() async throws {
    let pair = try #require(Self.records[3].preference)
    let better = Conversation(prompt: pair.prompt, answer: pair.chosen)
    let worse = Conversation(prompt: pair.prompt, answer: pair.rejected)
    let (chosen, rejected) = (
      try surprise(better, expert.adapter), try surprise(worse, expert.adapter)
    )
    let means = try await source(expert, Self.plan()).answers(to: Self.cases)[3].rewards
    #expect(abs((means?.chosen ?? 0) + chosen.nll / Double(chosen.tokens)) < 1e-3)
    #expect(abs((means?.rejected ?? 0) + rejected.nll / Double(rejected.tokens)) < 1e-3)
    let implicit = try await source(expert, Self.plan(.implicit)).answers(to: Self.cases)[3].rewards
    let difference = try surprise(better, nil).nll - chosen.nll
    #expect(abs((implicit?.chosen ?? 0) - 0.5 * difference) < 1e-2)
    let own = try await source(expert.base, Self.plan(.implicit)).answers(to: Self.cases)
    #expect(own[3].rewards == nil)
  }

  @Test func whatIsInTheFileIsNotAskedAgain() async throws {
    let path = folder.file("answers.jsonl")
    let identity = SHA256.hash("x")
    var first = try await source(
      expert, Self.plan(), try AnswerFile(path, systems: [identity]), identity: identity
    ).answers(to: Array(Self.cases.prefix(2)))
    // A marked line shows that the answer comes from the file; a torn one is asked again.
    let text = try String(contentsOfFile: path, encoding: .utf8)
    var lines = text.split(separator: "\n").map(String.init)
    #expect(lines.count == 2)
    let kept = try #require(JSONValue.parse(Array(lines[0].utf8))["text"]?.string)
    lines[0] = CanonicalJSON.text(
      of: try JSONValue.parse(Array(lines[0].utf8)).replacing("text", by: "MARK"))
    try (lines[0] + "\n" + lines[1].dropLast(5)).write(
      toFile: path, atomically: true, encoding: .utf8)
    let file = try AnswerFile(path, systems: [identity])
    #expect(file.count(of: identity) == 1)
    let second = try await source(expert, Self.plan(), file, identity: identity)
      .answers(to: Self.cases)
    #expect(second.first { $0.text == "MARK" } != nil)
    if let place = first.firstIndex(where: { $0.text == kept }) { first[place].text = "MARK" }
    #expect(Array(second.prefix(2)) == first)
    // Another system's answers are no answers of this one.
    #expect(try AnswerFile(path, systems: [SHA256.hash("y")]).count(of: identity) == 0)
  }

  @Test func aCancelledRunKeepsWhatWasFinished() async throws {
    let path = folder.file("answers.jsonl")
    let identity = SHA256.hash("x")
    let file = try AnswerFile(path, systems: [identity])
    var plan = Self.plan()
    plan.streams = 1
    let source = source(expert, plan, file, identity: identity) { _ in
      withUnsafeCurrentTask { $0?.cancel() }
    }
    let task = Task { try await source.answers(to: Self.cases) }
    await #expect(throws: CancellationError.self) { try await task.value }
    let kept = try AnswerFile(path, systems: [identity]).count(of: identity)
    #expect(kept >= 1 && kept < Self.cases.count)
  }

  @Test func aPromptBeyondTheContextIsAnEmptyAnswerAndNoScore() async throws {
    let long = Record.instruction(
      InstructionRecord(instruction: String(repeating: "x", count: 600), output: "y"))
    let answers = try await source(expert, Self.plan()).answers(to: [
      EvaluationCase(rid: "long", record: long), Self.cases[0],
    ])
    #expect(answers[0] == SystemAnswer(text: ""))
    #expect(answers[1].nll != nil)
  }

  @Test func drawnAnswersDependOnSeedAndRecordAlone() async throws {
    var plan = Self.plan()
    plan.request.sampling = SamplingOptions(temperature: 1, seed: 7)
    let all = try await source(expert, plan).answers(to: Self.cases)
    let last = try await source(expert, plan).answers(to: [Self.cases[2]])
    #expect(last[0].text == all[2].text)
    plan.request.sampling.seed = 8
    #expect(try await source(expert, plan).answers(to: Self.cases).map(\.text) != all.map(\.text))
  }
}

extension Record {
  /// A pair of answers; `nil` for records of other kinds, for `#require`.
  fileprivate var preference: PreferenceRecord? {
    if case .preference(let pair) = self { pair } else { nil }
  }
}
