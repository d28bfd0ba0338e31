internal import ExpertRecord

/// A statement that changes rows, with statements that only seem right.
struct SQLChange: Sendable {
  /// What the statement is to do.
  var question: String
  var sql: String
  var steps: [String]
  var wrong: [(name: String, sql: String)]
  /// Whether the parent table is what changes; the effect is asked of it.
  var changesParent = false
}

/// A family of changing statements over any scenario.
struct SQLChangeShape: Sendable {
  var id: String
  var make: @Sendable (inout SeededGenerator, Difficulty, SQLScenario) -> SQLChange

  init(
    _ id: String,
    _ make: @escaping @Sendable (inout SeededGenerator, Difficulty, SQLScenario) -> SQLChange
  ) {
    self.id = id
    self.make = make
  }
}

extension SQLTemplates {
  static let changes: [SQLChangeShape] = [
    updateWhere, deleteWhere, insertRow, updateCase, updateFromSubquery, upsert, deleteChildless,
    clearNotes,
  ]

  /// Given a wish: the statement, verified by the state it leaves.
  static func modify(_ shape: SQLChangeShape) -> ProceduralTemplate {
    ProceduralTemplate(id: "modify-\(shape.id)", skill: "modify") { g, difficulty in
      let (s, change, wrong, _) = prepared(shape, &g, difficulty)
      let frame = g.pick([
        "Write one SQLite statement for this change. # Answer with the SQL statement only.",
        "# Give the SQL statement (SQLite) that does it, and nothing else.",
        "Change the database below as told: # Reply with a single SQL statement.",
        "Which statement does the following? # Output only SQL for SQLite.",
      ])
      var list = CorruptionList(right: change.sql)
      for (name, sql) in wrong { list.add(name, sql) }
      list.add(
        "misspelled-table",
        change.sql.replacingAll(
          change.changesParent ? s.parentTable : s.childTable, with: "main_table"))
      return ProceduralItem(
        instruction: frame.filling(change.question), input: s.script, output: change.sql,
        reasoning: change.steps.joined(separator: "\n"), answerKind: .sql,
        corruptions: list.items)
    }
  }

  /// Given a changing statement: what a query returns afterwards.
  static func effect(_ shape: SQLChangeShape) -> ProceduralTemplate {
    ProceduralTemplate(id: "effect-\(shape.id)", skill: "result") { g, difficulty in
      let (s, change, wrong, _) = prepared(shape, &g, difficulty)
      let table = change.changesParent ? s.parentTable : s.childTable
      let column = change.changesParent ? s.level : s.amount
      let extra = change.changesParent ? "" : ", COUNT(\(s.note)) AS notes"
      let query = "SELECT COUNT(*) AS n, SUM(\(column)) AS total\(extra) FROM \(table);"
      let form = g.oneIn(2) ? SQLResultForm.arrays : .objects
      let steps =
        [SQLEngine.Step(change: change.sql, query: query)]
        + wrong.map { SQLEngine.Step(change: $0.sql, query: query) }
        + [SQLEngine.Step(change: "", query: query)]
      var results = SQLEngine.shared.run(setup: s.script, steps: steps)
      guard case .success(let right) = results.removeFirst() else {
        preconditionFailure("SQLite refused \(change.sql)")
      }
      var list = CorruptionList(right: form.text(right))
      if case .success(let before)? = results.popLast() {
        list.add("ignores-the-change", form.text(before))
      }
      for (wrong, result) in zip(wrong, results) {
        if case .success(let rows) = result { list.add(wrong.name, form.text(rows)) }
      }
      list.add("off-by-one", form.text(right.shifted(by: 1)))
      let lead = g.pick([
        "After the change, what does the last query return?",
        "The statement before the final SELECT changes the data. What does the SELECT give then?",
        "Follow the statements in order and give the result of the closing query.",
      ])
      return ProceduralItem(
        instruction: "\(lead) \(form.words)", input: "\(s.script)\n\n\(change.sql)\n\(query)",
        output: form.text(right),
        reasoning: (["The change to follow: \(change.question)"] + change.steps
          + ["Afterwards \(query.dropLast()) gives \(SQLResultForm.arrays.text(right))."])
          .joined(separator: "\n"),
        answerKind: .json, corruptions: list.items)
    }
  }

