internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// Makes the file of a new store.
enum StoreFile {
  /// Builds the store beside its place and renames it there, so that a kill leaves no half store.
  static func make(_ path: String, clock: any PlatformClock) throws {
    let temporary = path + ".new"
    for suffix in ["", "-wal", "-shm"] { unlink(temporary + suffix) }
    let database = try SQLDatabase(path: temporary, readOnly: false, creating: true)
    try database.withoutTransaction { connection in
      try connection.script("PRAGMA application_id=\(Schema.applicationID)")
      try connection.script("PRAGMA user_version=\(Schema.version)")
    }
    try database.write { try fill($0, clock: clock) }
    try database.withoutTransaction { try $0.script("PRAGMA wal_checkpoint(TRUNCATE)") }
    try database.close()
    DurableFile.sync(temporary)
    guard rename(temporary, path) == 0 else { throw DurableFile.failure(path) }
    DurableFile.syncFolder(of: path)
  }

  private static func fill(_ connection: SQLConnection, clock: any PlatformClock) throws {
    try connection.script(Schema.script)
    for kind in ObjectKind.allCases {
      try connection.run(
        "INSERT INTO object_kind VALUES(?, ?)", .integer(kind.rawValue), .text(kind.tag.rawValue))
    }
    let identity = UUID().uuidString.lowercased()
    for (key, value) in [
      ("store_id", SQLValue.text(identity)), ("txn", 0), ("chain", .digest(Chain.start(identity))),
      ("created_utc", .text(Timestamp.text(clock.wallMicroseconds()))),
    ] {
      try connection.run("INSERT INTO meta VALUES(?, ?)", .text(key), value)
    }
  }
}
