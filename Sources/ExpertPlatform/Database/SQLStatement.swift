internal import GRDBSQLite

/// A prepared statement: bind, step through the rows, reset. Columns count from 0, parameters from 1.
///
/// Lives inside the closure of one `SQLDatabase` call; never leaves it.
package final class SQLStatement {
  private let handle: OpaquePointer
  private let database: OpaquePointer

  init(_ sql: String, on database: OpaquePointer) throws(SQLFailure) {
    var handle: OpaquePointer?
    let code = sqlite3_prepare_v3(
      database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle else { throw SQLFailure(of: database, code: code) }
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// Makes the statement ready to run again with new values.
  package func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  /// Moves to the next row; `false` where there is none.
  package func step() throws(SQLFailure) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code:
      let failure = SQLFailure(of: database, code: code)
      sqlite3_reset(handle)
      throw failure
    }
  }

  /// Runs a statement that gives no rows, then makes it ready again.
  package func run() throws(SQLFailure) {
    while try step() {}
    sqlite3_reset(handle)
  }
}

// Binding. SQLite copies texts and blobs, so the caller's memory may go at once.
extension SQLStatement {
  private static var copy: sqlite3_destructor_type {
    unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }

  package func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

  package func bind(_ index: Int32, _ value: Int64?) {
    if let value { bind(index, value) } else { sqlite3_bind_null(handle, index) }
  }

  package func bind(_ index: Int32, _ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else {
      sqlite3_bind_zeroblob(handle, index, 0)
      return
    }
    sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), Self.copy)
  }

  package func bind(_ index: Int32, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bind(index, $0) }
  }

  package func bind(_ index: Int32, _ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = bytes.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text64(
          handle, index, $0.baseAddress, UInt64($0.count), Self.copy, UInt8(SQLITE_UTF8))
      }
    }
  }

  package func bind(_ index: Int32, _ value: SQLValue) {
    switch value {
    case .null: sqlite3_bind_null(handle, index)
    case .integer(let value): bind(index, value)
    case .real(let value): sqlite3_bind_double(handle, index, value)
    case .text(let value): bind(index, value)
    case .blob(let value): bind(index, value)
    }
  }

  package func bind(_ values: [SQLValue]) {
    for (i, value) in values.enumerated() { bind(Int32(i + 1), value) }
  }
}

// Reading the columns of the current row.
extension SQLStatement {
  package func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  package func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  package func optionalInt(_ column: Int32) -> Int64? { isNull(column) ? nil : int(column) }

  package func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

  package func optionalReal(_ column: Int32) -> Double? { isNull(column) ? nil : real(column) }

  package func text(_ column: Int32) -> String {
    withBytes(column) { String(decoding: $0, as: UTF8.self) }
  }

  package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  package func blob(_ column: Int32) -> [UInt8] { withBytes(column) { [UInt8]($0) } }

  package func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

  package func digest(_ column: Int32) -> Digest? { withBytes(column) { Digest(bytes: $0) } }

  /// Lends the bytes of a text or blob without copying; they are gone at the next step.
  package func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> T) -> T {
    let start = sqlite3_column_blob(handle, column)
    let count = Int(sqlite3_column_bytes(handle, column))
    return body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  package var columnCount: Int32 { sqlite3_column_count(handle) }

  package func value(_ column: Int32) -> SQLValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: .integer(int(column))
    case SQLITE_FLOAT: .real(real(column))
    case SQLITE_TEXT: .text(text(column))
    case SQLITE_BLOB: .blob(blob(column))
    default: .null
    }
  }
}

extension SQLFailure {
  /// What SQLite says of the last failure on a connection.
  init(of database: OpaquePointer, code: Int32) {
    let extended = sqlite3_extended_errcode(database)
    self.init(
      code: extended & 0xff == code & 0xff ? extended : code,
      message: String(cString: sqlite3_errmsg(database)))
  }
}
