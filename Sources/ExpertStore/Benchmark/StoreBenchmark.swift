internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// Measures the store on made-up records: how fast rows come in and go out, what a version costs,
/// and how long the questions take that people ask of a large dataset.
package struct StoreBenchmark {
  /// One measured figure.
  package struct Figure: Sendable, Hashable {
    package let name: String
    package let value: Double
    package let unit: String
    /// What the design asks for, in words; empty where it asks for nothing.
    package let goal: String
  }

  /// Records of about 1 KB; a fifth as many short ones are measured too.
  package var records: Int
  /// An existing folder with room for about 3 KB a record; the files in it are removed again.
  package var folder: String

  package init(records: Int = 1_000_000, folder: String) {
    self.records = records
    self.folder = folder
  }

  /// Measures everything; `report` gets each figure as it is known.
  @discardableResult
  package func run(_ report: (Figure) -> Void = { _ in }) throws -> [Figure] {
    var figures: [Figure] = []
    func note(_ name: String, _ value: Double, _ unit: String, goal: String = "") {
      let figure = Figure(name: name, value: value, unit: unit, goal: goal)
      figures.append(figure)
      report(figure)
    }
    try measureLongRecords(note)
    try measureShortRecords(note)
    try measureLog(note)
    return figures
  }

  private typealias Note = (String, Double, String, String) -> Void

  private var long: String { folder + "/bench-long" }
  private var short: String { folder + "/bench-short" }

  private func clean(_ base: String) {
    for suffix in [".jsonl", ".db", ".db-wal", ".db-shm", ".db.lock", ".db.witness", ".out"] {
      unlink(base + suffix)
    }
    try? FileManager.default.removeItem(atPath: base + ".checkout")
  }
}

// Reading and writing whole versions.
extension StoreBenchmark {
  private func measureLongRecords(_ note: Note) throws {
    clean(long)
    defer { clean(long) }
    try BenchmarkRows.write(records, words: 130, to: long + ".jsonl")
    try importFile(long, count: records, note, goal: "≥ 50,000")
    note("size of store / JSONL, 1 KB records", ratio(long), "", "≤ 0.6")
    let opening = ContinuousClock.now
    let store = try Store.open(long + ".db", mode: .readWrite)
    note("open", seconds(since: opening) * 1000, "ms", "< 50")
    let version = try store.resolve("bench")
    let start = ContinuousClock.now
    try store.export(version, toFile: long + ".out")
    note("export", Double(records) / seconds(since: start), "records/s", "≥ 200,000")
    let checkout = ContinuousClock.now
    try store.checkout(version, to: long + ".checkout")
    note("checkout", seconds(since: checkout), "s", "< 5 at 1 M records")
    try measureNeighbour(store, note)
    try store.close()
  }

  /// A version of 100 records more: what it costs on the disk, and how long its diff takes.
  private func measureNeighbour(_ store: Store, _ note: Note) throws {
    try store.settle()
    let before = size(long + ".db")
    let changes = (0..<100).map { i in
      RecordChange.add(
        rid: RecordID(file: SHA256.hash("more"), line: i),
        record: BenchmarkRows.record(records + i, words: 20), attributes: RecordAttributes())
    }
    let start = ContinuousClock.now
    _ = try store.commit(
      changes, to: "bench", kind: .instruction, note: CommitNote(operation: "bench"))
    note("commit of 100 records", seconds(since: start) * 1000, "ms", "")
    try store.settle()
    note("growth by 100 records", Double(size(long + ".db") - before) / 1024, "KiB", "≤ 64")
    let old = try store.resolve("bench@v1")
    let new = try store.resolve("bench@v2")
    let diff = ContinuousClock.now
    let added = try store.diff(old, new).added.count
    precondition(added == 100, "the diff must find the records that were added")
    note("diff of neighbours", seconds(since: diff) * 1000, "ms", "< 200")
  }

  private func measureShortRecords(_ note: Note) throws {
    clean(short)
    defer { clean(short) }
    let count = max(1, records / 5)
    try BenchmarkRows.write(count, words: 8, to: short + ".jsonl")
    try importFile(short, count: count, note, goal: "")
    note("size of store / JSONL, short records", ratio(short), "", "")
  }

  private func importFile(_ base: String, count: Int, _ note: Note, goal: String) throws {
    let store = try Store.open(base + ".db", mode: .create)
    let start = ContinuousClock.now
    let rows = try BenchmarkRows(file: base + ".jsonl")
    let source = ImportSource(file: base + ".jsonl", digest: try rows.digest())
    let report = try store.importRows(
      to: "bench", kind: .instruction, source: source, note: CommitNote(operation: "import"),
      next: { rows.next() }, parse: BenchmarkRows.parse)
    let elapsed = seconds(since: start)
    precondition(report.added == count, "every row must be imported")
    note(
      "import, \(size(base + ".jsonl") / count) bytes a row", Double(count) / elapsed, "records/s",
      goal)
    try store.settle()
    try store.close()
  }

  private func ratio(_ base: String) -> Double {
    Double(size(base + ".db")) / Double(max(1, size(base + ".jsonl")))
  }
}

// Many versions.
extension StoreBenchmark {
  private func measureLog(_ note: Note) throws {
    clean(short)
    defer { clean(short) }
    let store = try Store.open(short + ".db", mode: .create)
    let commits = 10_000
    try store.write("bench") { context in
      let dataset = try context.ensureDataset("log", kind: .instruction)
      var head: Commit?
      for i in 0..<commits {
        let change = RecordChange.add(
          rid: RecordID(file: SHA256.hash("log"), line: i),
          record: BenchmarkRows.record(i, words: 5), attributes: RecordAttributes())
        let members = try head.map { try context.membership(of: $0.id) } ?? Membership()
        head = try context.write(
          CommitDraft(
            dataset: dataset, branch: "main", parent: head,
            rows: try context.rows(for: [change], on: members, kind: .instruction),
            note: CommitNote(operation: "bench"), members: members))
      }
    }
    let version = try store.resolve("log")
    let start = ContinuousClock.now
    let count = try store.log(version).count
    precondition(count == commits, "the log must have every commit")
    note("log of 10,000 commits", seconds(since: start) * 1000, "ms", "< 100")
    try store.close()
  }
}

// Instruments.
extension StoreBenchmark {
  private func seconds(since start: ContinuousClock.Instant) -> Double {
    let elapsed = (ContinuousClock.now - start).components
    return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
  }

  private func size(_ path: String) -> Int {
    var info = stat()
    return stat(path, &info) == 0 ? Int(info.st_size) : 0
  }
}

extension Store {
  /// Moves the WAL into the file, so that the file's size says what the store holds.
  func settle() throws {
    try mappingFailures(path: path) {
      try database.withoutTransaction { connection in
        try connection.each("PRAGMA wal_checkpoint(TRUNCATE)") { _ in }
      }
    }
  }
}
