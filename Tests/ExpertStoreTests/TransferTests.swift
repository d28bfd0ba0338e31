import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTestSupport
import Foundation
import Testing

@Suite struct ImportTests {
  /// Imports numbered rows; every tenth is bad.
  private func importRows(_ count: Int, into store: Store, group: Int = 1500) throws
    -> ImportReport
  {
    var line = 0
    return try store.importRows(
      to: "sums", kind: .instruction,
      source: ImportSource(file: "sums.jsonl", digest: digest("a")),
      note: CommitNote(operation: "import"),
      next: {
        let lines = (line..<min(line + group, count)).map { ImportLine(line: $0 + 1, raw: $0 + 1) }
        line += lines.count
        return lines
      },
      parse: { i in
        i % 10 == 0
          ? .refused(reason: "no output", text: "row \(i)")
          : .record(record(i), RecordAttributes(split: .train))
      })
  }

  @Test func rowsComeOutAsTheyWentIn() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let report = try importRows(5000, into: store)
    #expect(report.added == 4500 && report.quarantined == 500 && report.rows == 5000)
    let expected = (1...5000).filter { $0 % 10 != 0 }
    #expect(try store.rids("sums") == expected.map { rid($0) })
    #expect(
      try store.lines("sums")
        == expected.map { String(decoding: record($0).canonicalBytes, as: UTF8.self) })
    let bad = try store.quarantine(of: "sums")
    #expect(bad.count == 500)
    #expect(bad[1].file == "sums.jsonl" && bad[1].line == 20)
    #expect(bad[1].reason == "no output" && bad[1].text == "row 20")
    #expect(try fixture.int("SELECT count(*) FROM dictionary") > 0)
    #expect(try fixture.int("SELECT count(*) FROM object WHERE codec > 1") > 4000)
    #expect(try store.fsck(full: true).problems == [])
  }

  @Test func theSameFileAgainChangesNothing() throws {
    let store = try Fixture().open()
    let first = try importRows(200, into: store)
    let second = try importRows(200, into: store)
    #expect(first.commit != nil && second.commit == nil)
    #expect(second.alreadyThere == 180 && second.added == 0)
    #expect(try store.quarantine(of: "sums").count == 20)
  }

  /// More rows than a transaction holds, every text twice.
  @Test func aLargeFileKeepsItsOrderAndEachTextOnce() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let count = 70_000
    var line = 0
    let report = try store.importRows(
      to: "sums", kind: .instruction,
      source: ImportSource(file: "sums.jsonl", digest: digest("a")),
      note: CommitNote(operation: "import"),
      next: {
        let lines = (line..<min(line + 8000, count)).map { ImportLine(line: $0 + 1, raw: $0 / 2) }
        line += lines.count
        return lines
      },
      parse: { .record(record($0), RecordAttributes(split: .train)) })
    #expect(report.rows == count && report.added == count)
    #expect(try store.rids("sums") == (1...count).map { rid($0) })
    #expect(try fixture.int("SELECT count(*) FROM object WHERE kind = 1") == Int64(count / 2))
    #expect(try store.fsck(full: true).problems == [])
  }

  @Test func anImportThatFailsHalfwayIsFinishedByTheNext() throws {
    struct Unplugged: Error {}
    let store = try Fixture().open()
    var groups = 0
    #expect(throws: Unplugged.self) {
      try store.importRows(
        to: "sums", kind: .instruction,
        source: ImportSource(file: "sums.jsonl", digest: digest("a")),
        note: CommitNote(operation: "import"),
        next: {
          groups += 1
          guard groups <= 2 else { throw Unplugged() }
          return (0..<1500).map { ImportLine(line: groups * 1500 + $0, raw: $0) }
        },
        parse: { .record(record($0), RecordAttributes(split: .train)) })
    }
    #expect(try store.fsck(full: true).problems == [])
    let report = try importRows(5000, into: store)
    #expect(report.added == 4500)
    #expect(try store.rids("sums") == (1...5000).filter { $0 % 10 != 0 }.map { rid($0) })
  }

  @Test func anImportedRecordKnowsItsLine() throws {
    let store = try Fixture().open()
    _ = try importRows(100, into: store)
    let story = try store.why(rid(42))
    guard case .file(let origin) = story.origin else {
      Issue.record("expected a file")
      return
    }
    #expect(origin.file == "sums.jsonl" && origin.line == 42)
  }
}

