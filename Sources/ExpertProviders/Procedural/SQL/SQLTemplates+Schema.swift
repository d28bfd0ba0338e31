internal import ExpertRecord

/// A table definition with varied columns and constraints, for questions about the schema itself.
struct SQLTableSheet: Sendable {
  struct Column: Sendable {
    var name: String
    var type: String
    var notNull: Bool
    var fallback: String?
    var check: Int?

    var definition: String {
      var parts = [name, type]
      if notNull { parts.append("NOT NULL") }
      if let fallback { parts.append("DEFAULT \(fallback)") }
      if let check { parts.append("CHECK (\(name) <= \(check))") }
      return parts.joined(separator: " ")
    }
  }

  var name: String
  var columns: [Column]

  private static let names: [(String, String)] = [
    ("title", "TEXT"), ("city", "TEXT"), ("email", "TEXT"), ("status", "TEXT"), ("phone", "TEXT"),
    ("notes", "TEXT"), ("country", "TEXT"), ("label", "TEXT"), ("created_on", "TEXT"),
    ("closed_on", "TEXT"), ("color", "TEXT"), ("quantity", "INTEGER"), ("age", "INTEGER"),
    ("priority", "INTEGER"), ("stock", "INTEGER"), ("year", "INTEGER"), ("floor", "INTEGER"),
    ("attempts", "INTEGER"), ("weight", "REAL"), ("price", "REAL"), ("score", "REAL"),
    ("latitude", "REAL"), ("rate", "REAL"), ("temperature", "REAL"), ("owner", "TEXT"),
    ("capacity", "INTEGER"), ("duration", "INTEGER"), ("language", "TEXT"), ("width", "REAL"),
  ]

  private static let tables = [
    "accounts", "albums", "assets", "batches", "boats", "books", "branches", "bridges", "buses",
    "cameras", "cases", "cities", "contracts", "crates", "devices", "drones", "events", "files",
    "films", "flights", "forms", "gardens", "groups", "guests", "hotels", "issues", "jobs", "lakes",
    "lessons", "lots", "menus", "museums", "offers", "papers", "parcels", "parks", "plants",
    "ports",
    "posts", "recipes", "rooms", "routes", "samples", "ships", "shops", "songs", "stations",
    "talks",
    "tasks", "tools", "tours", "trains", "trees", "units", "valves", "votes", "wells", "zones",
  ]

  init(_ g: inout SeededGenerator, columns count: Int, excluding taken: [String] = []) {
    name = g.pick(SQLTableSheet.tables.filter { !taken.contains($0) })
    columns = g.sample(SQLTableSheet.names, count: count).map { name, type in
      let notNull = g.oneIn(2)
      var fallback: String?
      if g.oneIn(3) {
        fallback = type == "TEXT" ? "'\(g.pick(["new", "none", "open", "x"]))'" : "\(g.below(20))"
      }
      let check = type == "INTEGER" && g.oneIn(3) ? g.integer(in: 40...400) : nil
      return Column(name: name, type: type, notNull: notNull, fallback: fallback, check: check)
    }
  }

  var ddl: String {
    let lines = ["  id INTEGER PRIMARY KEY"] + columns.map { "  \($0.definition)" }
    return "CREATE TABLE \(name) (\n\(lines.joined(separator: ",\n"))\n);"
  }
}

extension SQLTemplates {
  static let schema: [ProceduralTemplate] = [
    requiredColumns, columnsOfType, failingInsert, createTable, rollback, missingIndexColumns,
  ]

  private static func sheetSize(_ difficulty: Difficulty) -> Int {
    switch difficulty {
    case .easy: 5
    case .medium: 8
    case .hard: 11
    }
  }

