internal import ExpertPlatform
internal import Glibc

/// The SQLite file under `EXPERT_HOME` with trusted keys, the highest versions seen, and the
/// installed experts. No workspace has a say in it.
package final class HomeDatabase: Sendable {
  /// "EXPR": a file of another program is never opened as ours.
  private static let applicationID: Int32 = 0x4558_5052
  private static let version: Int32 = 1
  private static let cacheKiB = 2048

  let database: SQLDatabase

  /// Opens the file, making it where it is missing.
  package init(_ home: ExpertHome) throws {
    try ExpertHome.makePrivateFolder(home.path)
    let path = home.database
    switch SQLiteHeader(ofFile: path) {
    case .missing, .empty:
      database = try SQLDatabase(
        path: path, readOnly: false, creating: true, cacheKiB: Self.cacheKiB)
      chmod(path, 0o600)
    case .database(Self.applicationID, let version) where version <= Self.version:
      database = try SQLDatabase(path: path, readOnly: false, cacheKiB: Self.cacheKiB)
    case .database(0, 0):
      // Created by a process that ended before it could write the schema.
      database = try SQLDatabase(path: path, readOnly: false, cacheKiB: Self.cacheKiB)
    default:
      throw PackageError.invalid(
        place: path, reason: "it is not the registry of this program, or of a newer version")
    }
    try database.write { connection in
      guard try connection.int("PRAGMA user_version") == 0 else { return }
      try connection.script(Self.schema)
    }
  }

  private static let schema = """
    CREATE TABLE trust (
      key TEXT PRIMARY KEY, label TEXT NOT NULL, added_at TEXT NOT NULL) STRICT;
    CREATE TABLE seen (
      key TEXT NOT NULL, slug TEXT NOT NULL, version TEXT NOT NULL, digest TEXT NOT NULL,
      PRIMARY KEY (key, slug)) STRICT;
    CREATE TABLE experts (
      slug TEXT PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, base TEXT NOT NULL,
      key TEXT, digest TEXT NOT NULL, folder TEXT NOT NULL, size INTEGER NOT NULL,
      source TEXT NOT NULL, installed_at TEXT NOT NULL, warning TEXT,
      manifest TEXT NOT NULL) STRICT;
    CREATE TABLE registries (
      place TEXT NOT NULL, key TEXT NOT NULL, serial INTEGER NOT NULL,
      PRIMARY KEY (place, key)) STRICT;
    PRAGMA application_id = \(applicationID);
    PRAGMA user_version = \(version);
    """

  package func close() { try? database.close() }
}
