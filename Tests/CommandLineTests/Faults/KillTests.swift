internal import ExpertLoopback
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTestSupport
internal import Foundation
import Testing

/// `kill -9` of `dataset create` over HTTP, at any moment: nothing acknowledged is lost, nothing is
/// paid for twice, and the same command ends with the records that were asked for.
@Suite struct KillTests {
  /// `EXPERT_LONG_TESTS` asks for the long form.
  static var isLong: Bool { ProcessInfo.processInfo.environment["EXPERT_LONG_TESTS"] != nil }

  private func command(_ server: ScriptedServer, count: Int, provider: String = "vllm") -> [String]
  {
    [
      "dataset", "create", "--domain", "lists", "--task", "reverse lists of words", "--count",
      "\(count)", "--provider", provider, "--model", "m", "--base-url", server.baseURL,
      "--batch-size", "1", "--max-workers", "8", "--json",
    ]
  }

  private func harness(
    count: Int, delay: ClosedRange<UInt64> = 2...25
  ) throws -> (harness: KillHarness, server: ScriptedServer) {
    let model = ScriptedModel(delay: delay)
    let server = try model.server(.vLLM)
    let harness = try KillHarness(
      tool: CommandLineTool(), model: model, command: command(server, count: count), total: count)
    return (harness, server)
  }

  @Test func everyRecordIsThereOnceAndNoAnswerIsAskedForTwice() throws {
    let count = Self.isLong ? 5_000 : 900
    let kills = Self.isLong ? 220 : 44
    var (harness, server) = try harness(count: count)
    defer { server.stop() }
    harness.stride = count / kills / 2
    try harness.kill(kills)
    for _ in 0..<6 where !harness.hasAllReplies { try harness.kill(1, atTheEnd: true) }
    // These meet the judging and the commit.
    try harness.kill(Self.isLong ? 20 : 8)
    let outcome = try harness.finish()
    let report = harness.report
    let counted = try outcome.json()["lost_in_flight"]?.integer ?? 0
    print(
      "kill -9 of a job of \(count): \(report.line), \(harness.model.count) requests, "
        + "\(counted) shown as lost in flight")
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    #expect(report.kills >= (Self.isLong ? 200 : 40))
    #expect(report.lost == 0)
    #expect(report.askedAgain == 0)
    // Eight workers, each with one question that is not answered or not stored yet.
    #expect(report.mostOutstanding <= 8)
    #expect(harness.model.count == count + report.repeats)
    // What was paid for in vain is shown, none of it hidden.
    #expect((report.repeats...(report.repeats + 8 * report.kills)).contains(counted))
    try expectSound(harness.tool, count: count, model: harness.model)
  }

  @Test(arguments: [("gemini", Dialect.gemini, true), ("anthropic", .anthropic, false)])
  func otherDialectsTakeKillsToo(_ form: (provider: String, dialect: Dialect, hasSeed: Bool)) throws
  {
    let model = ScriptedModel(delay: 5...30)
    let server = try model.server(form.dialect)
    defer { server.stop() }
    var tool = try CommandLineTool()
    tool.environment["GEMINI_API_KEY"] = "key-0123456789abcdef"
    tool.environment["ANTHROPIC_API_KEY"] = "key-0123456789abcdef"
    var command = command(server, count: 60, provider: form.provider)
    command += ["--difficulty", "easy"]
    // Where no seed tells slots apart, their topics do.
    for topic in 0..<60 { command += ["--topic", "topic \(topic)"] }
    var harness = try KillHarness(tool: tool, model: model, command: command, total: 60)
    harness.hasSeed = form.hasSeed
    harness.stride = 6
    try harness.kill(6)
    let outcome = try harness.finish()
    print("\(form.provider): \(harness.report.line)")
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    #expect(harness.report.lost == 0)
    #expect(harness.report.askedAgain == 0)
    #expect(harness.report.mostOutstanding <= 8)
    #expect(model.count == 60 + harness.report.repeats)
    try expectSound(tool, count: 60, model: model)
  }

  private func expectSound(_ tool: CommandLineTool, count: Int, model: ScriptedModel) throws {
    let store = try Store.open(tool.folder.file("expert.db"), mode: .readOnly)
    defer { try? store.close() }
    var rids: [String] = []
    var texts: [String] = []
    var records = try store.records(of: try store.resolve("lists"))
    try records.forEach { record in
      rids.append("\(record.rid)")
      texts.append(CanonicalJSON.text(of: record.record.json))
    }
    #expect(rids.count == count)
    #expect(Self.repeated(rids) == 0)
    #expect(Self.repeated(texts) == 0)
    let report = try store.fsck(full: true)
    #expect(report.isSound, "\(report.problems)")
  }

  /// Values that stand more than once.
  static func repeated(_ values: [String]) -> Int { values.count - Set(values).count }

  // MARK: what the harness must notice

  @Test func aStoreThatForgetsItsAnswersIsReported() throws {
    var (harness, server) = try harness(count: 200)
    defer { server.stop() }
    harness.stride = 20
    harness.afterKill = { kill, path in
      guard kill == 3 else { return }
      try Self.forget(path)
    }
    try harness.kill(5)
    _ = try harness.finish()
    print("without idempotency keys: \(harness.report.line)")
    #expect(harness.report.askedAgain > 0)
    #expect(harness.report.lost > 0)
    #expect(Self.repeated(["a", "b", "a"]) == 1)
  }

  /// Sets received slots back, as a store without keys and slot states would.
  private static func forget(_ path: String) throws {
    let database = try SQLDatabase(path: path, readOnly: false)
    defer { try? database.close() }
    try database.write { connection in
      let slots = "(SELECT id FROM slot WHERE state = 'received' ORDER BY n LIMIT 10)"
      try connection.run("DELETE FROM answer WHERE slot_id IN \(slots)")
      try connection.run("DELETE FROM candidate WHERE slot_id IN \(slots)")
      try connection.run(
        "UPDATE slot SET state = 'planned', reply_id = NULL WHERE id IN \(slots)")
    }
  }

  @Test func unsyncedWritesAreNoticedByTheWitnessAndWithoutItByTheHarness() throws {
    let withWitness = try loseWrites(removingWitness: false)
    #expect(withWitness.refusal?.hasPrefix("11 ") == true)
    #expect(withWitness.refusal?.contains("has lost confirmed data") == true)
    let without = try loseWrites(removingWitness: true)
    print("without synchronous writes: \(without.line)")
    #expect(without.refusal == nil)
    #expect(without.lost > 0)
    #expect(without.askedAgain > 0)
  }

  /// After the fourth kill the store's files are those of the second: what a machine that loses
  /// power leaves when commits were acknowledged before they were on the disk.
  private func loseWrites(removingWitness: Bool) throws -> KillHarness.Report {
    var (harness, server) = try harness(count: 200)
    defer { server.stop() }
    harness.stride = 20
    harness.afterKill = { kill, path in
      let files = FileManager.default
      for suffix in ["", "-wal"] where kill == 2 {
        try? files.removeItem(atPath: path + ".old" + suffix)
        try files.copyItem(atPath: path + suffix, toPath: path + ".old" + suffix)
      }
      guard kill == 4 else { return }
      for suffix in ["", "-wal", "-shm"] { try? files.removeItem(atPath: path + suffix) }
      for suffix in ["", "-wal"] {
        try files.copyItem(atPath: path + ".old" + suffix, toPath: path + suffix)
      }
      if removingWitness { try files.removeItem(atPath: path + ".witness") }
    }
    try harness.kill(6)
    if harness.report.refusal == nil { _ = try harness.finish() }
    return harness.report
  }
}
