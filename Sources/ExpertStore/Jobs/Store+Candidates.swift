internal import ExpertPlatform
package import ExpertRecord

/// An accepted candidate, and the kept record that it is like, where it is like one.
package struct AcceptedCandidate: Sendable, Hashable {
  package let n: Int
  package let ordinal: Int
  package let rid: RecordID
  package let record: Record
  /// A near copy that was kept all the same; the two belong to one cluster.
  package let twin: RecordID?
}

extension Store {
  /// The ids of all candidates of a job, whatever became of them.
  package func candidateIDs(of job: Job) throws -> Set<RecordID> {
    try read { context in
      Set(
        try context.connection.all(
          "SELECT rid FROM candidate WHERE job_id = ?", .integer(job.id)
        ) { try context.recordID($0, 0) })
    }
  }

  /// The accepted candidates of a job, by slot and ordinal.
  package func acceptedCandidates(of job: Job) throws -> [AcceptedCandidate] {
    try read { context in
      let rows = try context.connection.all(
        """
        SELECT c.n, c.ordinal, c.rid, c.object_id, d.of_rid
        FROM candidate c LEFT JOIN duplicate d ON d.candidate_id = c.id
        WHERE c.job_id = ? AND c.verdict = 1 ORDER BY c.n, c.ordinal
        """,
        .integer(job.id)
      ) { row in
        (
          Int(row.int(0)), Int(row.int(1)), try context.recordID(row, 2), row.int(3),
          row.isNull(4) ? nil : try context.recordID(row, 4)
        )
      }
      return try rows.map { row in
        AcceptedCandidate(
          n: row.0, ordinal: row.1, rid: row.2,
          record: try context.record(row.3, job.dataset.kind), twin: row.4)
      }
    }
  }

  /// The newest version of a dataset's `main`, or `nil` where it has none yet.
  package func newestVersion(of dataset: Dataset) throws -> VersionRef? {
    try head(of: dataset.name).map { VersionRef(dataset: dataset, commit: $0, split: nil) }
  }
}
