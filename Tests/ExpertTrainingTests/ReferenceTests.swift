import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTensors
import ExpertTestSupport
import ExpertTraining
import Testing

/// Reference log-probabilities and the rows of the store that keep them.
@Suite struct ReferenceTests {
  /// A store with one version of a preference dataset.
  private struct Place {
    let folder: TemporaryFolder
    var path: String { folder.file("expert.db") }

    init() throws {
      folder = try TemporaryFolder()
      let store = try open()
      let record = Record.preference(
        PreferenceRecord(prompt: .text("a"), chosen: .text("b"), rejected: .text("c")))
      _ = try store.commit(
        [
          .add(
            rid: RecordID(file: SHA256.hash("a"), line: 1), record: record,
            attributes: RecordAttributes())
        ], to: "pairs", kind: .preference,
        note: CommitNote(operation: "test", author: "tester", message: "a change"))
      try store.close()
    }

    func open(_ mode: Store.Mode = .create) throws -> Store {
      try Store.open(path, mode: mode, patience: .milliseconds(50))
    }

    func sql(_ script: String) throws {
      let database = try SQLDatabase(path: path, readOnly: false)
      try database.withoutTransaction { try $0.script(script) }
      try database.close()
    }
  }

  private static func source(_ change: (inout PrecomputedSource) -> Void = { _ in })
    -> PrecomputedSource
  {
    var source = PrecomputedSource(
      purpose: .reference, base: SHA256.hash("base"), precision: "fp32", template: "plain",
      limits: LengthLimits(whole: 512))
    change(&source)
    return source
  }

  private func scorer(adapter: String? = nil) throws -> ReferenceScorer {
    let model = try Student.base("qwen3")
    let adapter = try adapter.map { try AdapterFolder.load($0, for: model.config) }
    if let adapter { model.prepare(adapter, pool: .shared) }
    return ReferenceScorer(model, adapter: adapter, tokensAtOnce: 100, pool: .shared)
  }

  private func cache(_ store: Store, _ source: PrecomputedSource = source()) throws
    -> PrecomputedCache
  {
    try PrecomputedCache(store: store, version: try store.resolve("pairs"), source: source)
  }

  @Test func theSecondRunReadsEverything() throws {
    let place = try Place()
    let store = try place.open()
    let pairs = try GoldenPairs.all()
    let first = try scorer().scores(of: pairs, cache: try cache(store))
    #expect(first.computed == 12 && first.cached == 0)
    let second = try scorer().scores(of: pairs, cache: try cache(store))
    #expect(second.computed == 0 && second.cached == 12)
    #expect(second.values == first.values)
    #expect(try scorer().scores(of: pairs).values == first.values)
    #expect(try store.fsck(full: true).isSound)
    try store.close()
    let reader = try place.open(.readOnly)
    let third = try scorer().scores(of: pairs, cache: try cache(reader))
    #expect(third.computed == 0 && third.values == first.values)
  }

  private struct Stopped: Error {}

