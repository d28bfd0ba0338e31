internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertStore

/// `expert-gen dataset filter`.
struct DatasetFilterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter", abstract: "Drop records that fail the filters, each with its reason.",
    discussion: """
      On a version it makes a new version; what was dropped stays in the store with its reason.

      Examples:
        expert-gen dataset filter json-parsing --max-similarity 0.85
        expert-gen dataset filter --input a.jsonl --output b.jsonl --validate-json
      """)

  @Argument(help: "The version to filter.") var version: String?
  @OptionGroup var filters: FilterOptions
  @OptionGroup var files: FileOptions
  @OptionGroup var rows: RowOptions
  @OptionGroup var target: VersionOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws { _ = try files.paths(version: version) }

  func run() async throws {
    if let paths = try files.paths(version: version) {
      return try options.curate(filters.rules, rows: rows, files: files, paths: paths)
    }
    let change = try options.change(version ?? "", target)
    defer { try? change.store.close() }
    let line = options.progressLine()
    let result = try change.filter(filters.rules, operation: "filter") { done, total in
      line.update(ProgressState(done: done, total: total, unit: "records"))
    }
    line.finish()
    options.show(result.tally, commit: result.commit, of: change.version)
  }
}
