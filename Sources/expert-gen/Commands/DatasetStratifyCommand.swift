internal import ArgumentParser
internal import ExpertCuration
internal import ExpertGeneration
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset stratify`.
struct DatasetStratifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stratify", abstract: "Keep a sample with a wanted mix of difficulties.",
    discussion: """
      What is short of one difficulty is never made up with another. The rest leaves the branch \
      and stays in the store.

      Examples:
        expert-gen dataset stratify d --distribution easy:0.3,medium:0.5,hard:0.2 --total 400
        expert-gen dataset stratify --input a.jsonl --output b.jsonl --distribution hard:1
      """)

  @Argument(help: "The version to draw from.") var version: String?
  @Option(help: "Shares that add up to 1, such as easy:0.3,medium:0.5,hard:0.2.")
  var distribution: String
  @Option(help: "How many records (default: as many as the mix allows).") var total: Int?
  @Option(help: "Another seed draws another sample.") var seed: UInt64 = 0
  @OptionGroup var files: FileOptions
  @OptionGroup var rows: RowOptions
  @OptionGroup var target: VersionOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    _ = try files.paths(version: version)
    if let total, total < 1 { throw ValidationError("--total must be 1 or more") }
    do {
      _ = try DifficultyDistribution(distribution)
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() async throws {
    let stratifier = Stratifier(try DifficultyDistribution(distribution), seed: seed)
    if let paths = try files.paths(version: version) {
      let drawn = try FileCuration.stratify(
        input: paths.input, output: paths.output, stratifier, total: total, format: rows.format,
        map: rows.fieldMap)
      return show(drawn, commit: nil, at: paths.output)
    }
    let change = try options.change(version ?? "", target)
    defer { try? change.store.close() }
    let (drawn, commit) = try change.stratify(stratifier, total: total)
    let name = change.version.dataset.name
    show(drawn, commit: commit, at: commit.map { "\(name)@\($0.name)" } ?? name)
  }

  private func show(_ drawn: Stratifier.Result, commit: Commit?, at place: String) {
    guard options.json else {
      return Console.out("\(VisibleText.line(place)): \(drawn.summary)")
    }
    func counts(_ counts: [Difficulty: Int]) -> JSONValue {
      .object(
        Difficulty.allCases.map { .init($0.rawValue, .number(Double(counts[$0] ?? 0))) })
    }
    Console.out([
      "records": .number(Double(drawn.rows.count)), "drawn": counts(drawn.drawn),
      "short": counts(drawn.short), "commit": commit?.json ?? .null,
    ])
  }
}
