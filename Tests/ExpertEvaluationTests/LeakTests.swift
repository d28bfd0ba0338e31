import ExpertEvaluation
import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTestSupport
import Testing

@Suite struct LeakTests {
  private static let story =
    "the quick brown fox jumps over the lazy dog while seven silent owls watch from the old oak tree"

  private func record(_ input: String, _ output: String) -> Record {
    .instruction(
      InstructionRecord(
        instruction: "Read the text and answer with the one word that it is about.", input: input,
        output: output))
  }

  private func asked(_ rid: String, _ record: Record) -> EvaluationCase {
    EvaluationCase(rid: rid, record: record, attributes: RecordAttributes(split: .test))
  }

  @Test func eachWayOfLeakingIsFoundAndNamed() throws {
    let check = LeakCheck([
      asked("exact", record("an apple a day", "fruit")),
      asked("prompt", record("two plums in a bowl", "bowl")),
      asked("near", record(Self.story + " tonight", "fox")),
      asked("clean", record("rain fell on the roof", "rain")),
    ])
    check.insert(record("an apple a day", "fruit"), rid: "t1")
    check.insert(record("two plums in a bowl", "fruit"), rid: "t2")
    check.insert(record(Self.story, "fox"), rid: "t3")
    check.insert(record("quite another text", "text"), rid: "t4")
    let report = check.report()
    #expect(report.leaks.map(\.rid) == ["exact", "prompt", "near"])
    #expect(report.leaks.map(\.kind) == [.exact, .prompt, .near])
    #expect(report.leaks.map(\.trained) == ["t1", "t2", "t3"])
    #expect((report.leaks[2].similarity ?? 0) >= 0.85)
    #expect((report.tested, report.trained) == (4, 4))
    #expect(throws: EvaluationError.trainedOn(count: 3, of: 4, example: "exact")) {
      try report.requireClean()
    }
    #expect(report.summary.hasPrefix("WARNING: 3 of 4"))
  }

  @Test func hashesAloneFindTheSameRecord() throws {
    let leaked = record("an apple a day", "fruit")
    let check = LeakCheck([asked("a", leaked), asked("b", record("rain", "rain"))])
    check.insert(hashes: [leaked.contentHash])
    #expect(check.report().leaks == [Leak(rid: "a", kind: .exact)])
  }

  @Test func aSharedPhraseIsReportedAndNoLeak() throws {
    let check = LeakCheck([
      asked("a", record(Self.story + " and then a long night begins for all of them", "night")),
      asked("b", record("rain fell on the roof", "rain")),
    ])
    check.insert(
      record("once upon a time somebody wrote this line: " + Self.story, "line"), rid: "t")
    let report = check.report()
    #expect(report.leaks == [])
    #expect(report.phrases == ["a"])
    try report.requireClean()
  }

  @Test func theTrainSplitOfAVersionIsComparedWithItsTestSplit() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.file("expert.db"), mode: .create)
    defer { try? store.close() }
    let file = SHA256.hash("a")
    let rows: [(Record, Split)] = [
      (record("an apple a day", "fruit"), .train), (record("rain", "rain"), .test),
      (record("an apple a day", "fruit"), .test),
    ]
    _ = try store.commit(
      rows.enumerated().map { line, row in
        .add(
          rid: RecordID(file: file, line: line), record: row.0,
          attributes: RecordAttributes(split: row.1))
      }, to: "d", kind: .instruction, note: CommitNote(operation: "test"))
    var cases: [EvaluationCase] = []
    var tests = try store.records(of: try store.resolve("d:test"))
    try tests.forEach { cases.append(EvaluationCase($0)) }
    let check = LeakCheck(cases)
    try check.insert(try store.resolve("d"), of: store)
    let report = check.report()
    #expect((report.tested, report.trained) == (2, 1))
    #expect(report.leaks.map(\.rid) == [RecordID(file: file, line: 2).description])
    #expect(report.leaks.map(\.trained) == [RecordID(file: file, line: 0).description])
  }

  /// Two trainings, one after the other, and one of which nobody knows.
  @Test func everyTrainingOfAnAdapterIsCompared() throws {
    let folder = try TemporaryFolder()
    let store = try Store.open(folder.file("expert.db"), mode: .create)
    defer { try? store.close() }
    for (name, text, split) in [
      ("first", "an apple a day", nil), ("second", "two plums in a bowl", Split.train),
    ] as [(String, String, Split?)] {
      _ = try store.commit(
        [
          .add(
            rid: RecordID(file: SHA256.hash(name), line: 0), record: record(text, "fruit"),
            attributes: RecordAttributes(split: split))
        ], to: name, kind: .instruction, note: CommitNote(operation: "test"))
    }
    let cases = [
      asked("a", record("an apple a day", "fruit")),
      asked("b", record("two plums in a bowl", "fruit")),
      asked("c", record("rain fell on the roof", "rain")),
    ]
    func check(_ trainings: [TrainedData]) throws -> LeakReport {
      let check = LeakCheck(cases)
      try check.insert(trainings, of: store)
      return check.report()
    }
    let commit = try store.resolve("first").commit.hash.hex
    let first = TrainedData(dataset: .init(name: "first", version: "v1", commit: commit))
    let second = TrainedData(dataset: .init(name: "second", version: "v1"))
    let both = try check([second, first, first])
    #expect(both.leaks.map(\.rid) == ["a", "b"] && both.trained == 2)
    #expect(both.sources == ["second@v1:train", "first@v1"] && both.unknown == [])
    let unknown = try check([
      second, TrainedData(dataset: nil, adapter: String(repeating: "ab", count: 32)),
      TrainedData(dataset: .init(name: "third", version: "v4")),
    ])
    #expect(unknown.leaks.map(\.rid) == ["b"] && unknown.unknown.count == 2)
    #expect(unknown.unknown[0].contains("abababababab") && unknown.unknown[1].contains("third@v4"))
    #expect(unknown.summary.contains("UNKNOWN: "))
    let none = try check([TrainedData(dataset: nil)])
    #expect(none.leaks.isEmpty && none.sources.isEmpty)
    #expect(!none.summary.contains("no test record was trained on"))
  }
}