  /// Which columns an INSERT must give a value for.
  private static let requiredColumns = ProceduralTemplate(id: "schema-required", skill: "schema") {
    g, difficulty in
    var (sheet, required): (SQLTableSheet, [String])
    repeat {
      sheet = SQLTableSheet(&g, columns: sheetSize(difficulty))
      required = sheet.columns.filter { $0.notNull && $0.fallback == nil }.map(\.name)
    } while required.isEmpty || sheet.columns.allSatisfy { $0.notNull == ($0.fallback == nil) }
    let right = AnswerText.array(required.map(AnswerText.quote))
    var list = CorruptionList(right: right)
    list.add(
      "ignores-defaults",
      AnswerText.array(sheet.columns.filter(\.notNull).map { AnswerText.quote($0.name) }))
    list.add(
      "ignores-not-null",
      AnswerText.array(
        sheet.columns.filter { $0.fallback == nil }.map { AnswerText.quote($0.name) }))
    list.add("adds-primary-key", AnswerText.array((["id"] + required).map(AnswerText.quote)))
    let lead = g.pick([
      "Which columns must every INSERT into `\(sheet.name)` give a value for?",
      "For which columns of `\(sheet.name)` does an INSERT fail when they are left out?",
    ])
    return ProceduralItem(
      instruction: "\(lead) A column may be left out if it is nullable, has a default, or is the "
        + "integer primary key. Answer with a JSON array of names in the order of the table.",
      input: sheet.ddl, output: right,
      reasoning: sheet.columns.map { column in
        let state =
          !column.notNull
          ? "is nullable"
          : column.fallback == nil
            ? "is NOT NULL without default: required"
            : "is NOT NULL but has a default"
        return "`\(column.name)` \(state)."
      }.joined(separator: "\n"), answerKind: .json, corruptions: list.items)
  }

  private static let columnsOfType = ProceduralTemplate(id: "schema-types", skill: "schema") {
    g, difficulty in
    var sheets: [SQLTableSheet] = []
    for _ in 0..<(difficulty == .easy ? 1 : difficulty == .medium ? 2 : 3) {
      sheets.append(
        SQLTableSheet(
          &g, columns: difficulty == .easy ? 7 : 5, excluding: sheets.map(\.name)))
    }
    let type = g.pick(sheets).columns[0].type
    let members = sheets.map { sheet in
      (sheet.name, sheet.columns.filter { $0.type == type }.map(\.name))
    }
    let object = { (members: [(String, [String])]) in
      AnswerText.object(members.map { ($0.0, AnswerText.array($0.1.map(AnswerText.quote))) })
    }
    let right = object(members)
    var list = CorruptionList(right: right)
    let other = ["TEXT", "INTEGER", "REAL"].filter { $0 != type }
    for wrong in other {
      list.add(
        "columns-of-\(wrong.lowercased())",
        object(sheets.map { s in (s.name, s.columns.filter { $0.type == wrong }.map(\.name)) }))
    }
    list.add(
      "every-column", object(sheets.map { s in (s.name, s.columns.map(\.name)) }))
    return ProceduralItem(
      instruction: g.pick([
        "List the \(type) columns of each table, the primary key left out.",
        "Which columns besides `id` are declared \(type)?",
      ]) + " Answer with a JSON object: table name to array of column names, both in the order of "
        + "the schema.",
      input: sheets.map(\.ddl).joined(separator: "\n"), output: right,
      reasoning: members.map {
        "`\($0.0)`: \($0.1.isEmpty ? "no column is \(type)" : "\($0.1.joined(separator: ", ")) \($0.1.count == 1 ? "is" : "are") \(type)")."
      }.joined(separator: "\n"), answerKind: .json, corruptions: list.items)
  }

