internal import ExpertRecord

/// A value of a row, as SQLite stores it.
enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int)
  case real(Double)
  case text(String)

  /// The value as it stands in an SQL statement.
  var literal: String {
    switch self {
    case .null: "NULL"
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let value): SQLValue.quote(value)
    }
  }

  /// The value as JSON.
  var json: String {
    switch self {
    case .null: "null"
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let value): AnswerText.quote(value)
    }
  }

  /// The value as a bare answer.
  var plain: String {
    switch self {
    case .null: "NULL"
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let value): value
    }
  }

  /// A text literal with its quotes doubled, as SQL asks.
  static func quote(_ text: String) -> String {
    var result = "'"
    for character in text {
      if character == "'" { result += "''" } else { result.append(character) }
    }
    return result + "'"
  }
}

/// A child row before it becomes SQL.
struct SQLChildRow: Sendable {
  var id: Int
  var parent: Int
  var kind: String
  var amount: Int
  var day: String
  var note: String?
}

/// A parent row before it becomes SQL.
struct SQLParentRow: Sendable {
  var id: Int
  var label: String
  var group: String
  var level: Int
}

/// One small database: names drawn from a family, rows drawn at random.
///
/// Some parents have no child rows and some notes are NULL, so that joins and comparisons meet the
/// cases that separate a right query from a careless one.
struct SQLScenario: Sendable {
  var family: SQLFamily
  var parentTable: String
  var childTable: String
  var label: String
  var group: String
  var level: String
  var foreign: String
  var kind: String
  var amount: String
  var day: String
  var note: String
  var parents: [SQLParentRow]
  var children: [SQLChildRow]

  init(_ g: inout SeededGenerator, _ difficulty: Difficulty) {
    family = g.pick(SQLFamily.all)
    parentTable = g.pick(family.parentTables)
    childTable = g.pick(family.childTables)
    label = g.pick(family.label)
    group = g.pick(family.group)
    level = g.pick(family.level)
    foreign = g.pick(family.foreign)
    kind = g.pick(family.kind)
    amount = g.pick(family.amount)
    day = g.pick(family.day)
    note = g.pick(family.note)
    (parents, children) = ([], [])
    fill(&g, difficulty)
  }

  private mutating func fill(_ g: inout SeededGenerator, _ difficulty: Difficulty) {
    let sizes: (parents: ClosedRange<Int>, children: ClosedRange<Int>) =
      switch difficulty {
      case .easy: (3...4, 5...6)
      case .medium: (4...5, 7...9)
      case .hard: (5...6, 10...13)
      }
    var labels = Set<String>()
    let groups = g.sample(family.groups, count: 3)
    var id = g.integer(in: 1...20)
    for _ in 0..<g.integer(in: sizes.parents) {
      var name = SQLScenario.labelText(family.labels, &g, hard: difficulty == .hard)
      while !labels.insert(name).inserted {
        name = SQLScenario.labelText(family.labels, &g, hard: difficulty == .hard)
      }
      parents.append(
        .init(
          id: id, label: name, group: g.pick(groups), level: g.integer(in: family.levels)))
      id += difficulty == .easy ? 1 : g.integer(in: 1...4)
    }
    fillChildren(&g, difficulty, count: g.integer(in: sizes.children))
  }

  private mutating func fillChildren(
    _ g: inout SeededGenerator, _ difficulty: Difficulty, count: Int
  ) {
    // The last parent stays childless half of the time, so outer joins have something to keep.
    let busy = g.oneIn(2) ? Array(parents.dropLast()) : parents
    let kinds = g.sample(family.kinds, count: difficulty == .easy ? 3 : 4)
    let year = g.integer(in: 2019...2026)
    let month = g.integer(in: 1...9)
    var id = g.integer(in: 100...900)
    for _ in 0..<count {
      let repeatAmount = difficulty != .easy && !children.isEmpty && g.oneIn(5)
      let day = "\(year)-\(Padded.two(month + g.below(4)))-\(Padded.two(g.integer(in: 1...28)))"
      children.append(
        .init(
          id: id, parent: g.pick(busy).id, kind: g.pick(kinds),
          amount: repeatAmount ? g.pick(children).amount : g.integer(in: family.amounts),
          day: day, note: g.oneIn(3) ? g.pick(family.notes) : nil))
      id += difficulty == .easy ? 1 : g.integer(in: 1...7)
    }
  }

  private static func labelText(
    _ kind: SQLFamily.Labels, _ g: inout SeededGenerator, hard: Bool
  ) -> String {
    switch kind {
    case .people:
      // An apostrophe must be doubled inside a literal: a case worth meeting.
      hard && g.oneIn(8)
        ? "\(g.pick(SampleNames.first)) O'\(g.pick(["Brien", "Dea", "Hara", "Neill", "Shea"]))"
        : g.samplePerson()
    case .companies: g.pick(SampleNames.companies)
    case .cities:
      "\(g.pick(SampleNames.cities)) \(g.pick(["One", "Star", "Union", "Park", "Gate"]))"
    case .products: "\(g.pick(SampleNames.adjectives)) \(g.pick(SampleNames.products))"
    case .services: "\(g.pick(SampleNames.services))-\(g.pick(["api", "worker", "web", "batch"]))"
    case .hosts: g.sampleHost()
    }
  }
}

extension SQLScenario {
  /// What one child row and several are called in a question.
  var child: String { family.child }
  var childrenNoun: String { family.children }
  var parent: String { family.parent }
  var parentsNoun: String { family.parents }

  /// The statements that make the database: the record's input, and what SQLite executes.
  var script: String { "\(ddl)\n\n\(rows)" }

  /// The two CREATE TABLE statements.
  var ddl: String {
    """
    CREATE TABLE \(parentTable) (
      id INTEGER PRIMARY KEY,
      \(label) TEXT NOT NULL,
      \(group) TEXT NOT NULL,
      \(level) INTEGER NOT NULL
    );
    CREATE TABLE \(childTable) (
      id INTEGER PRIMARY KEY,
      \(foreign) INTEGER NOT NULL REFERENCES \(parentTable)(id),
      \(kind) TEXT NOT NULL,
      \(amount) INTEGER NOT NULL,
      \(day) TEXT NOT NULL,
      \(note) TEXT
    );
    """
  }

  /// The two INSERT statements.
  var rows: String {
    let parentRows = parents.map {
      "  (\($0.id), \(SQLValue.quote($0.label)), \(SQLValue.quote($0.group)), \($0.level))"
    }
    let childRows = children.map { row in
      let note = row.note.map(SQLValue.quote) ?? "NULL"
      return "  (\(row.id), \(row.parent), '\(row.kind)', \(row.amount), '\(row.day)', \(note))"
    }
    return """
      INSERT INTO \(parentTable) VALUES
      \(parentRows.joined(separator: ",\n"));
      INSERT INTO \(childTable) VALUES
      \(childRows.joined(separator: ",\n"));
      """
  }
}
