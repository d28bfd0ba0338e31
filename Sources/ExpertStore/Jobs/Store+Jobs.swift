package import ExpertPlatform
internal import ExpertRecord

extension Store {
  /// The job of this key, made now (with its dataset) where there is none. Requests that were under
  /// way when the job's last run ended are counted as lost in flight.
  package func openJob(_ spec: JobSpec) throws -> Job {
    try write("open job \(spec.key.hex)") { context in
      let dataset = try context.ensureDataset(spec.dataset, kind: spec.kind)
      if let job = try context.job(key: spec.key) {
        guard job.dataset == dataset else {
          throw StoreError.jobMismatch(
            key: spec.key.hex, reason: "it belongs to the dataset \(job.dataset.name)")
        }
        return try context.resume(job)
      }
      let config = try context.objects.put(
        NewObject(.config, json: spec.config), context.connection)
      try context.connection.run(
        """
        INSERT INTO job(key, dataset_id, config_id, state, created_us, updated_us)
        VALUES(?, ?, ?, 'open', ?, ?)
        """,
        .digest(spec.key), .integer(dataset.id), .integer(config), .integer(context.now),
        .integer(context.now))
      return try context.job(id: context.connection.lastInsertedRow)
    }
  }

  /// The job of a key, without making one.
  package func job(key: Digest) throws -> Job? { try read { try $0.job(key: key) } }

  /// The jobs of a dataset, or of all, oldest first.
  package func jobs(of dataset: String? = nil) throws -> [Job] {
    try read { context in
      let id = try dataset.map { try context.dataset(named: $0).id }
      let ids = try context.connection.all(
        "SELECT id FROM job WHERE ?1 IS NULL OR dataset_id = ?1 ORDER BY id", .optional(id)
      ) { $0.int(0) }
      return try ids.map { try context.job(id: $0) }
    }
  }

  /// Moves a job to another state, with a note for the user.
  package func setState(_ job: Job, _ state: JobState, note: String?) throws {
    try write("job \(state.rawValue)") { context in
      try context.connection.run(
        "UPDATE job SET state = ?, note = ?, updated_us = ? WHERE id = ?", .text(state.rawValue),
        .optional(note), .integer(context.now), .integer(job.id))
    }
  }
}

extension Context {
  func job(key: Digest) throws -> Job? {
    try connection.first("SELECT id FROM job WHERE key = ?", .digest(key)) { $0.int(0) }
      .map { try job(id: $0) }
  }

  func job(id: Int64) throws -> Job {
    let row = try connection.first(
      "SELECT key, dataset_id, state, note, config_id, lost_in_flight FROM job WHERE id = ?",
      .integer(id)
    ) { ($0.digest(0), $0.int(1), $0.text(2), $0.optionalText(3), $0.int(4), $0.int(5)) }
    guard let row, let key = row.0, let state = JobState(rawValue: row.2) else {
      throw SQLFailure(code: 11, message: "job \(id) cannot be read")
    }
    return Job(
      id: id, key: key, dataset: try dataset(id: row.1), state: state, note: row.3,
      config: try objects.json(of: row.4, connection), lostInFlight: Int(row.5))
  }

  /// Questions that another job has answered meanwhile need not be asked.
  private func takeOverAnswered(_ job: Job) throws {
    let slots = try connection.all(
      """
      SELECT s.id, s.n FROM slot s WHERE s.job_id = ? AND s.state = 'planned'
      AND EXISTS (SELECT 1 FROM answer a WHERE a.idempotency_key = s.idempotency_key)
      """,
      .integer(job.id)
    ) { ($0.int(0), Int($0.int(1))) }
    for (id, n) in slots { try takeOver(slot: id, n: n, job) }
  }

  /// Counts what the last run left in flight.
  fileprivate func resume(_ old: Job) throws -> Job {
    try connection.run(
      "UPDATE slot SET in_flight = 0 WHERE job_id = ? AND in_flight <> 0", .integer(old.id))
    let lost = connection.changes
    try takeOverAnswered(old)
    guard lost > 0 else { return old }
    try connection.run(
      "UPDATE job SET lost_in_flight = lost_in_flight + ? WHERE id = ?", .integer(Int64(lost)),
      .integer(old.id))
    return try job(id: old.id)
  }
}
