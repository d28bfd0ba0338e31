internal import ExpertPlatform
internal import ExpertRecord

extension Store {
  /// Adds slots to a job, all of them or none. A slot whose question was answered before, in any
  /// job, takes that answer over: it is received at no cost. Slots that are there already stay.
  package func plan(_ slots: [SlotPlan], job: Job) throws {
    try write("plan") { context in
      for slot in slots { try context.plan(slot, job) }
    }
  }

  /// The slots of a job in these states, by number.
  package func slots(of job: Job, in states: Set<SlotState> = Set(SlotState.allCases)) throws
    -> [Slot]
  {
    try read { context in
      try states.flatMap { try context.slots(job, $0) }.sorted { $0.n < $1.n }
    }
  }

  /// Notes which slots are about to be asked, so that a kill can tell how many were under way.
  package func markInFlight(_ slots: [Int], job: Job) throws {
    try write("ask") { context in
      for n in slots { try context.markInFlight(n, job) }
    }
  }
}

extension Context {
  func markInFlight(_ n: Int, _ job: Job) throws {
    try connection.run(
      "UPDATE slot SET in_flight = 1 WHERE job_id = ? AND n = ? AND state = 'planned'",
      .integer(job.id), .integer(Int64(n)))
  }

  fileprivate func plan(_ slot: SlotPlan, _ job: Job) throws {
    let request = try objects.put(NewObject(.request, json: slot.request), connection)
    let template = try slot.template.map {
      try objects.put(NewObject(.template, json: $0.json), connection)
    }
    try connection.run(
      """
      INSERT OR IGNORE INTO slot(job_id, n, round, cell, template_id, request_id,
        idempotency_key, state)
      VALUES(?, ?, ?, ?, ?, ?, ?, 'planned')
      """,
      .integer(job.id), .integer(Int64(slot.n)), .integer(Int64(slot.round)),
      .text(CanonicalJSON.text(of: slot.cell)), .optional(template), .integer(request),
      .digest(slot.idempotencyKey))
    guard connection.changes == 1 else { return }
    try takeOver(slot: connection.lastInsertedRow, n: slot.n, job)
  }

  /// Copies an earlier answer to the same question, its records under rids of this job.
  func takeOver(slot id: Int64, n: Int, _ job: Job) throws {
    let answer = try connection.first(
      "SELECT a.slot_id, a.reply_id FROM answer a JOIN slot s"
        + " ON s.idempotency_key = a.idempotency_key WHERE s.id = ?", .integer(id)
    ) { ($0.int(0), $0.int(1)) }
    guard let (source, reply) = answer else { return }
    try connection.run(
      "UPDATE slot SET state = 'received', in_flight = 0, reused = 1, reply_id = ?,"
        + " cost_micros = 0 WHERE id = ?",
      .integer(reply), .integer(id))
    let candidates = try connection.all(
      "SELECT ordinal, object_id, attrs_id FROM candidate WHERE slot_id = ? ORDER BY ordinal",
      .integer(source)
    ) { (Int($0.int(0)), $0.int(1), $0.int(2)) }
    for (ordinal, object, attrs) in candidates {
      let rid = RecordID(job: job.key, slot: n, ordinal: ordinal)
      try insertCandidate(
        job: job.id, slot: id, n: n, ordinal: ordinal, rid: rid, object: object, attrs: attrs)
    }
    try connection.run(
      """
      INSERT INTO rejection(dataset_id, job_id, slot_id, ordinal, filter, score, detail, text)
      SELECT ?, ?, ?, ordinal, filter, score, detail, text FROM rejection
      WHERE slot_id = ? AND candidate_id IS NULL
      """,
      .integer(job.dataset.id), .integer(job.id), .integer(id), .integer(source))
  }

  func insertCandidate(
    job: Int64, slot: Int64, n: Int, ordinal: Int, rid: RecordID, object: Int64, attrs: Int64
  ) throws {
    try connection.run(
      """
      INSERT INTO candidate(job_id, slot_id, n, ordinal, rid, object_id, attrs_id)
      VALUES(?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(job), .integer(slot), .integer(Int64(n)), .integer(Int64(ordinal)),
      .blob(rid.bytes), .integer(object), .integer(attrs))
  }

  fileprivate func slots(_ job: Job, _ state: SlotState) throws -> [Slot] {
    let rows = try connection.all(
      """
      SELECT id, n, round, cell, request_id, idempotency_key, reused,
        (SELECT count(*) FROM attempt a WHERE a.slot_id = slot.id)
      FROM slot WHERE job_id = ? AND state = ? ORDER BY n
      """,
      .integer(job.id), .text(state.rawValue)
    ) { row in
      (
        row.int(0), Int(row.int(1)), Int(row.int(2)), row.text(3), row.int(4), row.digest(5),
        row.int(6) == 1, Int(row.int(7))
      )
    }
    return try rows.map { row in
      guard let key = row.5 else {
        throw SQLFailure(code: 11, message: "slot \(row.0) has no key")
      }
      return Slot(
        id: row.0, n: row.1, round: row.2, cell: try cell(row.3),
        request: try objects.json(of: row.4, connection), idempotencyKey: key, state: state,
        reused: row.6, attempts: row.7)
    }
  }

  func cell(_ text: String) throws -> JSONValue {
    do {
      return try JSONValue.parse(text)
    } catch {
      throw SQLFailure(code: 11, message: "the plan cell of a slot is no JSON")
    }
  }
}
