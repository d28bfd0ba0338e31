internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen eval leaks`.
struct EvalLeaksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leaks", abstract: "Find test records that were trained on.",
    discussion: """
      The same record, the same prompt with another answer, or a near duplicate. Exit code 11 when \
      there is one, unless --allow-trained-on.

      Examples:
        expert-gen eval leaks json-parsing@v3
        expert-gen eval leaks json-parsing@v3:test --trained other@v1
      """)

  @Argument(help: "The version whose test split is looked at, or another split that it names.")
  var version: String
  @Option(help: "The version that was trained on: its train split, or the one it names.")
  var trained: String?
  @Option(help: "Records at or over this similarity are near duplicates (0.5 to 1).")
  var threshold = 0.85
  @Flag(help: "Report what was trained on without failing.") var allowTrainedOn = false
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    guard (0.5...1).contains(threshold) else {
      throw ValidationError("--threshold must lie between 0.5 and 1")
    }
  }

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let tested = try store.resolve(version)
    var cases: [EvaluationCase] = []
    var records = try store.records(of: tested, split: tested.split ?? .test)
    try records.forEach { cases.append(EvaluationCase($0)) }
    let check = LeakCheck(cases, threshold: threshold)
    let source = try trained.map { try store.resolve($0) } ?? tested
    try check.insert(source, of: store, split: trained == nil ? .train : source.split ?? .train)
    let report = check.report()
    if options.json { Console.out(report.json) } else { show(report) }
    if !allowTrainedOn { try report.requireClean() }
  }

  private func show(_ report: LeakReport) {
    Console.out(report.summary)
    let rows = report.leaks.map {
      [
        $0.rid, $0.kind.rawValue, $0.trained ?? "-",
        $0.similarity.map { Figures.decimal($0, 3) } ?? "-",
      ]
    }
    guard !rows.isEmpty else { return }
    options.show(
      TableText(["TEST RECORD", "KIND", "TRAINED", "SIMILARITY"], numeric: [3], rows: rows))
  }
}