  /// A change that alters the state, and wrong ones that leave another state or fail.
  private static func prepared(
    _ shape: SQLChangeShape, _ g: inout SeededGenerator, _ difficulty: Difficulty
  ) -> (SQLScenario, SQLChange, wrong: [(name: String, sql: String)], state: SQLResult) {
    for attempt in 0..<400 {
      let s = SQLScenario(&g, difficulty)
      let change = shape.make(&g, difficulty, s)
      let state = stateQuery(s)
      let steps =
        [
          SQLEngine.Step(change: change.sql, query: state),
          SQLEngine.Step(change: "", query: state),
        ]
        + change.wrong.map { SQLEngine.Step(change: $0.sql, query: state) }
      let results = SQLEngine.shared.run(setup: s.script, steps: steps)
      guard case .success(let after) = results[0], case .success(let before) = results[1],
        after.rows != before.rows
      else { continue }
      let wrong = zip(change.wrong, results.dropFirst(2)).compactMap { wrong, result in
        if case .success(let rows) = result, rows.rows == after.rows {
          return nil as (name: String, sql: String)?
        }
        return wrong
      }
      if wrong.count >= (attempt < 60 ? 2 : 1) { return (s, change, wrong, after) }
    }
    preconditionFailure("the change \(shape.id) found no scenario that suits it")
  }

  /// Every row of both tables, as one result.
  private static func stateQuery(_ s: SQLScenario) -> String {
    """
    SELECT 'p' AS t, id, \(s.label) AS a, \(s.group) AS b, \(s.level) AS c, NULL AS d, NULL AS e
    FROM \(s.parentTable)
    UNION ALL SELECT 'c', id, \(s.foreign), \(s.kind), \(s.amount), \(s.day), \(s.note)
    FROM \(s.childTable) ORDER BY t, id
    """
  }

