internal import GRDB
internal import Synchronization

/// What a query returned.
struct SQLResult: Sendable, Hashable {
  var columns: [String]
  var rows: [[SQLValue]]

  /// The rows alone, in a comparable order: for queries whose order is not asked for.
  var sortedRows: [[SQLValue]] {
    rows.sorted { "\($0)" < "\($1)" }
  }
}

/// Runs statements in SQLite databases in memory, which are made once and reused.
///
/// Each run happens inside a transaction that is rolled back, so a database is empty again
/// afterwards: that is some ten times cheaper than opening a new one.
final class SQLEngine: Sendable {
  static let shared = SQLEngine()
  private let idle = Mutex<[DatabaseQueue]>([])

  /// One thing to run after the setup.
  struct Step {
    /// Statements whose effect is wanted; empty for a plain query.
    var change: String
    /// The query whose rows are wanted.
    var query: String
  }

  /// The rows of each query, or SQLite's message where a statement failed.
  ///
  /// Every step starts from the state that `setup` left. A failing setup is a mistake of the
  /// generator, and fails every step.
  func run(setup: String, steps: [Step]) -> [Result<SQLResult, SQLFailure>] {
    let database = take()
    defer { idle.withLock { $0.append(database) } }
    return database.inDatabase { db in
      do {
        try db.execute(sql: "BEGIN")
        defer { try? db.execute(sql: "ROLLBACK") }
        try db.execute(sql: setup)
        return steps.map { step in SQLEngine.result(of: step, in: db) }
      } catch {
        return steps.map { _ in .failure(SQLFailure(error)) }
      }
    }
  }

  /// The rows of plain queries.
  func query(setup: String, _ queries: [String]) -> [Result<SQLResult, SQLFailure>] {
    run(setup: setup, steps: queries.map { Step(change: "", query: $0) })
  }

  private func take() -> DatabaseQueue {
    if let queue = idle.withLock({ $0.popLast() }) { return queue }
    do {
      return try DatabaseQueue()
    } catch {
      preconditionFailure("SQLite could not open a database in memory: \(error)")
    }
  }

  private static func result(of step: Step, in db: Database) -> Result<SQLResult, SQLFailure> {
    do {
      guard !step.change.isEmpty else { return .success(try fetch(step.query, in: db)) }
      try db.execute(sql: "SAVEPOINT step")
      defer { try? db.execute(sql: "ROLLBACK TO step; RELEASE step") }
      try db.execute(sql: step.change)
      return .success(try fetch(step.query, in: db))
    } catch {
      return .failure(SQLFailure(error))
    }
  }

  private static func fetch(_ sql: String, in db: Database) throws -> SQLResult {
    let statement = try db.makeStatement(sql: sql)
    let columns = statement.columnNames
    let cursor = try Row.fetchCursor(statement)
    var rows: [[SQLValue]] = []
    while let row = try cursor.next() {
      rows.append((0..<columns.count).map { value(row[$0] as DatabaseValue) })
    }
    return SQLResult(columns: columns, rows: rows)
  }

  private static func value(_ value: DatabaseValue) -> SQLValue {
    switch value.storage {
    case .null: .null
    case .int64(let number): .integer(Int(number))
    case .double(let number): .real(number)
    case .string(let text): .text(text)
    case .blob: .text("(blob)")
    }
  }
}

/// Why SQLite refused a statement.
struct SQLFailure: Error, Sendable, Hashable {
  var message: String

  init(_ error: any Error) {
    message = (error as? DatabaseError)?.message ?? "\(error)"
  }
}
