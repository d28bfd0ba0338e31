internal import ExpertPlatform
internal import ExpertRecord

extension Store {
  /// Where a job stands, counted from its rows.
  package func tally(_ job: Job) throws -> JobTally {
    try read { context in
      var tally = JobTally()
      try context.countSlots(job, &tally)
      try context.countCandidates(job, &tally)
      try context.countReasons(job, &tally)
      try context.countCost(job, &tally)
      return tally
    }
  }
}

extension Context {
  fileprivate func countSlots(_ job: Job, _ tally: inout JobTally) throws {
    try connection.each(
      "SELECT state, count(*), sum(reused) FROM slot WHERE job_id = ? GROUP BY state",
      [.integer(job.id)]
    ) { row in
      if let state = SlotState(rawValue: row.text(0)) { tally.slots[state] = Int(row.int(1)) }
      tally.reusedSlots += Int(row.int(2))
    }
    tally.lostInFlight = Int(
      try connection.int("SELECT lost_in_flight FROM job WHERE id = ?", .integer(job.id)))
  }

  fileprivate func countCandidates(_ job: Job, _ tally: inout JobTally) throws {
    try connection.each(
      "SELECT verdict, count(*) FROM candidate WHERE job_id = ? GROUP BY verdict",
      [.integer(job.id)]
    ) { row in
      let count = Int(row.int(1))
      tally.candidates += count
      switch row.int(0) {
      case 1: tally.accepted = count
      case 2: tally.rejected = count
      case 3: tally.surplus = count
      default: tally.unjudged += count
      }
    }
    let cells = try connection.all(
      """
      SELECT s.cell, count(*) FROM candidate c JOIN slot s ON s.id = c.slot_id
      WHERE c.job_id = ? AND c.verdict = 1 GROUP BY s.cell
      """,
      .integer(job.id)
    ) { ($0.text(0), Int($0.int(1))) }
    for (text, count) in cells { tally.acceptedByCell[try cell(text), default: 0] += count }
  }

  fileprivate func countReasons(_ job: Job, _ tally: inout JobTally) throws {
    try connection.each(
      "SELECT filter, count(*) FROM rejection WHERE job_id = ? GROUP BY filter",
      [.integer(job.id)]
    ) { tally.rejectionsByFilter[$0.text(0)] = Int($0.int(1)) }
  }

  /// Tokens of the answers that were paid for by this job; money of every attempt, or of the answer
  /// where its attempts name none.
  fileprivate func countCost(_ job: Job, _ tally: inout JobTally) throws {
    try connection.each(
      "SELECT total(tokens_in), total(tokens_out) FROM slot WHERE job_id = ? AND reused = 0",
      [.integer(job.id)]
    ) { row in
      tally.tokensIn = Int(row.real(0))
      tally.tokensOut = Int(row.real(1))
    }
    try connection.each(
      """
      SELECT coalesce(sum(max(coalesce(s.cost_micros, 0), coalesce(a.cost, 0))), 0),
        coalesce(sum(a.n), 0)
      FROM slot s LEFT JOIN (SELECT slot_id, sum(cost_micros) AS cost, count(*) AS n FROM attempt
        WHERE slot_id IN (SELECT id FROM slot WHERE job_id = ?1) GROUP BY slot_id) a
        ON a.slot_id = s.id
      WHERE s.job_id = ?1
      """,
      [.integer(job.id)]
    ) { row in
      tally.costMicros = row.int(0)
      tally.attempts = Int(row.int(1))
    }
  }
}