  /// What was computed before the run was stopped stays; the next run computes the rest.
  @Test func aRunThatWasStoppedIsCompleted() throws {
    let place = try Place()
    let store = try place.open()
    let pairs = try GoldenPairs.all()
    var seen: [Int] = []
    #expect(throws: Stopped.self) {
      _ = try scorer().scores(of: pairs, cache: try cache(store)) { done, all in
        seen.append(done)
        if done > 0 { throw Stopped() }
        #expect(all == 12)
      }
    }
    let kept = try #require(seen.last)
    #expect(seen.first == 0 && kept > 0 && kept < 12)
    let rest = try scorer().scores(of: pairs, cache: try cache(store))
    #expect(rest.cached == kept && rest.computed == 12 - kept)
    let whole = try scorer().scores(of: pairs).values
    for (a, b) in zip(rest.values, whole) {
      #expect(abs(a.chosen - b.chosen) < 1e-4 && abs(a.rejected - b.rejected) < 1e-4)
    }
  }

  /// Every part of the key, and the tokens themselves, tell rows apart.
  @Test func otherSettingsShareNoRows() throws {
    let place = try Place()
    let store = try place.open()
    let pairs = Array(try GoldenPairs.all().prefix(2))
    _ = try scorer().scores(of: pairs, cache: try cache(store))
    let others: [PrecomputedSource] = [
      Self.source { $0.base = SHA256.hash("other") }, Self.source { $0.precision = "int4" },
      Self.source { $0.adapter = SHA256.hash("adapter") }, Self.source { $0.template = "guide" },
      Self.source { $0.templateHash = "1" }, Self.source { $0.limits.whole = 256 },
      Self.source { $0.limits.prompt = 9 }, Self.source { $0.limits.policy = .truncate },
      Self.source { $0.purpose = .unpairedReference },
    ]
    for source in others {
      #expect(try scorer().scores(of: pairs, cache: try cache(store, source)).computed == 2)
    }
    #expect(try store.precomputed(of: "pairs").count == 10)
    var changed = pairs
    changed[1].rejected.ids[changed[1].rejected.ids.count - 1] = 7
    let found = try scorer().scores(of: changed, cache: try cache(store))
    #expect(found.cached == 1 && found.computed == 1)
  }

  @Test func aDamagedRowIsReportedAndComputedAnew() throws {
    let place = try Place()
    let store = try place.open()
    let pairs = try GoldenPairs.all()
    let first = try scorer().scores(of: pairs, cache: try cache(store))
    try store.close()
    try place.sql("UPDATE precomputed_row SET body = zeroblob(24) WHERE item = 'r3'")
    let again = try place.open()
    let problems = try again.fsck(full: true).problems
    #expect(problems.count == 1)
    #expect(problems.first?.versions == ["pairs@v1"])
    let second = try scorer().scores(of: pairs, cache: try cache(again))
    #expect(second.computed == 1 && second.cached == 11)
    #expect(abs(second.values[3].chosen - first.values[3].chosen) < 1e-4)
    #expect(try again.fsck(full: true).isSound)
  }

  /// An adapter that training went on from is the reference, its soft prompt with it; the soft prompt
  /// of the adapter that is trained is not the reference's.
  @Test func theReferenceHasItsOwnSoftPrompt() throws {
    let pairs = Array(try GoldenPairs.all().prefix(3))
    let soft = pairs.map { pair in
      PreferenceExample(
        chosen: softened(pair.chosen, by: 5), rejected: softened(pair.rejected, by: 5))
    }
    #expect(soft[0].sharedLength == pairs[0].sharedLength + 5)
    let plain = try scorer().scores(of: pairs).values
    #expect(try scorer().scores(of: soft).values == plain)
    let folder = Student.adapterFolder("qwen3/prompt")
    let prompted = try scorer(adapter: folder).scores(of: pairs).values
    #expect(try scorer(adapter: folder).scores(of: soft).values == prompted)
    #expect(prompted != plain)
  }

  @Test func examplesOfOneRecordHaveRowsOfTheirOwn() throws {
    let place = try Place()
    let store = try place.open()
    let answers = try GoldenPairs.answers(4)
    let source = Self.source { $0.purpose = .unpairedReference }
    let first = try scorer().scores(of: answers, cache: try cache(store, source))
    #expect(first.computed == 8)
    #expect(Set(first.values).count == 8)
    let second = try scorer().scores(of: answers, cache: try cache(store, source))
    #expect(second.cached == 8 && second.values == first.values)
  }
}

/// A text behind the vectors of a soft prompt.
func softened(_ example: TokenExample, by count: Int) -> TokenExample {
  TokenExample(
    ids: (0..<Int32(count)).map { -1 - $0 } + example.ids,
    supervised: example.supervised.map { $0.lowerBound + count..<$0.upperBound + count },
    rid: example.rid)
}
