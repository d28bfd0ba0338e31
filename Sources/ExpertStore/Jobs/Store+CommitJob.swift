package import ExpertPlatform
package import ExpertRecord

/// A record on its way into a version, for whoever assigns the splits.
package struct SplitQuestion: Sendable, Hashable {
  package let rid: RecordID
  package let contentHash: Digest
  package let attributes: RecordAttributes
}

extension Store {
  /// Commits the accepted candidates of a job that its dataset's `main` does not hold yet, in the
  /// order of their slots; `nil` when there are none. Each record's request and reply are linked to
  /// it. `assignSplits` gives one split for each question, in order; `nil` leaves splits alone.
  package func commitJob(
    _ job: Job, note: CommitNote,
    assignSplits: (([SplitQuestion]) throws -> [Split])? = nil
  ) throws -> Commit? {
    let (head, waiting) = try read { context in
      let head = try context.head(of: "main", job.dataset)
      return (head, try context.waiting(job, head: head))
    }
    guard !waiting.isEmpty else { return nil }
    let splits = try assignSplits.map { assign in
      try assign(waiting.map(\.question))
    }
    if let splits { precondition(splits.count == waiting.count, "one split for each record") }
    return try write("commit job") { context in
      let members = try head.map { try context.membership(of: $0.id) } ?? Membership()
      var seq = members.highestSeq
      let rows = try waiting.enumerated().map { i, candidate in
        var attributes = candidate.question.attributes
        if let splits { attributes.split = splits[i] }
        seq += 1
        return DeltaRow(
          rid: candidate.question.rid, seq: seq,
          now: .init(object: candidate.object, attrs: try context.put(attributes)), was: nil)
      }
      let commit = try context.write(
        CommitDraft(
          dataset: job.dataset, branch: "main", parent: head, rows: rows, note: note,
          members: members))
      try context.link(waiting, to: commit, job)
      return commit
    }
  }
}

/// An accepted candidate that is in no version yet.
private struct WaitingCandidate {
  var question: SplitQuestion
  var object: Int64
  var request: Int64
  var reply: Int64?
}

extension Context {
  fileprivate func waiting(_ job: Job, head: Commit?) throws -> [WaitingCandidate] {
    let members = try head.map { try membership(of: $0.id) } ?? Membership()
    let rows = try connection.all(
      """
      SELECT c.rid, c.object_id, c.attrs_id, s.request_id, s.reply_id
      FROM candidate c JOIN slot s ON s.id = c.slot_id
      WHERE c.job_id = ? AND c.verdict = 1 AND NOT EXISTS(
        SELECT 1 FROM edge e WHERE e.rid = c.rid AND e.role = 'request')
      ORDER BY c.n, c.ordinal
      """,
      .integer(job.id)
    ) { (try recordID($0, 0), $0.int(1), $0.int(2), $0.int(3), $0.optionalInt(4)) }
    return try rows.filter { members[$0.0] == nil }.map { row in
      WaitingCandidate(
        question: SplitQuestion(
          rid: row.0, contentHash: try objects.hash(of: row.1, connection),
          attributes: try attributes(row.2)),
        object: row.1, request: row.3, reply: row.4)
    }
  }

  fileprivate func link(_ records: [WaitingCandidate], to commit: Commit, _ job: Job) throws {
    for record in records {
      try addEdge(record.question.rid, record.request, role: "request")
      if let reply = record.reply { try addEdge(record.question.rid, reply, role: "reply") }
    }
    try connection.run(
      "INSERT OR IGNORE INTO job_commit VALUES(?, ?)", .integer(job.id), .integer(commit.id))
  }
}
