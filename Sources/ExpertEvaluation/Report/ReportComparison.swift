/// Two reports side by side: what the second's expert does better or worse than the first's.
///
/// Everything is of the examples that both have: they are compared one by one, the values are those
/// of the shared examples, and so is the interval of their difference, from the same draws. A score of
/// a corpus (BLEU, chrF, F1, perplexity) is computed anew of them; where a report keeps no texts it is
/// taken only if all its examples are shared, and left out otherwise.
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

  /// Throws where the reports have no metric or no example in common.
  package init(
    _ first: EvaluationReport, _ second: EvaluationReport, bootstrap: Bootstrap = Bootstrap()
  ) throws(EvaluationError) {
    let pairs = Self.pairs(first, second)
    let all = [first, second].map { ($0.benchmark.map { [$0] } ?? []) + $0.rows }
    let common = all[0].compactMap { row in
      all[1].first { $0.name == row.name }.map { (row, $0) }
    }
    guard !common.isEmpty else { throw .notComparable(reason: "they have no metric in common") }
    guard !pairs.isEmpty else { throw .notComparable(reason: "they have no example in common") }
    rows = []
    shared = pairs.count
    warnings = Self.warnings(first.provenance, second.provenance)
    if shared < max(first.examples, second.examples) {
      warnings.append(
        "\(shared) examples are in both, of \(first.examples) in the first and "
          + "\(second.examples) in the second; only these are compared")
    }
    for (one, other) in common {
      let rowPairs = SharedRow(one, other, pairs)
      if let row = rowPairs.row(bootstrap) {
        rows.append(row)
      } else if !rowPairs.pairs.isEmpty {
        warnings.append(
          "\(one.name) is left out: a report without texts does not tell it of the shared examples")
      }
    }
    guard !rows.isEmpty else {
      throw .notComparable(reason: "no metric is told of the examples in common")
    }
  }

  private static func pairs(
    _ first: EvaluationReport, _ second: EvaluationReport
  ) -> [(ExampleOutcome, ExampleOutcome)] {
    let known = Dictionary(second.outcomes.map { ($0.rid, $0) }) { earlier, _ in earlier }
    return first.outcomes.compactMap { outcome in known[outcome.rid].map { (outcome, $0) } }
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

/// One metric of the shared examples of two reports.
private struct SharedRow {
  private let first: EvaluationReport.Row
  private let second: EvaluationReport.Row
  /// The shared examples that both scored by the metric.
  let pairs: [(ExampleOutcome, ExampleOutcome)]

  init(
    _ first: EvaluationReport.Row, _ second: EvaluationReport.Row,
    _ shared: [(ExampleOutcome, ExampleOutcome)]
  ) {
    self.first = first
    self.second = second
    pairs = shared.filter {
      $0.0.expertScores[first.name] != nil && $0.1.expertScores[first.name] != nil
    }
  }

  /// `nil` where the shared examples do not tell the metric.
  func row(_ bootstrap: Bootstrap) -> ReportComparison.Row? {
    guard !pairs.isEmpty else { return nil }
    let firsts = pairs.map { $0.0.expertScores[first.name] }
    let seconds = pairs.map { $0.1.expertScores[first.name] }
    let wins = WinRate(base: firsts, expert: seconds, higherIsBetter: first.higherIsBetter)
    guard let (one, other) = columns(firsts, seconds), let a = one.score, let b = other.score else {
      guard pairs.count == first.examples, pairs.count == second.examples else { return nil }
      return ReportComparison.Row(
        name: first.name, first: first.expert.value, second: second.expert.value, wins: wins)
    }
    return ReportComparison.Row(
      name: first.name, first: a, second: b,
      interval: bootstrap.intervals(base: one, expert: other).difference, wins: wins)
  }

  /// What the metric needs to know of each shared example; `nil` where texts are missing for it.
  private func columns(
    _ firsts: [Double?], _ seconds: [Double?]
  ) -> (ScoreColumn, ScoreColumn)? {
    guard let metric = try? Metric(name: first.name), metric.isOfCorpus else {
      return (ScoreColumn(means: firsts), ScoreColumn(means: seconds))
    }
    let hasTexts = pairs.allSatisfy { !$0.0.references.isEmpty && !$0.1.references.isEmpty }
    guard hasTexts || !metric.needsAnswer else { return nil }
    return (
      ScoreColumn(metric, pairs.map { $0.0.prediction(of: $0.0.expert) }),
      ScoreColumn(metric, pairs.map { $0.1.prediction(of: $0.1.expert) })
    )
  }
}
