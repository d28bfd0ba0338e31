internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

extension ExportFormat: ExpressibleByArgument {}

/// `expert-gen dataset export VERSION --output FILE`.
struct DatasetExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a version, or one split of it, to a file.",
    discussion: """
      The same version gives the same bytes. The file appears only when it is whole.

      Example: expert-gen dataset export json-parsing@v1:train --output train.jsonl
      """)

  @Argument(help: "The version.") var version: String
  @Option(name: .shortAndLong, help: "The file to write.", completion: .file()) var output: String
  @Option(help: "The form: jsonl, alpaca, sharegpt, openai, csv or tsv.")
  var format: ExportFormat = .jsonl
  @Flag(help: "Also write split, difficulty, labels and weight as columns.") var attributes = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let version = try store.resolve(version)
    try OutputFolder.make(for: output)
    let report = try write(version, of: store)
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

  private func write(_ version: VersionRef, of store: Store) throws -> RowExport.Report {
    guard format == .jsonl && !attributes else {
      return try RowExport(format: format, attributes: attributes).run(store, version, to: output)
    }
    let report = try store.export(version, toFile: output)
    return RowExport.Report(records: report.records, bytes: report.bytes, sha256: report.sha256)
  }
}
