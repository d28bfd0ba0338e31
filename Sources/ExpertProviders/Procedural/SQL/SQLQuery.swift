internal import ExpertRecord

/// A question about a scenario with the query that answers it and queries that only seem to.
struct SQLQuery: Sendable {
  /// A query that is wrong in one clause.
  struct Wrong: Sendable {
    var name: String
    var clause: String
    var sql: String
  }

  /// What is wanted, columns and order included, so that only one result is right.
  var question: String
  var sql: String
  /// Why the query looks as it does.
  var steps: [String]
  var wrong: [Wrong]
  /// The same result by another route, with the words that ask for it: checked to be equal.
  var alternative: (ask: String, sql: String)?
  /// A query whose single column shows which rows take part.
  var trace: String?

  init(
    _ question: String, _ lines: [String], steps: [String], wrong: [Wrong],
    alternative: (ask: String, sql: String)? = nil, trace: String? = nil
  ) {
    self.question = question
    self.sql = SQLQuery.statement(lines)
    self.steps = steps
    self.wrong = wrong
    self.alternative = alternative
    self.trace = trace
  }

  /// Clauses on lines of their own, those that are empty left out, ended by a semicolon.
  static func statement(_ lines: [String]) -> String {
    lines.filter { !$0.isEmpty }.joined(separator: "\n") + ";"
  }
}

extension SQLQuery.Wrong {
  init(_ name: String, _ clause: String, _ lines: [String]) {
    self.init(name: name, clause: clause, sql: SQLQuery.statement(lines))
  }
}

/// A family of queries over any scenario.
struct SQLShape: Sendable {
  var id: String
  var skill: String
  /// Makes a query, or `nil` where the scenario's rows do not allow a good one.
  var make: @Sendable (inout SeededGenerator, Difficulty, SQLScenario) -> SQLQuery?

  init(
    _ id: String, _ skill: String,
    _ make: @escaping @Sendable (inout SeededGenerator, Difficulty, SQLScenario) -> SQLQuery?
  ) {
    self.id = id
    self.skill = skill
    self.make = make
  }
}

/// A condition on child rows: one part when easy, two when medium, three when hard.
struct SQLCondition: Sendable {
  struct Part: Sendable {
    var sql: String
    var words: String
    var wrongName: String
    var wrongSQL: String
  }

  var parts: [Part]

  var sql: String { parts.map(\.sql).joined(separator: " AND ") }
  var words: String { AnswerText.list(parts.map(\.words)) }

  /// The WHERE clause.
  var clause: String { "WHERE \(sql)" }

  /// WHERE clauses that are almost right, each with the name of its mistake.
  var wrongClauses: [(name: String, clause: String)] {
    var result = [("missing-where", "")]
    for index in parts.indices {
      var changed = parts
      changed[index].sql = parts[index].wrongSQL
      result.append((parts[index].wrongName, SQLCondition(parts: changed).clause))
    }
    if parts.count > 1 {
      result.append(("missing-condition", SQLCondition(parts: Array(parts.dropLast())).clause))
      result.append(("or-for-and", "WHERE " + parts.map(\.sql).joined(separator: " OR ")))
    }
    return result
  }

  /// A condition whose constants stand in the scenario's rows, so that boundaries matter.
  init(
    _ g: inout SeededGenerator, _ difficulty: Difficulty, _ s: SQLScenario, prefix: String = "",
    without excluded: Set<Int> = []
  ) {
    let count =
      switch difficulty {
      case .easy: 1
      case .medium: 2
      case .hard: 3
      }
    let choices = g.shuffled([0, 1, 2, 3].filter { !excluded.contains($0) })
    parts = []
    for choice in choices.prefix(count) {
      parts.append(SQLCondition.part(choice, &g, s, prefix))
    }
  }

  init(parts: [Part]) { self.parts = parts }

  private static func part(
    _ choice: Int, _ g: inout SeededGenerator, _ s: SQLScenario, _ prefix: String
  ) -> Part {
    let row = g.pick(s.children)
    switch choice {
    case 0: return kindPart(&g, s, prefix, row.kind)
    case 1: return amountPart(&g, prefix + s.amount, s.amount, row.amount)
    case 2: return dayPart(&g, prefix + s.day, s.day, row.day)
    default: return notePart(&g, prefix + s.note, s.note)
    }
  }

  private static func kindPart(
    _ g: inout SeededGenerator, _ s: SQLScenario, _ prefix: String, _ kind: String
  ) -> Part {
    let column = prefix + s.kind
    let other = g.pick(s.family.kinds.filter { $0 != kind })
    switch g.below(3) {
    case 0:
      return Part(
        sql: "\(column) = '\(kind)'", words: "`\(s.kind)` is '\(kind)'",
        wrongName: "negated-condition", wrongSQL: "\(column) <> '\(kind)'")
    case 1:
      return Part(
        sql: "\(column) <> '\(kind)'", words: "`\(s.kind)` is not '\(kind)'",
        wrongName: "negated-condition", wrongSQL: "\(column) = '\(kind)'")
    default:
      return Part(
        sql: "\(column) IN ('\(kind)', '\(other)')",
        words: "`\(s.kind)` is either '\(kind)' or '\(other)'",
        wrongName: "missing-alternative", wrongSQL: "\(column) = '\(kind)'")
    }
  }

  private static func amountPart(
    _ g: inout SeededGenerator, _ column: String, _ name: String, _ value: Int
  ) -> Part {
    switch g.below(3) {
    case 0:
      return Part(
        sql: "\(column) >= \(value)", words: "`\(name)` is at least \(value)",
        wrongName: "exclusive-bound", wrongSQL: "\(column) > \(value)")
    case 1:
      return Part(
        sql: "\(column) <= \(value)", words: "`\(name)` is at most \(value)",
        wrongName: "exclusive-bound", wrongSQL: "\(column) < \(value)")
    default:
      return Part(
        sql: "\(column) > \(value)", words: "`\(name)` is more than \(value)",
        wrongName: "inclusive-bound", wrongSQL: "\(column) >= \(value)")
    }
  }

  private static func dayPart(
    _ g: inout SeededGenerator, _ column: String, _ name: String, _ day: String
  ) -> Part {
    g.oneIn(2)
      ? Part(
        sql: "\(column) >= '\(day)'", words: "`\(name)` is \(day) or later",
        wrongName: "wrong-date-bound", wrongSQL: "\(column) > '\(day)'")
      : Part(
        sql: "\(column) < '\(day)'", words: "`\(name)` is before \(day)",
        wrongName: "wrong-date-bound", wrongSQL: "\(column) <= '\(day)'")
  }

  private static func notePart(
    _ g: inout SeededGenerator, _ column: String, _ name: String
  ) -> Part {
    g.oneIn(2)
      ? Part(
        sql: "\(column) IS NULL", words: "`\(name)` is missing", wrongName: "equals-null",
        wrongSQL: "\(column) = NULL")
      : Part(
        sql: "\(column) IS NOT NULL", words: "`\(name)` is present", wrongName: "not-equals-null",
        wrongSQL: "\(column) <> NULL")
  }
}
