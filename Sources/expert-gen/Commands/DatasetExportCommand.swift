internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import Foundation

/// What a dataset is exported as: one file of rows, or a folder ready for a hub.
enum DatasetForm: String, CaseIterable, ExpressibleByArgument {
  case jsonl, alpaca, sharegpt, openai, csv, tsv
  case huggingface

  /// The form of one file of rows; `nil` for a folder.
  var rows: ExportFormat? { ExportFormat(rawValue: rawValue) }
}

/// `expert-gen dataset export VERSION --output FILE`.
struct DatasetExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a version, or one split of it, to a file or folder.",
    discussion: """
      The same version gives the same bytes. The file or folder appears only when it is whole. \
      --format huggingface writes a folder: data/SPLIT.jsonl, a card (README.md) with front \
      matter, and Croissant 1.1 metadata (croissant.json).

      Examples:
        expert-gen dataset export json-parsing@v1:train --output train.jsonl
        expert-gen dataset export json-parsing --format huggingface --license cc-by-4.0 \\
          --output json-parsing-hub
      """)

  @Argument(help: "The version.") var version: String
  @Option(name: .shortAndLong, help: "The file or folder to write.", completion: .file())
  var output: String
  @Option(help: "The form: jsonl, alpaca, sharegpt, openai, csv, tsv or huggingface.")
  var format: DatasetForm = .jsonl
  @Flag(help: "Also write split, difficulty, labels and weight as columns.") var attributes = false
  @Option(help: "huggingface: the licence, such as cc-by-4.0.") var license: String?
  @Option(help: "huggingface: where the dataset will be found.") var url: String?
  @Option(help: "huggingface: who publishes it.") var creator: String?
  @Flag(help: "huggingface: replace what stands at --output.") var overwrite = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard format != .huggingface else { return }
    if license != nil || url != nil || creator != nil || overwrite {
      throw ValidationError(
        "--license, --url, --creator and --overwrite belong to --format huggingface")
    }
  }

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let version = try store.resolve(version)
    guard let rows = format.rows else { return try writeFolder(version, of: store) }
    try OutputFolder.make(for: output)
    let report = try write(rows, version, of: store)
    if options.json {
      Console.out([
        "output": .string(output), "version": .string(version.description),
        "records": .number(Double(report.records)), "bytes": .number(Double(report.bytes)),
        "sha256": .string(report.sha256.hex),
      ])
    } else {
      Console.out(
        "\(VisibleText.line(output)): \(Figures.count(report.records)) records of "
          + "\(version.description), \(Figures.bytes(report.bytes))")
      Console.out("sha256 \(report.sha256.hex)")
    }
  }

  private func write(
    _ format: ExportFormat, _ version: VersionRef, of store: Store
  ) throws -> RowExport.Report {
    guard format == .jsonl && !attributes else {
      return try RowExport(format: format, attributes: attributes).run(store, version, to: output)
    }
    let report = try store.export(version, toFile: output)
    return RowExport.Report(records: report.records, bytes: report.bytes, sha256: report.sha256)
  }

  private func writeFolder(_ version: VersionRef, of store: Store) throws {
    let stage = try ExportStage(output, isFile: false, replaces: overwrite)
    let folder = DatasetFolder(
      store, version, attributes: attributes,
      publication: .init(license: license, url: url, creator: creator))
    let files = try folder.write(to: stage.folder)
    let target = stage.target
    try stage.commit()
    if options.json {
      Console.out(json(version, target, files))
      return
    }
    let records = files.reduce(0) { $0 + $1.records }
    Console.out(
      VisibleText.line(
        "\(target): \(Figures.count(records)) records of \(version.description), with README.md "
          + "and croissant.json"))
    for file in files {
      Console.out("  \(file.name)  \(Figures.count(file.records)) records, sha256 \(file.sha256)")
    }
    if license == nil { options.say("note: the card names no licence; give --license") }
  }

  private func json(
    _ version: VersionRef, _ target: String, _ files: [DatasetFolder.File]
  ) -> JSONValue {
    [
      "output": .string(target), "version": .string(version.description),
      "records": .number(Double(files.reduce(0) { $0 + $1.records })),
      "files": .array(
        files.map {
          [
            "name": .string($0.name), "split": .string($0.split),
            "records": .number(Double($0.records)), "bytes": .number(Double($0.bytes)),
            "sha256": .string($0.sha256.hex),
          ]
        }),
    ]
  }
}
