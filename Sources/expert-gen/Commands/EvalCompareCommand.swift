internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertRecord

/// `expert-gen eval compare`.
struct EvalCompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare two reports, example by example.",
    discussion: """
      The reports are those that --output or --json of an evaluation wrote. Examples are paired by \
      their names; the interval is that of the difference, from the same draws.

      Example: expert-gen eval compare v1/evaluation.json v2/evaluation.json
      """)

  @Argument(help: "The first report.", completion: .file()) var first: String
  @Argument(help: "The second report.", completion: .file()) var second: String
  @Option(help: "Draws of the bootstrap; 0 gives no intervals.") var resamples = 1000
  @Option(help: "Seeds the draws.") var seed: UInt64 = 0
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (0...100_000).contains(resamples) else {
      throw ValidationError("--resamples must lie between 0 and 100000")
    }
  }

  func run() async throws {
    let comparison = try ReportComparison(
      try ReportFiles.read(first), try ReportFiles.read(second),
      bootstrap: Bootstrap(seed: seed, resamples: resamples))
    for warning in comparison.warnings { options.say("note: " + warning) }
    if options.json { Console.out(comparison.json) } else { options.show(comparison.table) }
  }
}
