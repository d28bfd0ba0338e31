internal import ExpertPlatform
internal import ExpertRecord

/// Brings a store of an older format up to date, once, when a writer opens it.
enum Migration {
  /// All steps and the new format number are one transaction: a kill leaves the old format or the
  /// new one, whole. Nothing that existed is rewritten, so hashes and roots stay.
  static func run(_ database: SQLDatabase) throws {
    let found = try database.read { Int32(try $0.int("PRAGMA user_version")) }
    guard found < Schema.version else { return }
    try database.write { connection in
      for format in (found + 1)...Schema.version {
        if let script = Schema.addition(of: format) { try connection.script(script) }
      }
      for kind in ObjectKind.allCases {
        try connection.run(
          "INSERT OR IGNORE INTO object_kind VALUES(?, ?)", .integer(kind.rawValue),
          .text(kind.tag.rawValue))
      }
      try connection.script("PRAGMA user_version=\(Schema.version)")
    }
    // The number is read from the file's header without SQLite, so it must not wait in the log.
    try database.withoutTransaction { connection in
      try connection.each("PRAGMA wal_checkpoint(TRUNCATE)") { _ in }
    }
  }
}
