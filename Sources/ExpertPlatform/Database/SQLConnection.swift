internal import GRDBSQLite

/// One open connection and its prepared statements. Used inside `SQLDatabase` calls only.
package final class SQLConnection {
  let handle: OpaquePointer
  private var statements: [String: SQLStatement] = [:]

  init(_ handle: OpaquePointer) { self.handle = handle }

  /// The prepared form of a text, ready to bind; the same object for the same text, so one text
  /// must not run inside its own loop.
  package func statement(_ sql: String) throws(SQLFailure) -> SQLStatement {
    if let known = statements[sql] {
      known.reset()
      return known
    }
    let new = try SQLStatement(sql, on: handle)
    statements[sql] = new
    return new
  }

  /// A statement of its own, not shared with other callers of the same text.
  package func freshStatement(_ sql: String) throws(SQLFailure) -> SQLStatement {
    try SQLStatement(sql, on: handle)
  }

  /// Runs one statement to its end.
  package func run(_ sql: String, _ values: SQLValue...) throws(SQLFailure) {
    let statement = try statement(sql)
    statement.bind(values)
    try statement.run()
  }

  /// Calls `body` for each row.
  package func each(
    _ sql: String, _ values: [SQLValue] = [], _ body: (SQLStatement) throws -> Void
  ) throws {
    let statement = try statement(sql)
    statement.bind(values)
    defer { statement.reset() }
    while try statement.step() { try body(statement) }
  }

  /// One value per row.
  package func all<T>(
    _ sql: String, _ values: SQLValue..., as body: (SQLStatement) throws -> T
  ) throws -> [T] {
    var result: [T] = []
    try each(sql, values) { result.append(try body($0)) }
    return result
  }

  /// The value of the first row, or `nil` where there is none.
  package func first<T>(
    _ sql: String, _ values: SQLValue..., as body: (SQLStatement) throws -> T
  ) throws -> T? {
    let statement = try statement(sql)
    statement.bind(values)
    defer { statement.reset() }
    return try statement.step() ? try body(statement) : nil
  }

  /// The whole number in the first column of the first row; 0 where there is none.
  package func int(_ sql: String, _ values: SQLValue...) throws(SQLFailure) -> Int64 {
    let statement = try statement(sql)
    statement.bind(values)
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : 0
  }

  /// Runs a script of several statements without values.
  package func script(_ sql: String) throws(SQLFailure) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    guard code == SQLITE_OK else { throw SQLFailure(of: handle, code: code) }
  }

  /// Forgets the prepared statements, so that the connection can close or a schema can change.
  func finalizeStatements() { statements.removeAll() }

  package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

  /// The rows that the last insert, update or delete touched.
  package var changes: Int { Int(sqlite3_changes64(handle)) }

  var inTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
}

extension SQLConnection {
  /// Runs `body` between `begin` and COMMIT; anything thrown rolls the whole of it back.
  func transaction<T>(_ begin: String, _ body: (SQLConnection) throws -> T) throws -> T {
    try script(begin)
    do {
      let result = try body(self)
      try script("COMMIT")
      return result
    } catch {
      // SQLite has already rolled back by itself after a full disk or an I/O error.
      if inTransaction { try? script("ROLLBACK") }
      throw error
    }
  }
}
