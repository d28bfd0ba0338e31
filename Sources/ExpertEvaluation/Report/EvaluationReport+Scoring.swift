internal import ExpertRecord

extension EvaluationReport {
  /// Scores outcomes by the metrics of a suite.
  package init(
    scoring outcomes: [ExampleOutcome], suite: EvaluationSuite = EvaluationSuite(),
    bootstrap: Bootstrap = Bootstrap(), provenance: EvaluationProvenance
  ) {
    var outcomes = outcomes
    var rows: [Row] = []
    for (metric, places) in suite.columns(outcomes) {
      let scoring = ColumnScoring(metric, places.map { outcomes[$0] }, bootstrap)
      for (place, index) in places.enumerated() {
        outcomes[index].expertScores[metric.name] = scoring.expert.examples[place]
        outcomes[index].baseScores[metric.name] = scoring.base?.examples[place]
      }
      if let row = scoring.row { rows.append(row) }
    }
    let deciding = DecidingScores(outcomes, suite)
    for index in outcomes.indices {
      outcomes[index].expertScores[Self.benchmarkName] = deciding.expert[index]
      outcomes[index].baseScores[Self.benchmarkName] = deciding.base[index]
    }
    self.init(
      provenance: provenance, bootstrap: bootstrap, examples: outcomes.count,
      benchmark: deciding.row(bootstrap), rows: rows,
      difficulties: deciding.groups { $0.difficulty?.rawValue },
      answerKinds: deciding.groups { $0.answerKind.rawValue },
      templates: deciding.groups(\.origin.template),
      corruptions: deciding.groups(\.origin.corruption), leaks: nil, judge: nil,
      outcomes: outcomes)
  }
}

/// One metric's columns, and the row that they make.
private struct ColumnScoring {
  let metric: Metric
  let expert: ScoreColumn
  let base: ScoreColumn?
  private let bootstrap: Bootstrap

  init(_ metric: Metric, _ outcomes: [ExampleOutcome], _ bootstrap: Bootstrap) {
    self.metric = metric
    self.bootstrap = bootstrap
    expert = ScoreColumn(metric, outcomes.map { $0.prediction(of: $0.expert) })
    let others = outcomes.compactMap { outcome in outcome.base.map(outcome.prediction) }
    base = others.count == outcomes.count ? ScoreColumn(metric, others) : nil
  }

  /// `nil` where no example has what the metric needs.
  var row: EvaluationReport.Row? {
    guard let value = expert.score else { return nil }
    return EvaluationReport.Row(
      named: metric.name, higherIsBetter: metric.higherIsBetter, value: value, expert: expert,
      base: base, bootstrap)
  }
}

extension EvaluationReport.Row {
  fileprivate init(
    named name: String, higherIsBetter: Bool, value: Double, expert: ScoreColumn,
    base: ScoreColumn?, _ bootstrap: Bootstrap
  ) {
    self.init(
      name: name, higherIsBetter: higherIsBetter, examples: expert.scored.count, base: nil,
      expert: EvaluationReport.Score(value: value), difference: nil, wins: nil)
    guard let base, let other = base.score else {
      self.expert.interval = bootstrap.interval(expert)
      return
    }
    let intervals = bootstrap.intervals(base: base, expert: expert)
    self.expert.interval = intervals.expert
    self.base = EvaluationReport.Score(value: other, interval: intervals.base)
    difference = EvaluationReport.Score(value: value - other, interval: intervals.difference)
    wins = WinRate(base: base.examples, expert: expert.examples, higherIsBetter: higherIsBetter)
  }
}

/// Each example's score by its deciding metric, from 0 to 1.
private struct DecidingScores {
  let expert: [Double?]
  let base: [Double?]
  private let outcomes: [ExampleOutcome]

  init(_ outcomes: [ExampleOutcome], _ suite: EvaluationSuite) {
    self.outcomes = outcomes
    let deciding = outcomes.map { suite.deciding($0) }
    expert = zip(outcomes, deciding).map { Self.share($0.expertScores, $1) }
    base = zip(outcomes, deciding).map { Self.share($0.baseScores, $1) }
  }

  /// A metric without a best score, such as perplexity, makes no share.
  private static func share(_ scores: [String: Double], _ metric: Metric?) -> Double? {
    guard let metric, let best = metric.best else { return nil }
    return scores[metric.name].map { $0 / best }
  }

  func row(_ bootstrap: Bootstrap) -> EvaluationReport.Row? {
    let column = ScoreColumn(means: expert)
    guard let value = column.score else { return nil }
    let other = ScoreColumn(means: base)
    return EvaluationReport.Row(
      named: EvaluationReport.benchmarkName, higherIsBetter: true, value: value, expert: column,
      base: other.scored.count == column.scored.count ? other : nil, bootstrap)
  }

  /// The examples by a property, in the order in which its values first occur, sorted by name;
  /// those without it stand last as "unknown". Empty where none has it.
  func groups(_ property: (ExampleOutcome) -> String?) -> [EvaluationReport.Group] {
    var places: [String: [Int]] = [:]
    var named = false
    for (place, outcome) in outcomes.enumerated() {
      let name = property(outcome)
      named = named || name != nil
      places[name ?? Self.unknown, default: []].append(place)
    }
    guard named else { return [] }
    return places.sorted { Self.order($0.key) < Self.order($1.key) }.compactMap {
      group($0.key, $0.value)
    }
  }

  private static let unknown = "unknown"

  /// easy, medium, hard; others by name; unknown last.
  private static func order(_ name: String) -> String {
    let known = ["easy": "0", "medium": "1", "hard": "2", unknown: "\u{10FFFF}"]
    return known[name] ?? "3" + name
  }

  private func group(_ name: String, _ places: [Int]) -> EvaluationReport.Group? {
    let mine = places.map { expert[$0] }
    let others = places.map { base[$0] }
    guard let value = ScoreColumn(means: mine).score else { return nil }
    let other = ScoreColumn(means: others).score
    return EvaluationReport.Group(
      name: name, examples: places.count, base: other, expert: value,
      wins: other == nil ? nil : WinRate(base: others, expert: mine))
  }
}