  private static let updateWhere = SQLChangeShape("update") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s)
    let step = g.integer(in: 3...40)
    let raise = g.oneIn(2)
    let sign = raise ? "+" : "-"
    let build = { (sign: String, clause: String) in
      SQLQuery.statement([
        "UPDATE \(s.childTable)", "SET \(s.amount) = \(s.amount) \(sign) \(step)", clause,
      ])
    }
    return SQLChange(
      question: "\(raise ? "Increase" : "Decrease") `\(s.amount)` by \(step) for every \(s.child) "
        + "where \(condition.words).",
      sql: build(sign, condition.clause),
      steps: [
        "UPDATE changes rows in place; SET gives the new value from the old one.",
        "Only rows with \(condition.sql) may change.",
      ],
      wrong: condition.wrongClauses.map { ($0.name, build(sign, $0.clause)) }
        + [("wrong-direction", build(raise ? "-" : "+", condition.clause))])
  }

  private static let deleteWhere = SQLChangeShape("delete") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s)
    let build = { (clause: String) in
      SQLQuery.statement(["DELETE FROM \(s.childTable)", clause])
    }
    return SQLChange(
      question: g.pick([
        "Delete every \(s.child) where \(condition.words).",
        "Remove from `\(s.childTable)` the \(s.childrenNoun) for which \(condition.words).",
      ]), sql: build(condition.clause),
      steps: [
        "DELETE without WHERE would empty the table.", "The rows to go satisfy \(condition.sql).",
      ],
      wrong: condition.wrongClauses.map { ($0.name, build($0.clause)) }
        + [("keeps-instead", build("WHERE NOT (\(condition.sql))"))])
  }

  private static let insertRow = SQLChangeShape("insert") { g, difficulty, s in
    let owner = g.pick(s.parents)
    let other = g.pick(s.parents.filter { $0.id != owner.id })
    let id = (s.children.map(\.id).max() ?? 0) + g.integer(in: 1...30)
    let kind = g.pick(s.family.kinds)
    let amount = g.integer(in: s.family.amounts)
    let day = g.sampleDay(year: 2026)
    let byName = difficulty == .hard
    let note = difficulty == .easy ? nil : g.pick(s.family.notes)
    let ownerText =
      byName
      ? "(SELECT id FROM \(s.parentTable) WHERE \(s.label) = \(SQLValue.quote(owner.label)))"
      : String(owner.id)
    let ownerWords =
      byName ? "the \(s.parent) whose `\(s.label)` is \(owner.label)" : "\(s.parent) \(owner.id)"
    let build = { (owner: String, kind: String, amount: String, day: String) in
      SQLQuery.statement([
        "INSERT INTO \(s.childTable) (id, \(s.foreign), \(s.kind), \(s.amount), \(s.day), \(s.note))",
        "VALUES (\(id), \(owner), \(kind), \(amount), \(day), \(note.map(SQLValue.quote) ?? "NULL"))",
      ])
    }
    return SQLChange(
      question:
        "Add \(s.child) \(id) for \(ownerWords): `\(s.kind)` '\(kind)', `\(s.amount)` \(amount), "
        + "`\(s.day)` \(day), \(note.map { "`\(s.note)` '\($0)'" } ?? "no `\(s.note)`").",
      sql: build(ownerText, "'\(kind)'", String(amount), "'\(day)'"),
      steps: [
        "Naming the columns makes the statement independent of their order.",
        byName
          ? "The key of the \(s.parent) is looked up by a subquery."
          : "The \(s.parent) is given by its key, \(owner.id).",
        note == nil ? "A missing `\(s.note)` is NULL." : "Text and dates stand in single quotes.",
      ],
      wrong: [
        ("wrong-parent", build(String(other.id), "'\(kind)'", String(amount), "'\(day)'")),
        ("unquoted-date", build(ownerText, "'\(kind)'", String(amount), day)),
        (
          "missing-parent",
          build(
            "\(s.parents.map(\.id).reduce(0, +) + 1000)", "'\(kind)'", String(amount), "'\(day)'")
        ),
        (
          "unquoted-text",
          build(
            ownerText, kind.split(separator: " ").joined(separator: "_"), String(amount), "'\(day)'"
          )
        ),
      ])
  }

  private static let updateCase = SQLChangeShape("update-case") { g, difficulty, s in
    let kinds = g.sample(Array(Set(s.children.map(\.kind))).sorted(), count: 2)
    let first = kinds[0]
    let second = kinds.count > 1 ? kinds[1] : "other"
    let (a, b) = (g.integer(in: 2...30), g.integer(in: 31...90))
    let rest = difficulty == .easy ? s.amount : "\(s.amount) - 1"
    let restWords = difficulty == .easy ? "all others stay as they are" : "all others lose 1"
    let clause = difficulty == .hard ? "WHERE \(s.note) IS NULL" : ""
    let scope = difficulty == .hard ? " Rows with a `\(s.note)` are not touched." : ""
    let build = { (first: String, second: String, other: String, clause: String) in
      SQLQuery.statement([
        "UPDATE \(s.childTable)", "SET \(s.amount) = CASE \(s.kind)",
        "  WHEN '\(first)' THEN \(s.amount) + \(a)", "  WHEN '\(second)' THEN \(s.amount) + \(b)",
        other, "END", clause,
      ])
    }
    return SQLChange(
      question:
        "In one statement: add \(a) to `\(s.amount)` where `\(s.kind)` is '\(first)', add \(b) "
        + "where it is '\(second)', and \(restWords).\(scope)",
      sql: build(first, second, "  ELSE \(rest)", clause),
      steps: [
        "CASE \(s.kind) chooses the new value row by row.",
        "Without ELSE the other rows would become NULL, which the column forbids.",
      ],
      wrong: [
        ("missing-else", build(first, second, "", clause)),
        ("values-swapped", build(second, first, "  ELSE \(rest)", clause)),
        ("else-zero", build(first, second, "  ELSE 0", clause)),
        ("missing-where", build(first, second, "  ELSE \(rest)", "")),
      ])
  }

  private static let updateFromSubquery = SQLChangeShape("update-from-children") {
    g, difficulty, s in
    let kind = g.pick(s.children).kind
    let condition = difficulty == .easy ? "" : " AND c.\(s.kind) = '\(kind)'"
    let words = difficulty == .easy ? "" : " with `\(s.kind)` '\(kind)'"
    let function = difficulty == .hard ? "COALESCE(SUM(c.\(s.amount)), 0)" : "COUNT(*)"
    let what =
      difficulty == .hard
      ? "the total `\(s.amount)` (0 where there are none) of" : "the number of"
    let build = { (function: String, link: String, clause: String) in
      SQLQuery.statement([
        "UPDATE \(s.parentTable)",
        "SET \(s.level) = (SELECT \(function) FROM \(s.childTable) AS c WHERE \(link))", clause,
      ])
    }
    let link = "c.\(s.foreign) = \(s.parentTable).id\(condition)"
    return SQLChange(
      question: "Set `\(s.level)` of every \(s.parent) to \(what) its \(s.childrenNoun)\(words).",
      sql: build(function, link, ""),
      steps: [
        "The new value comes from a subquery tied to the row by \(s.foreign) = \(s.parentTable).id.",
        "No WHERE: every \(s.parent) is to change.",
      ],
      wrong: [
        ("not-correlated", build(function, "1 = 1\(condition)", "")),
        ("wrong-key", build(function, "c.id = \(s.parentTable).id\(condition)", "")),
        ("wrong-aggregate", build("MAX(c.\(s.amount))", link, "")),
        ("only-one-row", build(function, link, "WHERE id = \(s.parents[0].id)")),
      ], changesParent: true)
  }

  private static let upsert = SQLChangeShape("upsert") { g, difficulty, s in
    let exists = !g.oneIn(3)
    let row = g.pick(s.parents)
    let id = exists ? row.id : (s.parents.map(\.id).max() ?? 0) + g.integer(in: 1...9)
    let label = "\(g.pick(SampleNames.first)) \(g.pick(SampleNames.cities))"
    let group = g.pick(s.family.groups)
    let level = g.integer(in: s.family.levels)
    let adds = difficulty != .easy
    let build = { (action: String, level: Int) in
      SQLQuery.statement([
        "INSERT INTO \(s.parentTable) (id, \(s.label), \(s.group), \(s.level))",
        "VALUES (\(id), '\(label)', '\(group)', \(level))", action,
      ])
    }
    let right =
      adds ? "\(s.level) = \(s.level) + excluded.\(s.level)" : "\(s.level) = excluded.\(s.level)"
    let also = difficulty == .hard ? ", \(s.group) = excluded.\(s.group)" : ""
    let words =
      adds
      ? "add the new `\(s.level)` to the old one" : "only replace its `\(s.level)` by the new one"
    return SQLChange(
      question:
        "Insert \(s.parent) \(id) with `\(s.label)` '\(label)', `\(s.group)` '\(group)' and "
        + "`\(s.level)` \(level); if that id is taken, \(words)"
        + "\(also.isEmpty ? "" : " and replace `\(s.group)`"). One statement.",
      sql: build("ON CONFLICT (id) DO UPDATE SET \(right)\(also)", level),
      steps: [
        "ON CONFLICT (id) DO UPDATE turns the insertion into an update where the key exists.",
        "`excluded` names the row that could not be inserted. Key \(id) is \(exists ? "taken" : "free").",
      ],
      wrong: [
        ("plain-insert", build("", level)),
        (
          "replace-whole-row",
          build(
            "ON CONFLICT (id) DO UPDATE SET \(s.label) = excluded.\(s.label), \(right)\(also)",
            level)
        ),
        ("do-nothing", build("ON CONFLICT (id) DO NOTHING", level)),
        (
          "adds-old-twice",
          build("ON CONFLICT (id) DO UPDATE SET \(s.level) = \(s.level) + \(s.level)", level)
        ),
        ("wrong-value", build("ON CONFLICT (id) DO UPDATE SET \(right)\(also)", level + 10)),
        (
          "missing-conflict-column", build("ON CONFLICT (\(s.label)) DO UPDATE SET \(right)", level)
        ),
      ], changesParent: true)
  }

  private static let deleteChildless = SQLChangeShape("delete-childless") { g, difficulty, s in
    let level = g.pick(s.parents).level
    let extra = difficulty == .easy ? "" : " AND \(s.level) <= \(level)"
    let words = difficulty == .easy ? "" : " and whose `\(s.level)` is \(level) or less"
    let build = { (test: String, extra: String) in
      SQLQuery.statement([
        "DELETE FROM \(s.parentTable)",
        "WHERE id \(test) (SELECT \(s.foreign) FROM \(s.childTable))\(extra)",
      ])
    }
    return SQLChange(
      question: "Delete the \(s.parentsNoun) that no row of `\(s.childTable)` refers to\(words).",
      sql: build("NOT IN", extra),
      steps: [
        "The subquery lists the keys still referred to; NOT IN picks the others.",
        "Deleting a \(s.parent) still referred to would break the foreign key.",
      ],
      wrong: [
        ("negated-condition", build("IN", extra)),
        (
          "compares-wrong-key",
          SQLQuery.statement([
            "DELETE FROM \(s.parentTable)",
            "WHERE id IN (SELECT id FROM \(s.childTable))\(extra)",
          ])
        ),
        ("missing-where", SQLQuery.statement(["DELETE FROM \(s.parentTable)"])),
        ("missing-condition", build("NOT IN", "")),
      ], changesParent: true)
  }

  private static let clearNotes = SQLChangeShape("set-null") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s, without: [3])
    let build = { (value: String, clause: String) in
      SQLQuery.statement(["UPDATE \(s.childTable)", "SET \(s.note) = \(value)", clause])
    }
    return SQLChange(
      question:
        "Clear `\(s.note)` (make it NULL) for the \(s.childrenNoun) where \(condition.words).",
      sql: build("NULL", condition.clause),
      steps: [
        "In SET the assignment `= NULL` is right; only in a condition must it be IS NULL.",
        "The rows concerned satisfy \(condition.sql).",
      ],
      wrong: condition.wrongClauses.map { ($0.name, build("NULL", $0.clause)) }
        + [
          ("empty-string-for-null", build("''", condition.clause)),
          ("null-as-text", build("'NULL'", condition.clause)),
        ])
  }
}
