import ExpertCuration
import ExpertGeneration
import ExpertPlatform
import ExpertProviders
import ExpertRecord
import ExpertStore
import ExpertTestSupport
import Synchronization
import Testing

@Suite struct GeneratorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  // MARK: the world of a test

  private func task(
    batchSize: Int = 4, seed: UInt64 = 0, provider: String = ProceduralProvider.name,
    format: GenerationFormat = .instruction
  ) throws -> GenerationTask {
    var recipe = Recipe()
    recipe.domain = "json-parsing"
    recipe.task = "parse and validate JSON documents"
    recipe.batchSize = batchSize
    recipe.seed = seed
    recipe.format = format
    let library = PromptLibrary(workspace: nil)
    return try TaskResolver(library: library)
      .task(from: recipe, teachers: [Teacher(provider: provider, model: provider)])
  }

  private func run(
    _ task: GenerationTask, count: Int, store path: String, provider: any ModelProvider,
    workers: Int = 2, price: Price? = .free,
    adjust: (inout JobOptions) -> Void = { _ in }
  ) async throws -> JobOutcome {
    let store = try Store.open(path, mode: .create)
    var options = JobOptions(dataset: "json", count: count, author: "test")
    adjust(&options)
    let answerer = Answerer(
      provider: provider, price: price, workers: workers, maxOutput: 1_000)
    let outcome = try await Generator(
      store: store, task: task, options: options, answerers: [task.teachers[0]: answerer]
    ).run()
    try store.close()
    return outcome
  }

  /// Answers each slot with records of its own; counts what it was asked.
  private final class Scripted: ModelProvider {
    let asked = Mutex<[Int]>([])
    let answer: @Sendable (ModelRequest) throws(ProviderError) -> ModelReply

    init(_ answer: @escaping @Sendable (ModelRequest) throws(ProviderError) -> ModelReply) {
      self.answer = answer
    }

    func ask(
      _ request: ModelRequest, report: @escaping @Sendable (AttemptReport) -> Void
    ) async throws(ProviderError) -> ModelReply {
      asked.withLock { $0.append(request.slot) }
      do {
        let reply = try answer(request)
        report(AttemptReport(status: 200))
        return reply
      } catch {
        report(AttemptReport(status: 500, error: "\(error)"))
        throw error
      }
    }

    var slots: [Int] { asked.withLock { $0 } }
  }

  /// `count` records that are unlike those of every other slot.
  private static func reply(slot: Int, count: Int = 4, usage: Usage = Usage()) -> ModelReply {
    let records = (0..<count).map { i -> JSONValue in
      var generator = SeededGenerator(seed: 1, stream: "\(slot)/\(i)")
      let words = (0..<12).map { _ in "w\(generator.below(100_000))" }.joined(separator: " ")
      return [
        "instruction": .string("Say the second word of: \(words)"), "input": "",
        "output": .string(String(words.split(separator: " ")[1])),
      ]
    }
    return ModelReply(
      text: CanonicalJSON.text(of: ["records": .array(records)]), finish: .complete, usage: usage)
  }

  private func root(of path: String) throws -> Digest? {
    let store = try Store.open(path, mode: .readOnly)
    defer { try? store.close() }
    return try store.head(of: "json")?.root
  }

  // MARK: claims

  @Test func countMeansAcceptedRecords() async throws {
    let outcome = try await run(
      try task(), count: 60, store: folder.file("a.db"), provider: ProceduralProvider())
    #expect(outcome.reason == nil)
    #expect(outcome.tally.accepted == 60)
    #expect(outcome.head?.recordCount == 60)
    #expect(outcome.committed?.number == 1)
  }

  @Test func aPlanWithVoicesSummariesAndKindsOfAnswersIsAskedInFull() async throws {
    var recipe = Recipe()
    recipe.domain = "support"
    recipe.task = "answer customers"
    recipe.personas = ["a customer in a hurry", "a clerk"]
    recipe.topics = [
      Topic("refunds", summary: "money back", answerKind: .literal), Topic("delivery"),
    ]
    let task = try TaskResolver(library: PromptLibrary(workspace: nil))
      .task(from: recipe, teachers: [Teacher(provider: "scripted", model: "scripted")])
    #expect(task.plan.cells.count == 12)
    for cell in task.plan.cells {
      #expect(try JSONValue.parse(CanonicalJSON.bytes(of: cell.json)) == cell.json)
    }
    let model = Scripted { request in Self.reply(slot: request.slot) }
    let outcome = try await run(
      task, count: 24, store: folder.file("voices.db"), provider: model)
    #expect(outcome.reason == nil)
    #expect(outcome.tally.accepted == 24)
    #expect(outcome.tally.slots[.planned, default: 0] == 0)
  }

  @Test(arguments: [1, 3, 8])
  func aSeedRepeatsTheRootWhateverTheNumberOfWorkers(workers: Int) async throws {
    let reference = folder.file("one.db")
    let other = folder.file("many.db")
    _ = try await run(
      try task(), count: 40, store: reference, provider: ProceduralProvider(), workers: 1)
    _ = try await run(
      try task(), count: 40, store: other, provider: ProceduralProvider(), workers: workers)
    let root = try root(of: reference)
    #expect(root != nil)
    #expect(try self.root(of: other) == root)
  }

  @Test func anotherSeedGivesAnotherRoot() async throws {
    _ = try await run(
      try task(seed: 1), count: 12, store: folder.file("1.db"), provider: ProceduralProvider())
    _ = try await run(
      try task(seed: 2), count: 12, store: folder.file("2.db"), provider: ProceduralProvider())
    #expect(try root(of: folder.file("1.db")) != root(of: folder.file("2.db")))
  }

  @Test func aFinishedJobAsksNothingAndMakesNoVersion() async throws {
    let provider = Scripted { Self.reply(slot: $0.slot) }
    let task = try task(provider: "scripted")
    let path = folder.file("a.db")
    let first = try await run(task, count: 20, store: path, provider: provider)
    let asked = provider.slots.count
    let second = try await run(task, count: 20, store: path, provider: provider)
    #expect(provider.slots.count == asked)
    #expect(second.committed == nil)
    #expect(second.head == first.head)
  }

  @Test func aLargerCountTopsUpAndKeepsWhatWasThere() async throws {
    let provider = Scripted { Self.reply(slot: $0.slot) }
    let task = try task(provider: "scripted")
    let path = folder.file("a.db")
    _ = try await run(task, count: 18, store: path, provider: provider)
    let more = try await run(task, count: 30, store: path, provider: provider)
    #expect(more.head?.number == 2)
    #expect(more.head?.recordCount == 30)
    #expect(Set(provider.slots).count == provider.slots.count, "a slot was asked twice")
  }

  @Test func whatFailsOnceIsAskedAgainAndNothingElseIs() async throws {
    let failedOnce = Mutex<Set<Int>>([])
    let provider = Scripted { (request) throws(ProviderError) in
      let isNew = request.slot % 3 == 0 && failedOnce.withLock { $0.insert(request.slot).inserted }
      if isNew { throw .exhausted(provider: "scripted", attempts: 1, last: "http 500") }
      return Self.reply(slot: request.slot)
    }
    let outcome = try await run(
      try task(provider: "scripted"), count: 40, store: folder.file("a.db"), provider: provider)
    #expect(outcome.tally.accepted == 40)
    let times = Dictionary(grouping: provider.slots, by: \.self).mapValues(\.count)
    #expect(times.allSatisfy { $0.value == ($0.key % 3 == 0 ? 2 : 1) }, "\(times)")
  }

  @Test func aStoreWithLineagePassesItsQuickCheck() async throws {
    let path = folder.file("a.db")
    _ = try await run(try task(), count: 20, store: path, provider: ProceduralProvider())
    let store = try Store.open(path, mode: .readOnly)
    #expect(store.notes.isEmpty)
    #expect(try store.fsck(full: false).problems.isEmpty)
    #expect(try store.fsck(full: true).problems.isEmpty)
  }

  @Test func aSlotThatKeepsFailingIsReplaced() async throws {
    let provider = Scripted { (request) throws(ProviderError) in
      if request.slot == 2 {
        throw .exhausted(provider: "scripted", attempts: 1, last: "http 500")
      }
      return Self.reply(slot: request.slot)
    }
    let outcome = try await run(
      try task(provider: "scripted"), count: 20, store: folder.file("a.db"), provider: provider)
    #expect(outcome.tally.accepted == 20)
    #expect(outcome.tally.slots[.failed] == 1)
  }

  @Test func billingStopsTheRunAndKeepsTheData() async throws {
    let provider = Scripted { (request) throws(ProviderError) in
      if request.slot >= 3 { throw .billing(provider: "scripted", message: "no credit") }
      return Self.reply(slot: request.slot)
    }
    let outcome = try await run(
      try task(provider: "scripted"), count: 100, store: folder.file("a.db"), provider: provider,
      workers: 1)
    #expect(outcome.reason == .billing("no credit"))
    #expect(outcome.tally.accepted == 12)
    #expect(outcome.head?.recordCount == 12)
    #expect(provider.slots == [0, 1, 2, 3])
  }

  @Test func theBudgetIsNeverPassed() async throws {
    let price = Price(date: "2026-01-01", source: "test", input: 1, output: 1)
    let provider = Scripted { request in
      Self.reply(slot: request.slot, usage: Usage(input: 500, output: 500))
    }
    let outcome = try await run(
      try task(provider: "scripted"), count: 1_000, store: folder.file("a.db"),
      provider: provider, workers: 4, price: price
    ) { $0.budget = 10_000 }
    #expect(outcome.reason == .budget)
    #expect(outcome.tally.costMicros <= 10_000)
    #expect(outcome.tally.costMicros >= 7_000, "the budget is used")
    #expect(outcome.tally.costMicros == Int64(provider.slots.count) * 1_000)
  }

  @Test func aProviderThatGivesNothingUsableStopsAtTheLimit() async throws {
    let provider = Scripted { _ in ModelReply(text: "I would rather not.", finish: .complete) }
    let outcome = try await run(
      try task(provider: "scripted"), count: 4, store: folder.file("a.db"), provider: provider
    ) { $0.maxCandidates = 40 }
    #expect(outcome.reason == .maxCandidates)
    #expect(outcome.tally.accepted == 0)
    #expect(outcome.tally.rejectionsByFilter["parse"] == provider.slots.count)
  }

  @Test func onlyCompleteRepliesBecomeRecords() async throws {
    let reasons: [FinishReason] = [.truncated, .filtered, .refused, .toolCall, .other]
    let provider = Scripted { request in
      var reply = Self.reply(slot: request.slot)
      if request.slot < reasons.count { reply.finish = reasons[request.slot] }
      return reply
    }
    let outcome = try await run(
      try task(provider: "scripted"), count: 40, store: folder.file("a.db"), provider: provider)
    #expect(outcome.tally.accepted == 40)
    #expect(outcome.tally.rejectionsByFilter["finish"] == reasons.count)
  }

  @Test func otherRulesJudgeTheStoredRepliesAnewWithoutAsking() async throws {
    let provider = Scripted { Self.reply(slot: $0.slot) }
    let task = try task(provider: "scripted")
    let path = folder.file("a.db")
    _ = try await run(task, count: 20, store: path, provider: provider)
    let asked = provider.slots.count
    let strict = try await run(task, count: 20, store: path, provider: provider) {
      $0.filters.maxPromptLength = 10
      $0.maxCandidates = 20
    }
    #expect(provider.slots.count == asked)
    #expect(strict.tally.accepted == 0)
    #expect(strict.head?.recordCount == 0)
    let loose = try await run(task, count: 20, store: path, provider: provider)
    #expect(provider.slots.count == asked)
    #expect(loose.tally.accepted == 20)
  }

  @Test func aRecordTakenOutByHandDoesNotComeBack() async throws {
    let provider = Scripted { Self.reply(slot: $0.slot) }
    let task = try task(provider: "scripted")
    let path = folder.file("a.db")
    _ = try await run(task, count: 12, store: path, provider: provider)
    let store = try Store.open(path, mode: .readWrite)
    var records = try store.records(of: try store.resolve("json"))
    let first = try #require(try records.nextGroup().first)
    _ = try store.commit(
      [.remove(rid: first.rid, reason: nil)], to: "json", kind: .instruction,
      note: CommitNote(operation: "review", author: "test", message: "wrong"))
    try store.close()
    let again = try await run(task, count: 12, store: path, provider: provider)
    #expect(again.head?.recordCount == 11)
  }

  @Test func pairsMadeFromGradedAnswersAllStay() async throws {
    let provider = Scripted { request in
      let words = (0..<8).map { i -> String in
        var generator = SeededGenerator(seed: 2, stream: "\(request.slot)/\(i)")
        return "p\(generator.below(100_000))"
      }.joined(separator: " ")
      let item: JSONValue = [
        "prompt": .string("Repeat: \(words)"), "best": .string(words),
        "mid": .string("Sure: \(words)"), "poor": "I forgot the words you gave",
      ]
      return ModelReply(text: CanonicalJSON.text(of: ["records": [item]]), finish: .complete)
    }
    let outcome = try await run(
      try task(batchSize: 1, provider: "scripted", format: .preferencePairs), count: 9,
      store: folder.file("a.db"), provider: provider)
    #expect(outcome.tally.accepted == 9)
    #expect(outcome.tally.rejected == 0)
  }
}
