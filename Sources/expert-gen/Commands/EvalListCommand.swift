internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen eval list [DATASET]`.
struct EvalListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the evaluations that the store keeps.",
    discussion: """
      Oldest first: what was measured, on which version, and how it did. eval show prints one of them.

      Examples:
        expert-gen eval list
        expert-gen eval list json-parsing --json
      """)

  @Argument(help: "The dataset whose evaluations are listed (default: all).") var dataset: String?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let found = try StoredReports(store).list(dataset)
    if options.json {
      Console.out(["evaluations": .array(found.map(Self.json))])
      return
    }
    guard !found.isEmpty else {
      options.say("no evaluation yet; make one with: expert-gen eval run --help")
      return
    }
    options.show(
      TableText(
        ["ID", "VERSION", "SPLIT", "EXAMPLES", "BASE", "SCORE", "WIN RATE", "MEASURED", "SUBJECT"],
        numeric: [0, 3, 4, 5, 6], rows: found.map(Self.row)))
  }

  private static func row(_ entry: StoredReports.Entry) -> [String] {
    let (evaluation, figures) = (entry.evaluation, entry.evaluation.figures)
    return [
      "\(evaluation.id)", "\(entry.dataset)@\(evaluation.commit.name)",
      evaluation.split?.rawValue ?? "-", Figures.count(figures.examples),
      score(figures.baseScore), score(figures.score), score(figures.winRate), evaluation.time,
      String(figures.subject.prefix(16)),
    ]
  }

  private static func score(_ value: Double?) -> String {
    value.map { Figures.decimal($0, 4) } ?? "-"
  }

  private static func json(_ entry: StoredReports.Entry) -> JSONValue {
    let (evaluation, figures) = (entry.evaluation, entry.evaluation.figures)
    func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    return [
      "id": .number(Double(evaluation.id)), "dataset": .string(entry.dataset),
      "version": .string(evaluation.commit.name), "commit": .string(evaluation.commit.hash.hex),
      "split": evaluation.split.map { .string($0.rawValue) } ?? .null,
      "examples": .number(Double(figures.examples)), "subject": .string(figures.subject),
      "benchmark_score": number(figures.score), "base_model_score": number(figures.baseScore),
      "win_rate_vs_base": number(figures.winRate), "report_sha256": .string(evaluation.report.hex),
      "time": .string(evaluation.time),
    ]
  }
}

/// `expert-gen eval show ID`.
struct EvalShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an evaluation that the store keeps.",
    discussion: """
      The store keeps no prompts and answers; they are in the evaluation.json beside the adapter.

      Examples:
        expert-gen eval show 3
        expert-gen eval show 3 --html report.html
      """)

  @Argument(help: "The evaluation's number: see eval list.") var id: Int64
  @Option(help: "Write the report here, as an HTML page.", completion: .file()) var html: String?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let report = try StoredReports(store).report(id)
    try ReportFiles(html: html).write(report)
    if options.json { Console.out(report.json(withTexts: false)) } else { options.show(report) }
    if let html { options.say("page: \(html)") }
  }
}