  /// Which of several INSERT statements breaks a constraint: executed one by one.
  private static let failingInsert = ProceduralTemplate(
    id: "schema-failing-insert", skill: "schema"
  ) {
    g, difficulty in
    let s = SQLScenario(&g, difficulty)
    let count = difficulty == .easy ? 3 : difficulty == .medium ? 4 : 6
    let bad = g.below(count)
    let nextID = (s.children.map(\.id).max() ?? 0) + 1
    let fault = g.pick(["primary key", "foreign key", "not null"])
    var statements: [String] = []
    for index in 0..<count {
      let broken = index == bad
      let id = broken && fault == "primary key" ? g.pick(s.children).id : nextID + index
      let owner =
        broken && fault == "foreign key"
        ? (s.parents.map(\.id).max() ?? 0) + g.integer(in: 1...9) : g.pick(s.parents).id
      let kind = broken && fault == "not null" ? "NULL" : "'\(g.pick(s.family.kinds))'"
      let note = g.oneIn(2) ? "NULL" : "'\(g.pick(s.family.notes))'"
      statements.append(
        "INSERT INTO \(s.childTable) VALUES (\(id), \(owner), \(kind), "
          + "\(g.integer(in: s.family.amounts)), '\(g.sampleDay(year: 2026))', \(note));")
    }
    let runs = SQLEngine.shared.run(
      setup: s.script, steps: statements.map { .init(change: $0, query: "SELECT 1") })
    let failing = runs.indices.filter { if case .failure = runs[$0] { true } else { false } }
    precondition(failing == [bad], "exactly one statement was to fail: \(statements)")
    var list = CorruptionList(right: String(bad + 1))
    list.add("zero-based", String(bad))
    list.add("neighbour-statement", String((bad + 1) % count + 1))
    list.add("last-statement", String(count))
    list.add("off-by-two", String((bad + 2) % count + 1))
    let numbered = statements.enumerated().map { "-- \($0.offset + 1)\n\($0.element)" }
    return ProceduralItem(
      instruction: g.pick([
        "Foreign keys are enforced. Which one of the numbered INSERT statements fails?",
        "Each numbered INSERT is tried alone on the database above it, with foreign keys on. Which "
          + "one breaks a constraint?",
      ]) + " Answer with its number only, counted from 1.",
      input: "\(s.script)\n\n\(numbered.joined(separator: "\n"))", output: String(bad + 1),
      reasoning: "A row is refused for a used primary key, an unknown `\(s.foreign)`, or NULL in a "
        + "NOT NULL column; NULL in `\(s.note)` is allowed.\nStatement \(bad + 1) breaks the "
        + "\(fault) constraint; the other \(count - 1) are accepted.",
      answerKind: .literal, corruptions: list.items)
  }

  private static let createTable = ProceduralTemplate(id: "schema-create-table", skill: "schema") {
    g, difficulty in
    let sheet = SQLTableSheet(&g, columns: difficulty == .easy ? 3 : difficulty == .medium ? 5 : 8)
    let words = sheet.columns.map { column in
      var text = "`\(column.name)` (\(column.type)"
      if column.notNull { text += ", required" }
      if let fallback = column.fallback { text += ", default \(fallback)" }
      if let check = column.check { text += ", at most \(check)" }
      return text + ")"
    }
    var list = CorruptionList(right: sheet.ddl)
    var changed = sheet
    changed.columns.removeLast()
    list.add("missing-column", changed.ddl)
    list.add("missing-primary-key", sheet.ddl.replacingAll(" PRIMARY KEY", with: ""))
    list.add("missing-not-null", sheet.ddl.replacingAll(" NOT NULL", with: ""))
    changed = sheet
    changed.columns[0].type = changed.columns[0].type == "TEXT" ? "INTEGER" : "TEXT"
    list.add("wrong-type", changed.ddl)
    return ProceduralItem(
      instruction: g.pick([
        "Write the CREATE TABLE statement (SQLite) for this description.",
        "Turn the description into one CREATE TABLE statement for SQLite.",
        "Define the table described below in SQLite.",
      ])
        + " Columns in the given order; after the type come NOT NULL, DEFAULT and CHECK (column <= "
        + "bound), in this order and only where asked for. Answer with the SQL statement only.",
      input: "Table `\(sheet.name)`: integer primary key `id`; then \(AnswerText.list(words)).",
      output: sheet.ddl,
      reasoning: (["`id` is INTEGER PRIMARY KEY."]
        + sheet.columns.map { "`\($0.name)` becomes: \($0.definition)." }).joined(separator: "\n"),
      answerKind: .sql, corruptions: list.items)
  }

