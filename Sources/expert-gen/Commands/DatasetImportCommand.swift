internal import ArgumentParser
internal import ExpertCuration
internal import ExpertGeneration
internal import ExpertRecord
internal import ExpertStore

extension SplitRatios {
  /// The ratios that a user names, such as `80/10/10`.
  init(named text: String) throws {
    do {
      try self.init(text)
    } catch {
      throw ValidationError("--split: \(error)")
    }
  }
}

extension RecordKind {
  /// The kind that a user names.
  static func named(_ text: String) throws -> RecordKind {
    guard let kind = RecordKind(rawValue: text) else {
      let known = RecordKind.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no kind \"\(text)\"; there are \(known)")
    }
    return kind
  }
}

/// `expert-gen dataset import NAME FILE`.
struct DatasetImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read a file of records into a dataset.",
    discussion: """
      JSONL, Alpaca, ShareGPT, OpenAI messages, CSV and TSV are told apart by their content. A row \
      that is no record is reported with its line and kept in quarantine. The same file again \
      changes nothing.

      Example: expert-gen dataset import support rows.csv --map question=instruction,reply=output
      """)

  @Argument(help: "The dataset; made when it is not there.") var name: String
  @Argument(help: "The file.", completion: .file()) var file: String
  @Option(
    help: "instruction, preference, distillation or chat (default: by the first row).",
    transform: RecordKind.named)
  var kind: RecordKind?
  @Option(help: "Shares of train, valid and test, or “none” (default 80/10/10).")
  var split: String = "80/10/10"
  @OptionGroup var rows: RowOptions
  @OptionGroup var target: VersionOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let source = try RowImport(
      file: file, format: rows.format, map: rows.fieldMap, kind: kind,
      assigner: split == "none" ? nil : SplitAssigner(ratios: SplitRatios(named: split)))
    let store = try options.openStore(.create)
    defer { try? store.close() }
    let line = options.progressLine()
    let report = try source.run(store, dataset: name, branch: target.branch) { done in
      line.update(ProgressState(done: done, unit: "rows"))
    }
    line.finish()
    let bad = try store.quarantine(of: name).filter { $0.file == file }
    if options.json {
      Console.out(json(report, bad))
    } else {
      show(report, bad)
    }
    if report.quarantined > 0 && report.rows == report.quarantined { throw SilentExit(.damage) }
  }

  private func show(_ report: ImportReport, _ bad: [QuarantinedRow]) {
    for row in bad.prefix(10) {
      Console.note(
        "\(VisibleText.line(row.file)):\(row.line): \(VisibleText.line(row.reason))")
    }
    if bad.count > 10 { Console.note("… and \(bad.count - 10) more") }
    let counts =
      "\(Figures.count(report.added)) added, \(Figures.count(report.edited)) edited, "
      + "\(Figures.count(report.alreadyThere)) already there, "
      + "\(Figures.count(report.quarantined)) in quarantine"
    Console.out("\(report.commit.map { "\(name)@\($0.name)" } ?? name): \(counts)")
  }

  private func json(_ report: ImportReport, _ bad: [QuarantinedRow]) -> JSONValue {
    [
      "commit": report.commit?.json ?? .null, "rows": .number(Double(report.rows)),
      "added": .number(Double(report.added)), "edited": .number(Double(report.edited)),
      "already_there": .number(Double(report.alreadyThere)),
      "quarantined": .number(Double(report.quarantined)),
      "bad": .array(
        bad.prefix(100).map {
          [
            "file": .string($0.file), "line": .number(Double($0.line)),
            "reason": .string($0.reason),
          ]
        }),
    ]
  }
}
