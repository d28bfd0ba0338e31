internal import ExpertPlatform

/// What SQLite itself finds wrong with a file.
enum FileCheck {
  /// The structure of the pages, without comparing indexes with tables.
  static func quick(_ connection: SQLConnection) throws -> [String] {
    try run("PRAGMA quick_check", connection)
  }

  /// The structure of the pages and of every index.
  static func full(_ connection: SQLConnection) throws -> [String] {
    try run("PRAGMA integrity_check", connection)
  }

  private static func run(_ pragma: String, _ connection: SQLConnection) throws -> [String] {
    do {
      return try connection.all(pragma) { $0.text(0) }.filter { $0 != "ok" }
    } catch let failure as SQLFailure where failure.isCorrupt {
      return [failure.message]
    }
  }
}
