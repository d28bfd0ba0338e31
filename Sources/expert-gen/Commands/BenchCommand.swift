internal import ArgumentParser
internal import ExpertCuration
internal import ExpertLoopback
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import Foundation

/// `expert-gen bench …`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure this machine.",
    subcommands: [
      BenchDataCommand.self, BenchModelCommand.self, BenchTrainCommand.self,
      BenchExpertCommand.self,
    ])
}

/// `expert-gen bench data`.
struct BenchDataCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract:
      "Measure the JSON parser, the duplicate search, the store and HTTP on made-up records.",
    discussion: """
      Needs about 3 KB of disk a record in the temporary folder; --quick uses a fiftieth. Each part
      runs in a process of its own, so that its peak of memory is its own too.

      Example: expert-gen bench data --quick
               expert-gen bench data --part store
      """)

  @Flag(help: "A fiftieth of the work: minutes become seconds.") var quick = false
  @Option(help: "Measure one part only, in this process: parser, duplicates, store or http.")
  var part: BenchPart?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let reports: [BenchReport]
    if let part {
      reports = [BenchReport(try await lines(of: part), peakOf: part)]
    } else {
      reports = try BenchRunner(quick: quick, quiet: options.quiet || options.json).all()
    }
    options.show(reports.flatMap(\.lines))
  }

  private func lines(of part: BenchPart) async throws -> [BenchLine] {
    let rows = quick ? 20_000 : 1_000_000
    switch part {
    case .parser: return [try parser(rows: rows / 20)]
    case .duplicates: return [duplicates(rows: rows)]
    case .store: return try store(rows: rows)
    case .http: return [try await transport()]
    }
  }

  /// Parses records of about 1 KB, one by one.
  private func parser(rows: Int) throws -> BenchLine {
    let text = String(repeating: "some words of a record, ", count: 40)
    let record = InstructionRecord(instruction: "Say it again", input: text, output: "done")
    let bytes = Record.instruction(record).canonicalBytes
    let start = ContinuousClock.now
    for _ in 0..<rows { _ = try JSONValue.parse(bytes) }
    let seconds = max((ContinuousClock.now - start) / .seconds(1), 1e-9)
    return BenchLine(
      "JSON parser, one core", Double(rows * bytes.count) / seconds / 1e6, "MB/s",
      "\(Figures.count(rows)) records of \(bytes.count) bytes")
  }

  private func duplicates(rows: Int) -> BenchLine {
    options.say("searching duplicates among \(Figures.count(rows)) rows")
    let report = DuplicateBenchmark.run(rows: rows, threads: MachineFacts.current().cores)
    return BenchLine(
      "near-duplicate search", report.rowsPerSecond, "rows/s",
      "recall \(Figures.decimal(report.recall, 4)), \(report.falsePositives) false positives, "
        + "\(Figures.decimal(report.megabytesPerSecond, 1)) MB/s, "
        + "\(Figures.count(Int(report.peakBytesPerRow ?? 0))) bytes a row")
  }

  /// 500 requests in flight against a loopback server of 200 ms latency.
  private func transport() async throws -> BenchLine {
    var benchmark = TransportBenchmark()
    if quick { benchmark.replies = 5_000 }
    let report = try await benchmark.run()
    return BenchLine(
      "HTTP, \(benchmark.inFlight) in flight", report.repliesPerSecond, "replies/s",
      "\(Figures.decimal(report.coreShareAt500 * 100, 1)) % of a core at 500 replies/s, "
        + "\(report.failures) failures")
  }

  private func store(rows: Int) throws -> [BenchLine] {
    options.say("importing and exporting \(Figures.count(rows)) records")
    let folder = NSTemporaryDirectory() + "expert-gen-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try StoreBenchmark(records: rows, folder: folder).run().map {
      BenchLine($0.name, $0.value, $0.unit, $0.goal.isEmpty ? "" : "goal \($0.goal)")
    }
  }
}
