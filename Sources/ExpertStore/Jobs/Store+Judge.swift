internal import ExpertPlatform
internal import ExpertRecord

extension Store {
  /// The candidates to judge next, by slot and ordinal, up to the first slot whose answer is still
  /// to come: so the order of judging does not depend on the order of arrival. Slots that were given
  /// up are passed over.
  package func unjudged(_ job: Job, limit: Int) throws -> [StoredCandidate] {
    try read { context in
      let end = try context.connection.first(
        "SELECT min(n) FROM slot WHERE job_id = ? AND state = 'planned'", .integer(job.id)
      ) { $0.optionalInt(0) }
      let rows = try context.connection.all(
        """
        SELECT c.id, c.n, c.ordinal, c.rid, c.object_id, c.attrs_id, s.cell
        FROM candidate c JOIN slot s ON s.id = c.slot_id
        WHERE c.job_id = ? AND c.verdict = 0 AND c.n < ? ORDER BY c.n, c.ordinal LIMIT ?
        """,
        .integer(job.id), .integer((end ?? nil) ?? .max), .integer(Int64(limit))
      ) { row in
        (
          row.int(0), Int(row.int(1)), Int(row.int(2)), try context.recordID(row, 3), row.int(4),
          row.int(5), row.text(6)
        )
      }
      return try rows.map { row in
        StoredCandidate(
          id: row.0, n: row.1, ordinal: row.2, rid: row.3,
          hash: try context.objects.hash(of: row.4, context.connection),
          record: try context.record(row.4, job.dataset.kind),
          attributes: try context.attributes(row.5), cell: try context.cell(row.6))
      }
    }
  }

  /// Stores verdicts, with the reason of each rejection and the twin of each duplicate.
  package func judge(_ verdicts: [Judgement], job: Job) throws {
    try write("judge") { context in
      for verdict in verdicts { try context.judge(verdict, job) }
    }
  }

  /// Takes every verdict of a job back, for judging anew with other filters; answers stay.
  package func resetJudgement(_ job: Job) throws {
    try write("judge anew") { context in
      try context.connection.run(
        "DELETE FROM rejection WHERE job_id = ? AND candidate_id IS NOT NULL", .integer(job.id))
      try context.connection.run(
        "DELETE FROM duplicate WHERE candidate_id IN (SELECT id FROM candidate WHERE job_id = ?)",
        .integer(job.id))
      try context.connection.run(
        "UPDATE candidate SET verdict = 0 WHERE job_id = ?", .integer(job.id))
    }
  }
}

extension Context {
  fileprivate func judge(_ judgement: Judgement, _ job: Job) throws {
    let attrs = try judgement.attributes.map { try put($0) }
    try connection.run(
      """
      UPDATE candidate SET verdict = ?, attrs_id = coalesce(?, attrs_id)
      WHERE id = ? AND job_id = ? AND verdict = 0
      """,
      .integer(judgement.verdict.code), .optional(attrs), .integer(judgement.candidate),
      .integer(job.id))
    guard connection.changes == 1 else { return }
    if case .rejected(let filter, let score, let detail) = judgement.verdict {
      try connection.run(
        """
        INSERT INTO rejection(dataset_id, job_id, slot_id, candidate_id, rid, object_id, ordinal,
          filter, score, detail)
        SELECT ?, job_id, slot_id, id, rid, object_id, ordinal, ?, ?, ? FROM candidate
        WHERE id = ?
        """,
        .integer(job.dataset.id), .text(filter), .optional(score), .text(detail),
        .integer(judgement.candidate))
    }
    if let twin = judgement.duplicateOf { try insert(twin, candidate: judgement.candidate) }
  }

  private func insert(_ twin: DuplicateOf, candidate: Int64) throws {
    let object = try twin.object.flatMap { try objects.id(of: $0, connection) }
    try connection.run(
      """
      INSERT OR REPLACE INTO duplicate(candidate_id, object_id, of_id, of_rid, method, similarity)
      SELECT id, object_id, coalesce(?2, (SELECT object_id FROM candidate WHERE rid = ?3)), ?3,
        ?4, ?5 FROM candidate WHERE id = ?1
      """,
      .integer(candidate), .optional(object), twin.rid.map { .blob($0.bytes) } ?? .null,
      .text(twin.method), .optional(twin.similarity))
  }
}