@Suite struct ExportTests {
  @Test func aCheckoutNamesEachFileWithItsHash() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1, split: .train), add(2, split: .test), add(3, split: .train), add(4)])
    let folder = fixture.folder.file("out")
    let manifest = try store.checkout(try store.resolve("sums"), to: folder)
    let files = try #require(manifest["files"]?.array)
    #expect(files.map { $0["name"]?.string } == ["data.jsonl", "train.jsonl", "test.jsonl"])
    #expect(files.map { $0["records"]?.integer } == [1, 2, 1])
    for file in files {
      let name = try #require(file["name"]?.string)
      let bytes = try #require(FileManager.default.contents(atPath: folder + "/" + name))
      #expect(SHA256.hash([UInt8](bytes)).hex == file["sha256"]?.string)
    }
    #expect(throws: StoreError.targetExists(path: folder)) {
      try store.checkout(try store.resolve("sums"), to: folder)
    }
  }

  @Test func theSameVersionGivesTheSameBytes() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change((1...9000).map { add($0) })
    let path = fixture.folder.file("a.jsonl")
    let report = try store.export(try store.resolve("sums"), toFile: path)
    #expect(report.records == 9000)
    let bytes = try #require(FileManager.default.contents(atPath: path))
    #expect(SHA256.hash([UInt8](bytes)) == report.sha256 && bytes.count == report.bytes)
    #expect(try store.export(try store.resolve("sums@v1"), to: { _ in }) == report)
  }

  /// Reading runs beside writing; many small exports show whether the one ever outlives the other.
  @Test func smallExportsEndOneAfterTheOther() throws {
    let store = try Fixture().open()
    try store.change([add(1)])
    let version = try store.resolve("sums")
    let first = try store.export(version, to: { _ in })
    for _ in 0..<2000 { #expect(try store.export(version, to: { _ in }) == first) }
  }

  @Test func aFullTargetEndsTheExport() throws {
    struct Full: Error {}
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change((1...9000).map { add($0) })
    let version = try store.resolve("sums")
    var pieces = 0
    #expect(throws: Full.self) {
      _ = try store.export(version) { _ in
        pieces += 1
        if pieces == 2 { throw Full() }
      }
    }
    #expect(pieces == 2)
    #expect(try store.export(version, to: { _ in }).records == 9000)
  }

  @Test func aDamagedBodyEndsTheExport() throws {
    let fixture = try Fixture()
    var store = try fixture.open()
    try store.change((1...3000).map { add($0) })
    try store.close()
    try fixture.sql("UPDATE object SET size = size + 1 WHERE kind = 1 AND id % 1000 = 7")
    store = try fixture.open()
    let path = fixture.folder.file("a.jsonl")
    #expect(throws: StoreError.self) {
      try store.export(try store.resolve("sums"), toFile: path)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// Few members with high places are put in order another way than many with dense ones.
  @Test func whatIsLeftOfALargeVersionKeepsItsOrder() throws {
    let store = try Fixture().open()
    try store.change((1...200).map { add($0) })
    let left: Set = [3, 70, 71, 199]
    try store.change(
      (1...200).filter { !left.contains($0) }.map { .remove(rid: rid($0), reason: nil) })
    #expect(try store.rids("sums") == left.sorted().map { rid($0) })
  }
}

@Suite struct ReportTests {
  @Test func whyTellsTheWholeStory() throws {
    let store = try Fixture().open()
    let job = try store.openJob(spec("job"))
    try store.plan([slot(0)], job: job)
    try store.receive([receipt(0, job: job)], job: job)
    let candidates = try store.unjudged(job, limit: 10)
    try store.judge(
      [
        Judgement(candidate: candidates[0].id, verdict: .accepted),
        Judgement(
          candidate: candidates[1].id,
          verdict: .rejected(filter: "near-duplicate", score: 0.9, detail: "repeats another"),
          duplicateOf: DuplicateOf(rid: candidates[0].rid, method: "minhash", similarity: 0.9)),
      ], job: job)
    _ = try store.commitJob(job, note: note)
    try store.change([.edit(rid: candidates[0].rid, record: record(5), attributes: nil)])
    try store.change([.remove(rid: candidates[0].rid, reason: nil), add(1)])
    try store.tag(try store.resolve("sums@v2"), as: "good")
    let story = try store.why(candidates[0].rid)
    guard case .job(let origin) = story.origin else {
      Issue.record("expected a job")
      return
    }
    #expect(origin.templateName == "t" && origin.request["prompt"]?.string == "q 0")
    #expect(origin.reply?["text"]?.string == "answer 0" && origin.costMicros == 7)
    #expect(origin.attempts.map(\.model) == ["m"] && origin.siblings == 2)
    #expect(story.verdict?.verdict == "accepted")
    #expect(story.events.map(\.kind) == [.added, .edited, .removed])
    #expect(story.versions == [1, 2] && story.tags == ["good"] && story.branches == [])
    let twin = try store.why(candidates[1].rid)
    #expect(twin.verdict?.duplicateOf == candidates[0].rid && twin.versions == [])
    #expect(twin.rejections.map(\.filter) == ["near-duplicate"])
    #expect(throws: StoreError.unknownRecord(rid: rid(9).description)) { try store.why(rid(9)) }
  }

  @Test func statisticsCountEveryRecordOnce() throws {
    let store = try Fixture().open()
    try store.change([
      add(1, split: .train), add(2, split: .test),
      .add(rid: rid(3), record: record(1), attributes: RecordAttributes(labels: ["x"])),
    ])
    let stats = try store.stats(try store.resolve("sums"))
    #expect(stats.records == 3 && stats.repeatedTexts == 1)
    #expect(stats.splits == ["train": 1, "test": 1, "none": 1] && stats.labels == ["x": 1])
    #expect(stats.fields.first { $0.field == "input" }?.empty == 3)
  }
}
