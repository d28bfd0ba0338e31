internal import ExpertPlatform
package import ExpertRecord
internal import Foundation

/// The database of Trackio (0.43): `trackio show --project NAME` with `TRACKIO_DIR` at the folder
/// shows it, without any Python while training.
package final class TrackioTracker: Tracker {
  package let name = TrackerKind.trackio.rawValue
  private let folder: String
  private let project: String
  private let run: String
  private let runID: String
  private let resumedAt: Int?
  private var database: SQLDatabase?

  /// `folder`: where `{project}.db` stands; made where it is missing.
  /// `runID`: what tells this run from others of the same name; a run that goes on keeps it.
  /// `resumedAt`: rows of later steps are removed, for they will come again.
  package init(
    folder: String, project: String, run: String, runID: String, resumedAt: Int? = nil
  ) {
    self.folder = folder
    self.project = Self.safe(project)
    self.run = run
    self.runID = runID
    self.resumedAt = resumedAt
  }

  package var path: String { "\(folder)/\(project).db" }

  package func begin(config: JSONValue, time: Int64) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let database = try SQLDatabase(path: path, readOnly: false, cacheKiB: 2048)
    try database.write { connection in
      try connection.script(Self.schema)
      try connection.run(
        "INSERT OR REPLACE INTO configs(run_id, run_name, config, created_at) VALUES(?,?,?,?)",
        .text(runID), .text(run), .text(CanonicalJSON.text(of: config)), .text(Self.text(time)))
      if let resumedAt {
        try connection.run(
          "DELETE FROM metrics WHERE run_id = ? AND step > ?", .text(runID),
          .integer(Int64(resumedAt)))
      }
    }
    self.database = database
  }

  package func log(_ row: MetricRow) throws {
    try database?.write { connection in
      try connection.run(
        "INSERT INTO metrics(run_id, timestamp, run_name, step, metrics) VALUES(?,?,?,?,?)",
        .text(runID), .text(Self.text(row.time)), .text(run), .integer(Int64(row.step)),
        .text(CanonicalJSON.text(of: row.valuesJSON)))
    }
  }

  package func flush() {}

  package func finish() throws {
    try database?.close()
    database = nil
  }

  /// ISO 8601 with the zone as Python writes it, which is how Trackio reads it.
  private static func text(_ time: Int64) -> String {
    Timestamp.text(time).dropLast() + "+00:00"
  }

  /// Trackio's own rule for file names of projects.
  private static func safe(_ project: String) -> String {
    let kept = project.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    return kept.isEmpty ? "default" : kept
  }

  private static let schema = """
    CREATE TABLE IF NOT EXISTS metrics(
      id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, timestamp TEXT NOT NULL,
      run_name TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL, log_id TEXT,
      space_id TEXT);
    CREATE TABLE IF NOT EXISTS configs(
      id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, run_name TEXT NOT NULL,
      config TEXT NOT NULL, created_at TEXT NOT NULL, UNIQUE(run_id));
    CREATE INDEX IF NOT EXISTS idx_metrics_run_step ON metrics(run_id, step);
    CREATE INDEX IF NOT EXISTS idx_configs_run_name ON configs(run_name);
    """
}
