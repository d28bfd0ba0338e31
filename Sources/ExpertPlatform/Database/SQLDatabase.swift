internal import GRDB
internal import Glibc

/// An SQLite file, opened with every safety setting set and read back.
///
/// One connection behind one queue (never a pool): SQLite 3.7.0 to 3.51.2 can corrupt a WAL file
/// that two connections write or checkpoint at once (https://www.sqlite.org/wal.html).
///
/// `@unchecked Sendable`: `connection` is touched inside `queue` only, which runs one closure at a
/// time. The closures must not call back into the database.
package final class SQLDatabase: @unchecked Sendable {
  package let path: String
  package let isReadOnly: Bool
  private let queue: DatabaseQueue
  private let connection: SQLConnection

  /// Opens a file. `creating` also sets what can only be set before the first table.
  ///
  /// Whose file it is must be known before: see `SQLiteHeader`.
  package init(path: String, readOnly: Bool, creating: Bool = false, cacheKiB: Int = 65536) throws {
    self.path = path
    isReadOnly = readOnly
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(5)
    do {
      queue = try DatabaseQueue(
        path: readOnly ? Self.location(ofResting: path) : path, configuration: configuration)
      connection = try queue.writeWithoutTransaction { database in
        guard let handle = database.sqliteConnection else {
          throw SQLFailure(code: 21, message: "the connection is closed")
        }
        let connection = SQLConnection(handle)
        try connection.applySettings(readOnly: readOnly, creating: creating, cacheKiB: cacheKiB)
        return connection
      }
    } catch let error as DatabaseError {
      throw SQLFailure(
        code: error.extendedResultCode.rawValue, message: error.message ?? "cannot open the file")
    }
  }

  /// Readers of a WAL file write a little beside it. Where the folder takes no files and no writer
  /// left a log, the file rests and is read as immutable (https://www.sqlite.org/uri.html).
  private static func location(ofResting path: String) -> String {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    guard access(String(folder) + "/", W_OK) != 0, access(path + "-wal", F_OK) != 0 else {
      return path
    }
    let reserved = "%?#"
    let name = path.unicodeScalars.map { scalar in
      reserved.unicodeScalars.contains(scalar)
        ? "%" + String(scalar.value, radix: 16) : String(scalar)
    }
    return "file:" + name.joined() + "?immutable=1"
  }

  /// Reads in one transaction: every statement sees the same moment.
  package func read<T>(_ body: (SQLConnection) throws -> T) throws -> T {
    try queue.writeWithoutTransaction { _ in try connection.transaction("BEGIN", body) }
  }

  /// Writes in one transaction; it is on the disk when this returns, or not at all when it throws.
  package func write<T>(_ body: (SQLConnection) throws -> T) throws -> T {
    try queue.writeWithoutTransaction { _ in
      try connection.transaction("BEGIN IMMEDIATE", body)
    }
  }

  /// For what SQLite does not do within a transaction: VACUUM, checkpoints, pragmas.
  package func withoutTransaction<T>(_ body: (SQLConnection) throws -> T) throws -> T {
    try queue.writeWithoutTransaction { _ in try body(connection) }
  }

  /// Ends the connection; nothing may be called after it.
  package func close() throws {
    queue.writeWithoutTransaction { _ in connection.finalizeStatements() }
    try queue.close()
  }
}

extension SQLConnection {
  /// A setting and what it must read back as.
  private struct Setting {
    var pragma: String
    var value: String
    var readsBack: String
  }

  fileprivate func applySettings(readOnly: Bool, creating: Bool, cacheKiB: Int) throws {
    if creating { try script("PRAGMA auto_vacuum=INCREMENTAL") }
    // GRDB sets synchronous=NORMAL by itself when asked for WAL, so WAL is set here, before FULL.
    let written: [Setting] =
      readOnly
      ? [Setting(pragma: "query_only", value: "ON", readsBack: "1")]
      : [
        Setting(pragma: "journal_mode", value: "WAL", readsBack: "wal"),
        Setting(pragma: "synchronous", value: "FULL", readsBack: "2"),
      ]
    let always = [
      Setting(pragma: "foreign_keys", value: "ON", readsBack: "1"),
      Setting(pragma: "trusted_schema", value: "OFF", readsBack: "0"),
      Setting(pragma: "cell_size_check", value: "ON", readsBack: "1"),
      Setting(pragma: "busy_timeout", value: "5000", readsBack: "5000"),
      Setting(pragma: "temp_store", value: "MEMORY", readsBack: "2"),
      Setting(pragma: "cache_size", value: "-\(cacheKiB)", readsBack: "-\(cacheKiB)"),
    ]
    for setting in written + always { try apply(setting) }
    if creating {
      try expect(Setting(pragma: "auto_vacuum", value: "INCREMENTAL", readsBack: "2"))
    }
  }

  private func apply(_ setting: Setting) throws {
    try script("PRAGMA \(setting.pragma)=\(setting.value)")
    try expect(setting)
  }

  private func expect(_ setting: Setting) throws {
    let found = try freshStatement("PRAGMA \(setting.pragma)")
    let value = try found.step() ? found.text(0) : ""
    guard value == setting.readsBack else {
      throw SQLFailure(
        code: 1,
        message: "the setting \(setting.pragma)=\(setting.value) did not take: it reads \(value)")
    }
  }
}
