package import ExpertRecord

extension EvaluationReport {
  /// Where a report says something else than its own answers: the place of the first figure that does
  /// not follow when they are scored again; `nil` where all follow, or where it keeps no texts.
  ///
  /// `json` is the report as it was read, so that members which nobody writes are found, too. Leaks and
  /// the judge's verdicts stand as they are: they are of records and replies that are not here.
  package func firstFigureOfItsOwn(in json: JSONValue) -> String? {
    guard !outcomes.isEmpty, outcomes.allSatisfy({ !$0.references.isEmpty }) else { return nil }
    let metrics = rows.compactMap { try? Metric(name: $0.name) }
    guard metrics.count == rows.count else { return "metrics" }
    // Without --metrics the kinds of answers decided; the same rows may be wanted by name.
    var place: String?
    for suite in [EvaluationSuite(), EvaluationSuite(wanted: metrics)] {
      place = Self.difference(json, scored(by: suite).json(withTexts: true), at: "")
      if place == nil { return nil }
    }
    return place
  }

  private func scored(by suite: EvaluationSuite) -> EvaluationReport {
    var bare = outcomes
    for index in bare.indices { (bare[index].expertScores, bare[index].baseScores) = ([:], [:]) }
    var again = EvaluationReport(
      scoring: bare, suite: suite, bootstrap: bootstrap, provenance: provenance)
    (again.leaks, again.judge) = (leaks, judge)
    return again
  }

  /// The path of the first place where two values differ by more than rounding.
  private static func difference(_ a: JSONValue, _ b: JSONValue, at path: String) -> String? {
    if let x = a.number, let y = b.number {
      return abs(x - y) <= 1e-9 * max(1, abs(x), abs(y)) ? nil : path
    }
    if let x = a.array, let y = b.array {
      guard x.count == y.count else { return path }
      for (index, pair) in zip(x, y).enumerated() {
        if let found = difference(pair.0, pair.1, at: "\(path)[\(index)]") { return found }
      }
      return nil
    }
    guard let x = a.members, let y = b.members else { return a == b ? nil : path }
    for member in x {
      let place = path.isEmpty ? member.name : "\(path).\(member.name)"
      guard let other = b[member.name] else { return place }
      if let found = difference(member.value, other, at: place) { return found }
    }
    // What older reports do not have is null or empty.
    return y.first { a[$0.name] == nil && $0.value != .null && $0.value != .array([]) }.map {
      path.isEmpty ? $0.name : "\(path).\($0.name)"
    }
  }
}
