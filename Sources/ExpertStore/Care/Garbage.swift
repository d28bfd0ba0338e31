internal import ExpertPlatform

/// What a collection removed, or would remove.
package struct GarbageReport: Sendable, Hashable {
  package var commits = 0
  package var jobs = 0
  package var objects = 0
  /// Bytes of the removed bodies as stored.
  package var bytes: Int64 = 0
  package var keptCommits = 0
  package var keptObjects = 0
}

extension Store {
  /// Removes what nothing reaches. Roots are refs, what refs named within 30 days, pins, and jobs
  /// that are open or paused; a finished job stays as long as a version it made, or 30 days.
  ///
  /// A dry run removes it all within a transaction and takes that back, so its figures are exact.
  package func collectGarbage(dryRun: Bool = true) throws -> GarbageReport {
    if dryRun { return try rehearse() }
    let report = try write("gc") { try $0.collect() }
    confinedForget()
    try mappingFailures(path: path) {
      try database.withoutTransaction { connection in
        try connection.each("PRAGMA incremental_vacuum") { _ in }
        try connection.each("PRAGMA wal_checkpoint(TRUNCATE)") { _ in }
      }
    }
    return report
  }

  private func confinedForget() {
    try? database.withoutTransaction { _ in confined.forget() }
  }

  private func rehearse() throws -> GarbageReport {
    do {
      _ = try write("gc rehearsal") { context -> GarbageReport in
        throw Rehearsed(report: try context.collect())
      }
      return GarbageReport()
    } catch let end as Rehearsed {
      return end.report
    }
  }
}

/// Ends a dry run, so that the transaction is taken back.
private struct Rehearsed: Error {
  var report: GarbageReport
}

extension Context {
  /// How long what a ref named stays, in microseconds: 30 days.
  private static let grace: Int64 = 30 * 86_400 * 1_000_000

  fileprivate func collect() throws -> GarbageReport {
    var report = GarbageReport()
    try markCommits()
    report.jobs = try dropJobs()
    report.commits = try dropCommits()
    try markObjects()
    report.bytes = try connection.int(
      "SELECT coalesce(sum(length(body)), 0) FROM object WHERE id NOT IN temp.live_object")
    try connection.run("DELETE FROM object WHERE id NOT IN temp.live_object")
    report.objects = connection.changes
    try connection.run("DELETE FROM score WHERE object_id NOT IN temp.live_object")
    report.keptCommits = Int(try connection.int("SELECT count(*) FROM commit_"))
    report.keptObjects = Int(try connection.int("SELECT count(*) FROM object"))
    try connection.script("DROP TABLE temp.live_commit; DROP TABLE temp.live_object")
    return report
  }

  private func markCommits() throws {
    try connection.script(
      """
      CREATE TEMP TABLE live_commit(id INTEGER PRIMARY KEY);
      CREATE TEMP TABLE live_object(id INTEGER PRIMARY KEY);
      """)
    try connection.run(
      """
      INSERT OR IGNORE INTO temp.live_commit
      WITH RECURSIVE live(id) AS (
        SELECT commit_id FROM ref UNION SELECT commit_id FROM pin
        UNION SELECT old_commit_id FROM reflog WHERE old_commit_id IS NOT NULL AND time_us > ?1
        UNION SELECT new_commit_id FROM reflog WHERE new_commit_id IS NOT NULL AND time_us > ?1
        UNION SELECT jc.commit_id FROM job_commit jc JOIN job j ON j.id = jc.job_id
          WHERE j.state IN ('open', 'paused')
        UNION SELECT p.parent_id FROM live JOIN commit_parent p ON p.commit_id = live.id)
      SELECT id FROM live WHERE id IN (SELECT id FROM commit_)
      """,
      .integer(now - Self.grace))
  }

  private func dropJobs() throws -> Int {
    let old = """
      SELECT id FROM job WHERE state IN ('done', 'stopped') AND updated_us <= \(now - Self.grace)
      AND NOT EXISTS (SELECT 1 FROM job_commit jc WHERE jc.job_id = job.id
        AND jc.commit_id IN temp.live_commit)
      """
    try connection.run("DELETE FROM rejection WHERE job_id IN (\(old))")
    try connection.run(
      "DELETE FROM duplicate WHERE candidate_id IN"
        + " (SELECT id FROM candidate WHERE job_id IN (\(old)))")
    try connection.run(
      "DELETE FROM answer WHERE slot_id IN (SELECT id FROM slot WHERE job_id IN (\(old)))")
    try connection.run("DELETE FROM job WHERE id IN (\(old))")
    return connection.changes
  }

  private func dropCommits() throws -> Int {
    let dead = "NOT IN temp.live_commit"
    try connection.run("DELETE FROM delta WHERE commit_id \(dead)")
    try connection.run("DELETE FROM snapshot WHERE commit_id \(dead)")
    try connection.run("DELETE FROM job_commit WHERE commit_id \(dead)")
    try connection.run("DELETE FROM evaluation WHERE commit_id \(dead)")
    try connection.run("DELETE FROM precomputed WHERE commit_id \(dead)")
    try connection.run("DELETE FROM rejection WHERE commit_id \(dead)")
    try connection.run("DELETE FROM reflog WHERE time_us <= ?", .integer(now - Self.grace))
    try connection.run("DELETE FROM commit_parent WHERE commit_id \(dead)")
    try connection.run("DELETE FROM commit_ WHERE id \(dead)")
    let removed = connection.changes
    // Edges belong to records; a record that no delta names any more is gone.
    if removed > 0 {
      try connection.run(
        "DELETE FROM edge WHERE rid NOT IN (SELECT rid FROM delta)"
          + " AND rid NOT IN (SELECT rid FROM candidate)")
    }
    return removed
  }

  private func markObjects() throws {
    let columns = [
      "object_id FROM delta", "attrs_id FROM delta", "was_object_id FROM delta",
      "was_attrs_id FROM delta", "object_id FROM snapshot", "object_id FROM commit_",
      "detail_id FROM commit_", "config_id FROM job", "template_id FROM slot",
      "request_id FROM slot", "reply_id FROM slot", "reply_id FROM answer",
      "object_id FROM candidate", "attrs_id FROM candidate", "object_id FROM rejection",
      "object_id FROM edge", "object_id FROM duplicate", "of_id FROM duplicate",
      "object_id FROM dictionary", "report_id FROM evaluation",
      "config_id FROM precomputed",
    ]
    for column in columns {
      let name = column.prefix { $0 != " " }
      try connection.run(
        "INSERT OR IGNORE INTO temp.live_object SELECT \(column) WHERE \(name) IS NOT NULL")
    }
  }
}
