/// Two reports side by side: what the second's expert does better or worse than the first's.
///
/// Where both have examples of the same names, they are compared one by one, with an interval of the
/// difference from the same draws; the values of corpus scores (BLEU, chrF, F1, perplexity) are
/// compared as they are, because their examples are not in a report.
package struct ReportComparison: Sendable, Hashable {
  package struct Row: Sendable, Hashable {
    package var name: String
    package var first: Double
    package var second: Double
    /// Of the mean of the shared examples' scores.
    package var interval: Interval?
    package var wins: WinRate?
  }

  package var rows: [Row]
  /// Examples that both have.
  package var shared: Int
  /// What makes the comparison doubtful; empty where nothing does.
  package var warnings: [String]

  /// Throws where the reports have no metric in common.
  package init(
    _ first: EvaluationReport, _ second: EvaluationReport, bootstrap: Bootstrap = Bootstrap()
  ) throws(EvaluationError) {
    let pairs = Self.pairs(first, second)
    let all = [first, second].map { ($0.benchmark.map { [$0] } ?? []) + $0.rows }
    rows = all[0].compactMap { row in
      all[1].first { $0.name == row.name }.map { Self.row(row, $0, pairs, bootstrap) }
    }
    guard !rows.isEmpty else { throw .notComparable(reason: "they have no metric in common") }
    shared = pairs.count
    warnings = Self.warnings(first.provenance, second.provenance)
    if shared < max(first.examples, second.examples) {
      warnings.append(
        "\(shared) examples are in both, of \(first.examples) in the first and "
          + "\(second.examples) in the second")
    }
  }

  private static func pairs(
    _ first: EvaluationReport, _ second: EvaluationReport
  ) -> [(ExampleOutcome, ExampleOutcome)] {
    let known = Dictionary(second.outcomes.map { ($0.rid, $0) }) { earlier, _ in earlier }
    return first.outcomes.compactMap { outcome in known[outcome.rid].map { (outcome, $0) } }
  }

  private static func row(
    _ a: EvaluationReport.Row, _ b: EvaluationReport.Row,
    _ pairs: [(ExampleOutcome, ExampleOutcome)], _ bootstrap: Bootstrap
  ) -> Row {
    var row = Row(name: a.name, first: a.expert.value, second: b.expert.value)
    let firsts = pairs.map { $0.0.expertScores[a.name] }
    let seconds = pairs.map { $0.1.expertScores[a.name] }
    let columns = (ScoreColumn(means: firsts), ScoreColumn(means: seconds))
    guard !columns.0.scored.isEmpty else { return row }
    row.interval = bootstrap.intervals(base: columns.0, expert: columns.1).difference
    row.wins = WinRate(base: firsts, expert: seconds, higherIsBetter: a.higherIsBetter)
    return row
  }

  private static func warnings(
    _ a: EvaluationProvenance, _ b: EvaluationProvenance
  ) -> [String] {
    let facts: [(String, String?, String?)] = [
      ("dataset", a.dataset, b.dataset), ("version", a.commit, b.commit),
      ("split", a.split, b.split),
      ("base", a.baseSHA256, b.baseSHA256), ("template", a.templateSHA256, b.templateSHA256),
    ]
    return facts.filter { $0.1 != $0.2 }.map { name, first, second in
      "another \(name): \(first ?? "unknown") and \(second ?? "unknown")"
    }
  }

  /// The comparison as a table.
  package var table: ReportTable {
    ReportTable(
      title: "Second against first",
      header: ["METRIC", "FIRST", "SECOND", "DIFFERENCE", "95 %", "WIN/TIE/LOSS", "P"],
      numeric: [1, 2, 3, 4, 5, 6],
      rows: rows.map {
        [
          $0.name, ScoreText.score($0.first), ScoreText.score($0.second),
          ScoreText.signed($0.second - $0.first),
          $0.interval.map { "\(ScoreText.decimal($0.low, 4)) … \(ScoreText.decimal($0.high, 4))" }
            ?? "-", ScoreText.wins($0.wins), ScoreText.p($0.wins),
        ]
      })
  }
}
