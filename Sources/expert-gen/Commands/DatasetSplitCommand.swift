internal import ArgumentParser
internal import ExpertCuration
internal import ExpertGeneration
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset split`.
struct DatasetSplitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split", abstract: "Assign train, valid and test, near-copies together.",
    discussion: """
      Splits of records that a tagged version holds never change; a record that would join two of \
      them leaves as a leak.

      --group-by template holds out whole prompt templates: what is tested is then of a kind that was \
      not trained on.

      Example: expert-gen dataset split json-parsing --ratios 80/10/10 --seed 1
      """)

  @Argument(help: "The version to split.") var version: String
  @Option(help: "Shares of train, valid and test.") var ratios = "80/10/10"
  @Option(help: "Another seed splits another way.") var seed: UInt64 = 0
  @Option(help: "Records at or over this similarity stay together (0.5 to 1).")
  var threshold = 0.85
  @Option(help: "Keep records together that share this attribute, such as template.")
  var groupBy: String?
  @OptionGroup var target: VersionOptions
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (0.5...1).contains(threshold) else {
      throw ValidationError("--threshold must lie between 0.5 and 1")
    }
    do {
      _ = try SplitRatios(ratios)
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() async throws {
    let change = try options.change(version, target)
    defer { try? change.store.close() }
    let assigner = SplitAssigner(seed: seed, ratios: try SplitRatios(ratios))
    let result = try change.split(assigner, threshold: threshold, groupBy: groupBy)
    let name = change.version.dataset.name
    if options.json {
      Console.out([
        "splits": .object(
          Split.allCases.map { .init($0.rawValue, .number(Double(result.counts[$0] ?? 0))) }),
        "leaks": .number(Double(result.leaks)), "commit": result.commit?.json ?? .null,
      ])
      return
    }
    let total = result.counts.values.reduce(0, +)
    options.show(
      TableText(
        ["SPLIT", "RECORDS", "SHARE"], numeric: [1, 2],
        rows: Split.allCases.map {
          let count = result.counts[$0] ?? 0
          return [$0.rawValue, Figures.count(count), Figures.percent(count, of: total)]
        }))
    if result.leaks > 0 { Console.out("\(result.leaks) records left as leaks") }
    Console.out(result.commit.map { "\(name)@\($0.name)" } ?? "\(name) stays as it is")
  }
}
