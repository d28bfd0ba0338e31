internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertStore

/// `expert-gen dataset dedup`.
struct DatasetDedupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dedup", abstract: "Drop records that repeat an earlier one.",
    discussion: """
      The same text after normalisation, or an exact Jaccard similarity of three-token shingles \
      at or over the threshold. The earlier record is kept.

      Examples:
        expert-gen dataset dedup json-parsing --threshold 0.85
        expert-gen dataset dedup --input a.jsonl --output b.jsonl
      """)

  @Argument(help: "The version to search.") var version: String?
  @Option(help: "Records at or over this similarity are duplicates (0.5 to 1).")
  var threshold = 0.85
  @OptionGroup var files: FileOptions
  @OptionGroup var rows: RowOptions
  @OptionGroup var target: VersionOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (0.5...1).contains(threshold) else {
      throw ValidationError("--threshold must lie between 0.5 and 1")
    }
    _ = try files.paths(version: version)
  }

  func run() async throws {
    let rules = CurationRules(filters: nil, maxSimilarity: threshold)
    if let paths = try files.paths(version: version) {
      return try options.curate(rules, rows: rows, files: files, paths: paths)
    }
    let change = try options.change(version ?? "", target)
    defer { try? change.store.close() }
    let line = options.progressLine()
    let result = try change.filter(rules, operation: "dedup") { done, total in
      line.update(ProgressState(done: done, total: total, unit: "records"))
    }
    line.finish()
    options.show(result.tally, commit: result.commit, of: change.version)
  }
}
