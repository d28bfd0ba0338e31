internal import ExpertLoopback
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTestSupport
internal import Foundation
import Testing

/// Disks, locks and files that fail under the program.
@Suite struct StoreFaultTests {
  /// A file system in memory of a few megabytes; `nil` where this machine lets nobody mount one.
  final class SmallDisk: Sendable {
    let folder: TemporaryFolder

    init?(megabytes: Int) {
      guard let folder = try? TemporaryFolder(),
        Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path)
      else { return nil }
      self.folder = folder
    }

    deinit { _ = Self.run("umount", "-l", folder.path) }

    func remount(_ options: String) -> Bool {
      Self.run("mount", "-o", "remount,\(options)", folder.path)
    }

    private static func run(_ words: String...) -> Bool {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = words
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }
  }

  @Test func aFullDiskStopsTheJobWithAClearWordAndSpaceLetsItGoOn() throws {
    guard let disk = SmallDisk(megabytes: 2) else { return }
    let model = ScriptedModel(batch: 4)
    let server = try model.server(.vLLM)
    defer { server.stop() }
    let tool = try CommandLineTool()
    let path = disk.folder.file("expert.db")
    var command = ProviderFaultTests.create(server, count: 1_200)
    command[command.firstIndex(of: "--batch-size").map { $0 + 1 } ?? 0] = "4"
    command += ["--store", path]
    let full = try tool.run(command)
    #expect(full.status == 1, "\(full.output) \(full.errors)")
    #expect((full.output + full.errors).contains("The disk is full"), "\(full.errors)")
    let before = try StoreSnapshot(path, hasSeed: true)
    #expect(!before.received.isEmpty)
    let first = model.count
    #expect(disk.remount("size=64m"))
    let done = try tool.run(command)
    #expect(done.status == 0, "\(done.output) \(done.errors)")
    #expect(try done.json()["records"] == 1_200)
    let now = try StoreSnapshot(path, hasSeed: true)
    #expect(before.received.allSatisfy { now.received[$0] == $1 })
    let again = model.arrivals[first...].filter { arrival in
      before.questions[arrival.question].map { before.received[$0] != nil } ?? false
    }
    #expect(again.isEmpty)
    #expect(try tool.run("store", "fsck", "--full", "--store", path).status == 0)
  }

  @Test func aLimitOnFileSizesIsAnErrorAndNoCrash() throws {
    let model = ScriptedModel(batch: 4)
    let server = try model.server(.vLLM)
    defer { server.stop() }
    var tool = try CommandLineTool()
    let command = ProviderFaultTests.create(server, count: 1_200)
    tool.preparation = "ulimit -f 600"
    let stopped = try tool.run(command)
    tool.preparation = nil
    #expect(stopped.status == 1, "\(stopped.status) \(stopped.output) \(stopped.errors)")
    let before = try StoreSnapshot(tool.folder.file("expert.db"), hasSeed: true)
    let done = try tool.run(command)
    #expect(done.status == 0, "\(done.output) \(done.errors)")
    let now = try StoreSnapshot(tool.folder.file("expert.db"), hasSeed: true)
    #expect(before.received.allSatisfy { now.received[$0] == $1 })
  }

  @Test func aReadOnlyFolderIsSaidToBeOne() throws {
    guard let disk = SmallDisk(megabytes: 8) else { return }
    let tool = try CommandLineTool()
    let path = disk.folder.file("expert.db")
    let command = [
      "dataset", "create", "--domain", "arithmetic", "--task", "solve", "--count", "5",
      "--provider", "procedural", "--store", path,
    ]
    #expect(disk.remount("ro"))
    let empty = try tool.run(command)
    #expect(empty.status == 1)
    #expect(empty.errors.contains("read-only"), "\(empty.errors)")
    #expect(disk.remount("rw"))
    #expect(try tool.run(command).status == 0)
    #expect(disk.remount("ro"))
    let more = try tool.run(command.map { $0 == "5" ? "9" : $0 })
    #expect(more.status == 1)
    #expect(more.errors.contains("read-only"), "\(more.errors)")
    let read = try tool.run("dataset", "show", "arithmetic", "--json", "--store", path)
    #expect(read.status == 0, "\(read.errors)")
    #expect(try read.json()["count"] == 5)
    #expect(disk.remount("rw"))
    #expect(try tool.run(command.map { $0 == "5" ? "9" : $0 }).status == 0)
  }

  @Test func aStoreInUseNamesTheProcessThatHoldsIt() throws {
    let model = ScriptedModel(delay: 3_000...3_000)
    let server = try model.server(.vLLM)
    defer { server.stop() }
    let first = try CommandLineTool()
    let second = try CommandLineTool()
    let running = try first.start(ProviderFaultTests.create(server, count: 4))
    defer {
      kill(running.processIdentifier, SIGKILL)
      running.waitUntilExit()
    }
    while model.count == 0, running.isRunning { usleep(5_000) }
    let refused = try second.run([
      "dataset", "create", "--domain", "arithmetic", "--task", "solve", "--count", "5",
      "--provider", "procedural", "--json", "--store", first.folder.file("expert.db"),
    ])
    #expect(refused.status == 1)
    #expect(try refused.json()["error"]?["kind"] == "in-use")
    #expect(refused.errors.contains("in use by process \(running.processIdentifier)"))
    // Reading goes on beside a writer.
    let read = try second.run("dataset", "list", "--store", first.folder.file("expert.db"))
    #expect(read.status == 0, "\(read.errors)")
  }

  @Test func aStoreOfANewerFormatIsLeftAsItIs() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool)
    let path = tool.folder.file("expert.db")
    let database = try SQLDatabase(path: path, readOnly: false)
    try database.withoutTransaction { connection in
      try connection.script("PRAGMA user_version=99")
      try connection.each("PRAGMA wal_checkpoint(TRUNCATE)") { _ in }
    }
    try database.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    let outcome = try tool.run(
      "dataset", "create", "--domain", "arithmetic", "--task", "solve", "--provider", "procedural",
      "--json")
    #expect(outcome.status == 1)
    #expect(try outcome.json()["error"]?["kind"] == "newer-format")
    #expect(outcome.errors.contains("format 99"))
    #expect(outcome.errors.contains("Install a newer"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
  }

  @Test func foreignAndGarbledFilesAreRefusedAndNeverWritten() throws {
    let tool = try CommandLineTool()
    let foreign = try SQLDatabase(
      path: tool.folder.file("foreign.db"), readOnly: false, creating: true)
    try foreign.withoutTransaction { connection in
      try connection.script("CREATE TABLE t(a); INSERT INTO t VALUES(1)")
      try connection.each("PRAGMA wal_checkpoint(TRUNCATE)") { _ in }
    }
    try foreign.close()
    try tool.write(String(repeating: "no database ", count: 500), to: "text.db")
    try tool.write("", to: "empty.db")
    for name in ["foreign.db", "text.db", "empty.db"] {
      let url = URL(fileURLWithPath: tool.folder.file(name))
      let before = try Data(contentsOf: url)
      for command in [
        ["dataset", "list"], ["store", "fsck", "--full"], ["store", "gc", "--prune"],
        ["dataset", "create", "--domain", "arithmetic", "--task", "x", "--provider", "procedural"],
      ] {
        let outcome = try tool.run(command + ["--store", url.path])
        #expect(outcome.status == 2, "\(name) \(command): \(outcome.errors)")
        #expect(outcome.errors.contains("is not a store of this program"), "\(outcome.errors)")
      }
      #expect(try Data(contentsOf: url) == before)
    }
  }

  @Test func damagedPagesAreFoundAndNoCommandCrashes() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 400)
    let path = tool.folder.file("expert.db")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var random = SeededGenerator(seed: 11, stream: "damage")
    var found = 0
    for round in 0..<12 {
      var bytes = whole
      // Whole pages of noise, beyond the header.
      let page = 1 + Int(random.next() % UInt64(whole.count / 4096 - 1))
      for offset in 0..<4096 { bytes[page * 4096 + offset] = UInt8(random.next() & 0xff) }
      try bytes.write(to: URL(fileURLWithPath: path))
      let check = try tool.run("store", "fsck", "--full")
      #expect([0, 11].contains(check.status), "round \(round): \(check.status) \(check.errors)")
      if check.status == 11 { found += 1 }
      for command in [
        ["dataset", "export", "d", "--output", "out.jsonl"], ["dataset", "stats", "d"],
        ["dataset", "dedup", "d"],
      ] {
        let outcome = try tool.run(command)
        #expect([0, 1, 2, 11].contains(outcome.status), "\(command): \(outcome.status)")
        #expect(outcome.status == 0 || outcome.errors.contains("error: "), "\(outcome.errors)")
        try bytes.write(to: URL(fileURLWithPath: path))
        for suffix in ["-wal", "-shm", ".witness"] {
          try? FileManager.default.removeItem(atPath: path + suffix)
        }
      }
    }
    print("damaged pages found by fsck --full: \(found) of 12")
    #expect(found >= 11)
  }

  // MARK: kills of other commands

  /// Starts a command and kills it after a random time, so often; then lets it end. Where it ended
  /// before its kill, the next ones come sooner: how long it takes depends on the machine.
  private func survive(
    _ tool: CommandLineTool, kills: Int, within: UInt64, seed: UInt64, _ command: [String],
    after: () throws -> Void
  ) throws -> Int {
    var random = SeededGenerator(seed: seed, stream: "kills")
    var (killed, window) = (0, within)
    for _ in 0..<kills {
      let process = try tool.start(command)
      usleep(UInt32(random.next() % window))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal {
        killed += 1
      } else {
        window = max(10_000, window / 2)
      }
      try after()
    }
    let outcome = try tool.run(command)
    #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    return killed
  }

  private func writeRows(_ count: Int, from start: Int, to name: String, of tool: CommandLineTool)
    throws
  {
    let lines = (start..<(start + count)).map { place in
      CanonicalJSON.text(of: StoreFixture.record(place).0.json)
    }
    try tool.write(lines.joined(separator: "\n") + "\n", to: name)
  }

  @Test func importCollectionAndExportTakeKills() throws {
    let tool = try CommandLineTool()
    let kills = KillTests.isLong ? 40 : 8
    try writeRows(2_000, from: 0, to: "a.jsonl", of: tool)
    try writeRows(6_000, from: 10_000, to: "b.jsonl", of: tool)
    #expect(try tool.run("dataset", "import", "d", "a.jsonl").status == 0)
    let killed = try survive(
      tool, kills: kills, within: 200_000, seed: 1, ["dataset", "import", "d", "b.jsonl"]
    ) {
      let count = try tool.run("dataset", "show", "d", "--limit", "1", "--json").json()["count"]
      #expect(count == 2_000 || count == 8_000)
    }
    #expect(try tool.run("store", "fsck", "--full").status == 0)
    #expect(try tool.run("dataset", "show", "d", "--json").json()["count"] == 8_000)

    let collected = try collect(tool, kills: kills)
    let exported = try export(tool, kills: kills)
    print("kills: import \(killed), gc \(collected), export \(exported)")
    #expect(killed + collected + exported >= kills)
  }

  private func collect(_ tool: CommandLineTool, kills: Int) throws -> Int {
    // A branch that went long ago leaves something to collect.
    let clock = ScriptedClock()
    let store = try Store.open(tool.folder.file("expert.db"), mode: .readWrite, clock: clock)
    let head = try store.resolve("d")
    _ = try store.createBranch("side", at: head)
    let changes = (0..<2_000).map { place -> RecordChange in
      let (record, attributes) = StoreFixture.record(50_000 + place)
      return .add(rid: StoreFixture.rid(50_000 + place), record: record, attributes: attributes)
    }
    _ = try store.commit(
      changes, to: "d", kind: .instruction, branch: "side", note: CommitNote(operation: "import"))
    try store.deleteRef(.branch, "side", of: "d")
    try store.close()
    let garbage = try tool.run("store", "gc", "--json").json()["objects"]?.integer ?? 0
    #expect(garbage >= 2_000)
    let killed = try survive(
      tool, kills: kills, within: 150_000, seed: 2, ["store", "gc", "--prune"]
    ) {
      let check = try tool.run("store", "fsck")
      #expect(check.status == 0)
    }
    #expect(try tool.run("store", "gc", "--json").json()["objects"] == 0)
    #expect(try tool.run("store", "fsck", "--full").status == 0)
    #expect(try tool.run("dataset", "show", "d", "--json").json()["count"] == 8_000)
    return killed
  }

  private func export(_ tool: CommandLineTool, kills: Int) throws -> Int {
    try tool.write("earlier\n", to: "out.jsonl")
    return try survive(
      tool, kills: kills, within: 120_000, seed: 3,
      ["dataset", "export", "d", "--output", "out.jsonl"]
    ) {
      let lines = try tool.text("out.jsonl").split(separator: "\n").count
      #expect(lines == 1 || lines == 8_000)
    }
  }
}
