internal import ExpertRecord

/// A query with its scenario after SQLite has run it: the right result, and the wrong ones that
/// really differ from it.
struct SQLPrepared: Sendable {
  var scenario: SQLScenario
  var query: SQLQuery
  var result: SQLResult
  /// Wrong queries that fail, or whose rows differ from the right ones.
  var wrong: [(query: SQLQuery.Wrong, result: SQLResult?)]
  /// What the trace query returned, as text.
  var trace: String

  /// Draws scenarios until the shape gives a query with a telling result.
  ///
  /// Telling means: rows come back, not too many to write down, and at least two wrong queries give
  /// something else; and the other form of the query, where there is one, agrees. A shape that never
  /// succeeds is a mistake of ours, found by the tests.
  static func make(
    _ shape: SQLShape, _ g: inout SeededGenerator, _ difficulty: Difficulty
  ) -> SQLPrepared {
    for attempt in 0..<400 {
      let scenario = SQLScenario(&g, difficulty)
      guard let query = shape.make(&g, difficulty, scenario) else { continue }
      let wanted = attempt < 40 ? 2 : attempt < 120 ? 1 : 0
      if let found = SQLPrepared(scenario, query), found.wrong.count >= wanted { return found }
    }
    preconditionFailure("the query shape \(shape.id) found no scenario that suits it")
  }

  private init?(_ scenario: SQLScenario, _ query: SQLQuery) {
    var all = [query.sql] + query.wrong.map(\.sql)
    if let alternative = query.alternative { all.append(alternative.sql) }
    if let trace = query.trace { all.append(trace) }
    var results = SQLEngine.shared.query(setup: scenario.script, all)
    guard case .success(let right) = results.removeFirst() else { return nil }
    guard SQLPrepared.tells(right) else { return nil }
    (self.scenario, self.query, result) = (scenario, query, right)
    trace = ""
    if query.trace != nil, case .success(let rows)? = results.popLast() {
      trace = rows.rows.map { $0.map(\.plain).joined(separator: " ") }.joined(separator: ", ")
    }
    if query.alternative != nil {
      guard case .success(let other)? = results.popLast(), other.rows == right.rows else {
        return nil
      }
    }
    wrong = zip(query.wrong, results).compactMap { wrong, result in
      guard case .success(let rows) = result else { return (wrong, nil) }
      return rows.rows == right.rows ? nil : (wrong, rows)
    }
  }

  /// Whether a result is worth asking for: not empty, not all NULL or 0, not too long.
  private static func tells(_ result: SQLResult) -> Bool {
    guard let first = result.rows.first, result.rows.count <= 14 else { return false }
    if result.rows.count > 1 { return !first.allSatisfy { $0 == .null } }
    return !first.allSatisfy { $0 == .null || $0 == .integer(0) }
  }

  /// The result in words for the reasoning.
  var outcome: String {
    if result.rows.count == 1, result.columns.count == 1 { return result.rows[0][0].plain }
    return AnswerText.array(
      result.rows.prefix(14).map { AnswerText.array($0.map(\.json)) })
  }

  /// The reasoning that ends in the query or in its result.
  func reasoning(ending: String) -> String {
    var parts = query.steps
    if !trace.isEmpty { parts.append("The rows that take part give, in order: \(trace).") }
    parts.append(ending)
    return parts.joined(separator: "\n")
  }
}

/// How the rows of a result are written down.
enum SQLResultForm: Sendable, CaseIterable {
  case value, arrays, objects

  /// What the instruction says of the form.
  var words: String {
    switch self {
    case .value: "Answer with the value alone."
    case .arrays:
      "Answer with a JSON array that holds one array per row, values in column order, null for NULL."
    case .objects:
      "Answer with a JSON array of objects, one per row, whose keys are the column names in order; "
        + "null for NULL."
    }
  }

  var kind: AnswerKind { self == .value ? .literal : .json }

  func text(_ result: SQLResult) -> String {
    switch self {
    case .value:
      guard result.rows.count == 1, result.rows[0].count == 1 else {
        return SQLResultForm.arrays.text(result)
      }
      return result.rows[0][0].plain
    case .arrays:
      return AnswerText.array(result.rows.map { AnswerText.array($0.map(\.json)) })
    case .objects:
      return AnswerText.array(
        result.rows.map { row in
          AnswerText.object(Array(zip(result.columns, row.map(\.json))))
        })
    }
  }

  /// The form for a result: a bare value where there is one, objects where the names allow it.
  static func choose(_ result: SQLResult, _ g: inout SeededGenerator) -> SQLResultForm {
    if result.rows.count == 1, result.columns.count == 1 { return .value }
    let named = result.columns.allSatisfy { column in
      column.utf8.allSatisfy { $0 == 95 || ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) }
    }
    return named && Set(result.columns).count == result.columns.count && g.oneIn(2)
      ? .objects : .arrays
  }
}