  /// A transaction with savepoints: the value that survives is read back from SQLite.
  private static let rollback = ProceduralTemplate(id: "schema-savepoint", skill: "modify") {
    g, difficulty in
    for _ in 0..<200 {
      let s = SQLScenario(&g, difficulty)
      let count = difficulty == .easy ? 2 : difficulty == .medium ? 3 : 4
      let undone = g.below(count)
      var (lines, applied): ([String], [String]) = ([], [])
      for index in 0..<count {
        let row = g.pick(s.children)
        let statement =
          g.oneIn(4)
          ? "DELETE FROM \(s.childTable) WHERE id = \(row.id);"
          : "UPDATE \(s.childTable) SET \(s.amount) = \(s.amount) + \(g.integer(in: 2...50)) "
            + "WHERE \(s.kind) = '\(row.kind)';"
        if index == undone {
          lines += [
            "SAVEPOINT sp\(index);", statement, "ROLLBACK TO sp\(index);", "RELEASE sp\(index);",
          ]
        } else {
          lines.append(statement)
          applied.append(statement)
        }
      }
      let all = lines.filter { $0.hasPrefix("DELETE") || $0.hasPrefix("UPDATE") }
      let query = "SELECT SUM(\(s.amount)) FROM \(s.childTable);"
      let runs = SQLEngine.shared.run(
        setup: s.script,
        steps: [lines, all, applied.dropLast(), []].map {
          .init(change: $0.joined(separator: "\n"), query: query)
        })
      let values = runs.compactMap { try? $0.get().rows.first?.first?.plain }
      guard values.count == 4, values[0] != values[1], values[0] != "NULL" else { continue }
      var list = CorruptionList(right: values[0])
      list.add("ignores-rollback", values[1])
      list.add("undoes-too-much", values[2])
      list.add("ignores-every-change", values[3])
      guard list.items.count >= 2 else { continue }
      return ProceduralItem(
        instruction: g.pick([
          "Follow the statements, the rollback to the savepoint included.",
          "A part of the changes is undone by ROLLBACK TO.",
        ]) + " What does the last query return? Answer with the value alone.",
        input: "\(s.script)\n\nBEGIN;\n\(lines.joined(separator: "\n"))\nCOMMIT;\n\(query)",
        output: values[0],
        reasoning:
          "Between SAVEPOINT sp\(undone) and ROLLBACK TO sp\(undone) everything is undone; "
          + "these statements stay:\n\(applied.joined(separator: "\n"))\nBefore them the sum is "
          + "\(values[3]), after them \(values[0]).",
        answerKind: .literal, corruptions: list.items)
    }
    preconditionFailure("no transaction with a telling rollback was found")
  }

  private static let missingIndexColumns = ProceduralTemplate(
    id: "schema-create-index", skill: "schema"
  ) { g, difficulty in
    let sheet = SQLTableSheet(&g, columns: sheetSize(difficulty))
    let columns = g.sample(
      sheet.columns.map(\.name), count: difficulty == .easy ? 1 : difficulty == .medium ? 2 : 3)
    let descending = difficulty == .hard
    let unique = g.oneIn(2)
    let build = { (unique: Bool, columns: [String], descending: Bool) in
      let terms = columns.enumerated().map {
        descending && $0.offset == columns.count - 1 ? "\($0.element) DESC" : $0.element
      }
      return "CREATE \(unique ? "UNIQUE " : "")INDEX idx_\(sheet.name) ON \(sheet.name) "
        + "(\(terms.joined(separator: ", ")));"
    }
    let right = build(unique, columns, descending)
    var list = CorruptionList(right: right)
    list.add("wrong-uniqueness", build(!unique, columns, descending))
    list.add("reversed-columns", build(unique, columns.reversed(), descending))
    list.add("missing-column", build(unique, Array(columns.dropLast()) + ["id"], descending))
    list.add("wrong-direction", build(unique, columns, !descending))
    let rule =
      unique
      ? "so that no two rows share the same \(columns.count == 1 ? "value" : "combination")"
      : "that allows repeated values"
    let order = descending ? "; `\(columns[columns.count - 1])` is to be stored descending" : ""
    return ProceduralItem(
      instruction: g.pick(["Create", "Write the statement that creates", "Define"])
        + " an index named idx_\(sheet.name) on \(AnswerText.list(columns.map { "`\($0)`" })) of "
        + "`\(sheet.name)`, in this order, \(rule)\(order). Answer with one SQLite statement only.",
      input: sheet.ddl, output: right,
      reasoning: "Every column named exists in `\(sheet.name)`.\n"
        + "\(unique ? "A rule against repeats makes it UNIQUE" : "Repeats are allowed, so no UNIQUE").\n"
        + "The columns stand in the order given\(descending ? ", the last with DESC" : "").",
      answerKind: .sql, corruptions: list.items)
  }
}
