import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTestSupport
import Foundation

/// A store in a folder of its own, with a clock that tests move.
struct Fixture {
  let folder: TemporaryFolder
  let clock = ScriptedClock()
  var path: String { folder.file("expert.db") }

  init() throws { folder = try TemporaryFolder() }

  func open(_ mode: Store.Mode = .create) throws -> Store {
    try Store.open(path, mode: mode, clock: clock, patience: .milliseconds(50))
  }

  /// Runs SQL on the file past the store's back.
  func sql(_ script: String) throws {
    let database = try SQLDatabase(path: path, readOnly: false)
    try database.withoutTransaction { try $0.script(script) }
    try database.close()
  }

  func int(_ query: String) throws -> Int64 {
    let database = try SQLDatabase(path: path, readOnly: true)
    defer { try? database.close() }
    return try database.read { try $0.int(query) }
  }
}

func digest(_ text: String) -> Digest { SHA256.hash(text) }

func rid(_ i: Int, file: String = "a") -> RecordID { RecordID(file: digest(file), line: i) }

func record(_ i: Int, _ suffix: String = "") -> Record {
  .instruction(
    InstructionRecord(
      instruction: "What is \(i) plus \(i * 7 % 13)?", input: "",
      output: "\(i + i * 7 % 13)\(suffix)"))
}

func add(_ i: Int, split: Split? = nil) -> RecordChange {
  .add(rid: rid(i), record: record(i), attributes: RecordAttributes(split: split))
}

let note = CommitNote(operation: "test", author: "tester", message: "a change")

func spec(_ name: String, dataset: String = "sums") -> JobSpec {
  JobSpec(
    key: digest(name), dataset: dataset, kind: .instruction, config: ["task": .string(name)])
}

func slot(_ n: Int, question: String = "q") -> SlotPlan {
  SlotPlan(
    n: n, round: 0, cell: ["topic": "sums"],
    template: TemplateSource(name: "t", version: 1, digest: digest("t"), text: "Ask {{x}}"),
    request: ["prompt": .string("\(question) \(n)")], idempotencyKey: digest("\(question)/\(n)"))
}

func receipt(_ n: Int, job: Job, records: Int = 2, reply: String = "answer") -> Receipt {
  Receipt(
    n: n, reply: ["text": .string("\(reply) \(n)")], tokensIn: 10, tokensOut: 20, costMicros: 7,
    attempts: [
      AttemptRow(
        status: "ok", provider: "p", model: "m", tokensIn: 10, tokensOut: 20, costMicros: 7)
    ],
    candidates: (0..<records).map { ordinal in
      CandidateRow(
        ordinal: ordinal, rid: RecordID(job: job.key, slot: n, ordinal: ordinal),
        record: record(n * 10 + ordinal, reply), attributes: RecordAttributes(difficulty: .easy))
    },
    rejections: [RejectedPiece(filter: "schema", detail: "no output", text: "{}")])
}

extension Store {
  /// Commits to the dataset of the tests.
  @discardableResult
  func change(
    _ changes: [RecordChange], branch: String = "main", parent: Commit? = nil
  ) throws -> Commit {
    let commit = try commit(
      changes, to: "sums", kind: .instruction, branch: branch, parent: parent, note: note)
    guard let commit else { throw NothingChanged() }
    return commit
  }

  func rids(_ version: String) throws -> [RecordID] {
    var stream = try records(of: try resolve(version))
    var all: [RecordID] = []
    try stream.forEach { all.append($0.rid) }
    return all
  }

  func lines(_ version: String) throws -> [String] {
    var bytes: [UInt8] = []
    _ = try export(try resolve(version)) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

struct NothingChanged: Error {}
