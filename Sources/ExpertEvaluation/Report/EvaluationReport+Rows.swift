/// A table of a report as plain cells; the terminal and the page lay it out.
package struct ReportTable: Sendable, Hashable {
  package var title: String
  package var header: [String]
  /// The columns that hold numbers.
  package var numeric: Set<Int>
  package var rows: [[String]]
}

extension EvaluationReport {
  /// The tables of the report, those without rows left out.
  package var tables: [ReportTable] {
    [
      metricTable, groupTable("DIFFICULTY", difficulties), groupTable("ANSWER", answerKinds),
      groupTable("CORRUPTION", corruptions), groupTable("TEMPLATE", templates),
    ]
    .filter { !$0.rows.isEmpty && $0.rows.count <= Self.longest }
  }

  /// Tables with more rows than this are left to the JSON.
  private static let longest = 40

  private var metricTable: ReportTable {
    let all = (benchmark.map { [$0] } ?? []) + rows
    let percent = "\(ScoreText.decimal(100 * bootstrap.confidence, 0)) %"
    guard all.contains(where: { $0.base != nil }) else {
      return ReportTable(
        title: "Scores", header: ["METRIC", "EXAMPLES", "SCORE", percent], numeric: [1, 2, 3],
        rows: all.map {
          [
            $0.name, "\($0.examples)", ScoreText.score($0.expert.value),
            ScoreText.interval($0.expert),
          ]
        })
    }
    return ReportTable(
      title: "Scores",
      header: [
        "METRIC", "EXAMPLES", "BASE", "EXPERT", "DIFFERENCE", percent, "WIN/TIE/LOSS", "P",
      ], numeric: [1, 2, 3, 4, 5, 6, 7],
      rows: all.map {
        [
          $0.name, "\($0.examples)", ScoreText.score($0.base?.value),
          ScoreText.score($0.expert.value), ScoreText.signed($0.difference?.value),
          ScoreText.interval($0.difference), ScoreText.wins($0.wins), ScoreText.p($0.wins),
        ]
      })
  }

  private func groupTable(_ name: String, _ groups: [Group]) -> ReportTable {
    let title = "Benchmark by " + (name == "ANSWER" ? "kind of answer" : name.lowercased())
    guard groups.contains(where: { $0.base != nil }) else {
      return ReportTable(
        title: title, header: [name, "EXAMPLES", "SCORE"], numeric: [1, 2],
        rows: groups.map { [$0.name, "\($0.examples)", ScoreText.score($0.expert)] })
    }
    return ReportTable(
      title: title, header: [name, "EXAMPLES", "BASE", "EXPERT", "DIFFERENCE", "WIN/TIE/LOSS"],
      numeric: [1, 2, 3, 4, 5],
      rows: groups.map { group in
        [
          group.name, "\(group.examples)", ScoreText.score(group.base),
          ScoreText.score(group.expert), ScoreText.signed(group.base.map { group.expert - $0 }),
          ScoreText.wins(group.wins),
        ]
      })
  }

  /// What stands beside the tables: where the data comes from, what was checked, what to beware of.
  package var notes: [String] {
    var notes: [String] = []
    if let percent = improvementPercent {
      notes.append("improvement over the base: \(ScoreText.signed(percent, 1)) %")
    }
    if let leaks { notes.append(leaks.summary) }
    if let judge { notes.append(judge.summary) }
    if examples < Self.few {
      notes.append("only \(examples) examples: the intervals are wide and not to be relied on")
    }
    return notes
  }

  /// Fewer examples than this make percentile intervals too narrow to trust.
  private static let few = 30
}

/// Numbers of a report as people read them.
enum ScoreText {
  static func score(_ value: Double?) -> String { value.map { decimal($0, 4) } ?? "-" }

  static func signed(_ value: Double?, _ places: Int = 4) -> String {
    guard let value else { return "-" }
    return (value > 0 ? "+" : "") + decimal(value, places)
  }

  static func interval(_ score: EvaluationReport.Score?) -> String {
    guard let interval = score?.interval else { return "-" }
    return "\(decimal(interval.low, 4)) … \(decimal(interval.high, 4))"
  }

  static func wins(_ wins: WinRate?) -> String {
    wins.map { "\($0.wins)/\($0.ties)/\($0.losses)" } ?? "-"
  }

  static func p(_ wins: WinRate?) -> String {
    guard let p = wins?.pValue else { return "-" }
    return p < 0.0001 ? "<0.0001" : decimal(p, 4)
  }

  /// A fixed count of decimals, rounded half away from zero.
  static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    let scale = (0..<places).reduce(1) { power, _ in power * 10 }
    let scaled = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + "\(scaled)" }
    let rest = "\(scaled % scale)"
    return sign + "\(scaled / scale)." + String(repeating: "0", count: places - rest.count) + rest
  }
}
