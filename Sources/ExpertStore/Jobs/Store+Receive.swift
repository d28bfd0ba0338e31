internal import ExpertPlatform
internal import ExpertRecord

extension Store {
  /// Stores answers with their records, slot states and cost in **one** transaction. An answer to a
  /// question that has one already changes nothing. Gives the numbers of the slots that were new.
  ///
  /// When this returns, the answers are on the disk: they need never be asked for again. `asking`
  /// names the slots that are about to be asked, so that a kill can tell how many were under way.
  @discardableResult
  package func receive(_ batch: [Receipt], asking: [Int] = [], job: Job) throws -> Set<Int> {
    try write("receive") { context in
      for n in asking { try context.markInFlight(n, job) }
      var new: Set<Int> = []
      for receipt in batch where try context.receive(receipt, job) { new.insert(receipt.n) }
      return new
    }
  }

  /// Stores that requests gave no answer.
  package func fail(_ failures: [SlotFailure], job: Job) throws {
    try write("fail") { context in
      for failure in failures {
        let slot = try context.slotID(failure.n, job)
        try context.connection.run(
          "UPDATE slot SET in_flight = 0, state = ? WHERE id = ? AND state <> 'received'",
          .text(failure.mayBeAskedAgain ? "planned" : "failed"), .integer(slot))
        try context.insert(failure.attempts, slot: slot)
      }
    }
  }
}

extension Context {
  fileprivate func slotID(_ n: Int, _ job: Job) throws -> Int64 {
    let id = try connection.first(
      "SELECT id FROM slot WHERE job_id = ? AND n = ?", .integer(job.id), .integer(Int64(n))
    ) { $0.int(0) }
    guard let id else { throw StoreError.unknownSlot(job: job.key.hex, n: n) }
    return id
  }

  fileprivate func receive(_ receipt: Receipt, _ job: Job) throws -> Bool {
    let slot = try slotID(receipt.n, job)
    let reply = try objects.put(NewObject(.reply, json: receipt.reply), connection)
    // The unique key of `answer` is what makes arrival happen once.
    try connection.run(
      """
      INSERT OR IGNORE INTO answer(idempotency_key, slot_id, reply_id)
      SELECT idempotency_key, id, ? FROM slot WHERE id = ?
      """,
      .integer(reply), .integer(slot))
    guard connection.changes == 1 else {
      return try takeOverLate(receipt, slot: slot, job)
    }
    try connection.run(
      """
      UPDATE slot SET state = 'received', in_flight = 0, reply_id = ?, tokens_in = ?,
        tokens_out = ?, cost_micros = ? WHERE id = ?
      """,
      .integer(reply), .optional(receipt.tokensIn.map(Int64.init)),
      .optional(receipt.tokensOut.map(Int64.init)), .optional(receipt.costMicros), .integer(slot))
    try insert(receipt.attempts, slot: slot)
    for candidate in receipt.candidates {
      try insertCandidate(
        job: job.id, slot: slot, n: receipt.n, ordinal: candidate.ordinal, rid: candidate.rid,
        object: try put(candidate.record, job.dataset.kind), attrs: try put(candidate.attributes))
    }
    for piece in receipt.rejections { try insert(piece, slot: slot, job) }
    return true
  }

  /// Another job answered the same question while this one was asking: the slot takes the first
  /// answer over, and keeps what its own attempts cost. A slot that had its answer stays as it is.
  private func takeOverLate(_ receipt: Receipt, slot: Int64, _ job: Job) throws -> Bool {
    let isWaiting = try connection.int(
      "SELECT state <> 'received' FROM slot WHERE id = ?", .integer(slot))
    guard isWaiting == 1 else { return false }
    try takeOver(slot: slot, n: receipt.n, job)
    try insert(receipt.attempts, slot: slot)
    return true
  }

  fileprivate func insert(_ attempts: [AttemptRow], slot: Int64) throws {
    for attempt in attempts {
      try connection.run(
        """
        INSERT INTO attempt(slot_id, status, provider, model, provider_request_id, tokens_in,
          tokens_out, cost_micros, error, time_us) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        .integer(slot), .text(attempt.status), .optional(attempt.provider),
        .optional(attempt.model), .optional(attempt.providerRequestID),
        .optional(attempt.tokensIn.map(Int64.init)), .optional(attempt.tokensOut.map(Int64.init)),
        .optional(attempt.costMicros), .optional(attempt.error), .integer(now))
    }
  }

  private func insert(_ piece: RejectedPiece, slot: Int64, _ job: Job) throws {
    try connection.run(
      """
      INSERT INTO rejection(dataset_id, job_id, slot_id, ordinal, filter, score, detail, text)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(job.dataset.id), .integer(job.id), .integer(slot),
      .optional(piece.ordinal.map(Int64.init)), .text(piece.filter), .optional(piece.score),
      .text(piece.detail), .optional(piece.text))
  }
}
