internal import ExpertRecord

/// Templates made from query shapes: write the query, give its result, repair it, rewrite it, or
/// name the clause that is wrong.
enum SQLTemplates {
  /// Given schema, rows and question: the query.
  static func write(_ shape: SQLShape) -> ProceduralTemplate {
    ProceduralTemplate(id: "write-\(shape.id)", skill: shape.skill) { g, difficulty in
      let p = SQLPrepared.make(shape, &g, difficulty)
      let frame = g.pick([
        "Write one SQLite query against the tables below. # Answer with the SQL statement only.",
        "# Write the SQL for SQLite; the schema and its rows follow. Give only the statement.",
        "Given this SQLite database, answer the question with a single SELECT statement and "
          + "nothing else: #",
        "Here are two tables with all their rows. # Reply with the SQL query alone.",
        "Translate the request into one SQL query (SQLite dialect). Request: # Output: SQL only.",
      ])
      return ProceduralItem(
        instruction: frame.filling(p.query.question), input: p.scenario.script,
        output: p.query.sql,
        reasoning: p.reasoning(ending: "On the given rows the query returns \(p.outcome)."),
        answerKind: .sql, corruptions: wrongQueries(p))
    }
  }

  /// Given schema, rows and query: the result, as SQLite computes it.
  static func result(_ shape: SQLShape) -> ProceduralTemplate {
    ProceduralTemplate(id: "result-\(shape.id)", skill: "result") { g, difficulty in
      let p = SQLPrepared.make(shape, &g, difficulty)
      let form = SQLResultForm.choose(p.result, &g)
      let lead = g.pick([
        "What does the query at the end return?", "Run the last statement in your head.",
        "Work out the result of the SELECT below.",
        "The tables are filled as shown; evaluate the final query.",
        "Predict what SQLite prints for the closing query.",
      ])
      let right = form.text(p.result)
      return ProceduralItem(
        instruction: "\(lead) \(form.words)", input: "\(p.scenario.script)\n\n\(p.query.sql)",
        output: right,
        reasoning: p.reasoning(ending: "Evaluated on the rows given, the result is \(p.outcome)."),
        answerKind: form.kind, corruptions: wrongResults(p, form, right))
    }
  }

  /// Given a question and a query with one mistake: the corrected query.
  static func repair(_ shape: SQLShape) -> ProceduralTemplate {
    ProceduralTemplate(id: "repair-\(shape.id)", skill: "repair") { g, difficulty in
      let p = preparedWithMistake(shape, &g, difficulty)
      let broken = g.pick(p.wrong)
      let lead = g.pick([
        "This query should do the following but is wrong:",
        "A colleague's query does not answer the question it was written for. The question:",
        "Correct the query at the end. What it is meant to do:",
        "The last statement has a mistake. Its purpose:",
      ])
      var corruptions = CorruptionList(right: p.query.sql)
      corruptions.add("unchanged", broken.query.sql)
      for other in p.wrong where other.query.sql != broken.query.sql {
        corruptions.add(other.query.name, other.query.sql)
      }
      corruptions.add("misspelled-column", misspelled(p))
      let symptom =
        broken.result.map {
          "It returns \(AnswerText.array($0.rows.prefix(6).map { AnswerText.array($0.map(\.json)) }))"
        }
        ?? "SQLite refuses it"
      return ProceduralItem(
        instruction: "\(lead) \(p.query.question) Answer with the corrected SQL statement only.",
        input: "\(p.scenario.script)\n\n\(broken.query.sql)", output: p.query.sql,
        reasoning: p.reasoning(
          ending: "\(symptom), so the fault is in \(broken.query.clause) "
            + "(\(broken.query.name.replacingDashes)); the right result is \(p.outcome)."),
        answerKind: .sql, corruptions: corruptions.items)
    }
  }

  /// Given a query: another with the same result, by the route asked for.
  static func rewrite(_ shape: SQLShape) -> ProceduralTemplate {
    ProceduralTemplate(id: "rewrite-\(shape.id)", skill: "rewrite") { g, difficulty in
      var p = preparedWithMistake(shape, &g, difficulty)
      while p.query.alternative == nil { p = preparedWithMistake(shape, &g, difficulty) }
      let alternative = p.query.alternative ?? ("", p.query.sql)
      let lead = g.pick([
        "Rewrite the last query", "Express the query at the end differently,",
        "Give an equivalent of the final SELECT", "Find another form of the closing query",
      ])
      var corruptions = CorruptionList(right: alternative.1)
      for wrong in p.wrong { corruptions.add(wrong.query.name, wrong.query.sql) }
      corruptions.add("misspelled-column", misspelled(p))
      return ProceduralItem(
        instruction: "\(lead) \(alternative.0). It must return the same rows in the same order. "
          + "Answer with the SQL statement only.",
        input: "\(p.scenario.script)\n\n\(p.query.sql)", output: alternative.1,
        reasoning: p.reasoning(
          ending: "Both forms return \(p.outcome) on the given rows, so they agree."),
        answerKind: .sql, corruptions: corruptions.items)
    }
  }

  /// Given a question and a wrong query: the clause with the mistake.
  static func diagnose(_ shape: SQLShape) -> ProceduralTemplate {
    ProceduralTemplate(id: "diagnose-\(shape.id)", skill: "diagnose") { g, difficulty in
      let p = preparedWithMistake(shape, &g, difficulty)
      let broken = g.pick(p.wrong)
      let clauses = [
        "SELECT", "JOIN", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "WINDOW",
      ]
      var corruptions = CorruptionList(right: broken.query.clause)
      for clause in g.shuffled(clauses).prefix(4) {
        corruptions.add("blames-\(clause.lowercased().dashed)", clause)
      }
      let lead = g.pick([
        "In which clause is the mistake?",
        "One clause of the last query is wrong or missing: which?",
        "Locate the faulty (or absent) clause of the query at the end.",
      ])
      return ProceduralItem(
        instruction:
          "\(lead) The query was meant to do this: \(p.query.question) Answer with one of "
          + "\(clauses.joined(separator: ", ")); WINDOW stands for the part inside OVER (…).",
        input: "\(p.scenario.script)\n\n\(broken.query.sql)", output: broken.query.clause,
        reasoning: p.reasoning(
          ending: "A right query is\n\(p.query.sql)\nThe one given differs in "
            + "\(broken.query.clause): \(broken.query.name.replacingDashes)."),
        answerKind: .label, corruptions: corruptions.items)
    }
  }

  private static func preparedWithMistake(
    _ shape: SQLShape, _ g: inout SeededGenerator, _ difficulty: Difficulty
  ) -> SQLPrepared {
    var p = SQLPrepared.make(shape, &g, difficulty)
    while p.wrong.isEmpty { p = SQLPrepared.make(shape, &g, difficulty) }
    return p
  }

  private static func wrongQueries(_ p: SQLPrepared) -> [ProceduralItem.Corruption] {
    var list = CorruptionList(right: p.query.sql)
    for wrong in p.wrong { list.add(wrong.query.name, wrong.query.sql) }
    if list.items.count < 2 { list.add("misspelled-column", misspelled(p)) }
    if list.items.count < 2 { list.add("misspelled-table", misspelledTable(p)) }
    return list.items
  }

  private static func wrongResults(
    _ p: SQLPrepared, _ form: SQLResultForm, _ right: String
  ) -> [ProceduralItem.Corruption] {
    var list = CorruptionList(right: right)
    for wrong in p.wrong {
      guard let result = wrong.result, !result.rows.isEmpty, result.rows.count <= 20 else {
        continue
      }
      list.add(wrong.query.name, form.text(result))
    }
    if list.items.count < 3, p.result.rows.count > 1 {
      var changed = p.result
      changed.rows.removeLast()
      list.add("missing-row", form.text(changed))
      changed = p.result
      changed.rows.swapAt(0, 1)
      list.add("rows-swapped", form.text(changed))
    }
    if list.items.count < 2 { list.add("off-by-one", form.text(p.result.shifted(by: 1))) }
    if list.items.count < 2 { list.add("off-by-two", form.text(p.result.shifted(by: -2))) }
    return list.items
  }

  /// The right query with a column that no table has.
  private static func misspelled(_ p: SQLPrepared) -> String {
    let columns = [p.scenario.amount, p.scenario.day, p.scenario.kind, p.scenario.label]
    for column in columns where p.query.sql.contains(column) {
      return p.query.sql.replacingAll(column, with: "\(column)_value")
    }
    return misspelledTable(p)
  }

  private static func misspelledTable(_ p: SQLPrepared) -> String {
    let table =
      p.query.sql.contains("FROM \(p.scenario.childTable)")
      ? p.scenario.childTable : p.scenario.parentTable
    return p.query.sql.replacingAll("FROM \(table)", with: "FROM \(table)_table")
  }
}

extension SQLResult {
  /// The result with its first number changed, or its first text doubled where it has no number.
  func shifted(by step: Int) -> SQLResult {
    var copy = self
    for column in rows[0].indices {
      switch rows[0][column] {
      case .integer(let value):
        copy.rows[0][column] = .integer(value + step)
        return copy
      case .real(let value):
        copy.rows[0][column] = .real(value + Double(step))
        return copy
      default: continue
      }
    }
    copy.rows[0][0] = .text(rows[0][0].plain + (step > 0 ? " Jr" : " Sr"))
    return copy
  }
}

extension String {
  /// The frame with `#` replaced by a text.
  func filling(_ text: String) -> String { replacingAll("#", with: text) }

  /// Kebab-case as words.
  var replacingDashes: String { replacingAll("-", with: " ") }

  /// Words as kebab-case.
  var dashed: String { replacingAll(" ", with: "-") }

  /// The text with every occurrence of `target` replaced.
  func replacingAll(_ target: String, with replacement: String) -> String {
    let bytes = Array(utf8)
    let wanted = Array(target.utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return self }
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if index + wanted.count <= bytes.count,
        bytes[index..<(index + wanted.count)].elementsEqual(wanted)
      {
        result.append(contentsOf: replacement.utf8)
        index += wanted.count
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
