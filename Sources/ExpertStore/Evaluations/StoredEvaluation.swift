package import ExpertPlatform
package import ExpertRecord

/// What an evaluation found, in figures; its whole report is an object of the store.
package struct EvaluationFigures: Sendable, Hashable {
  /// What was measured: the adapter's SHA-256, or a name where there is none.
  package var subject: String
  package var examples: Int
  /// The benchmark score, from 0 to 1, of the expert and of its base.
  package var score: Double?
  package var baseScore: Double?
  /// Wins and half of the ties against the base, as a share.
  package var winRate: Double?

  package init(
    subject: String, examples: Int, score: Double? = nil, baseScore: Double? = nil,
    winRate: Double? = nil
  ) {
    self.subject = subject
    self.examples = examples
    self.score = score
    self.baseScore = baseScore
    self.winRate = winRate
  }
}

/// An evaluation that the store keeps, with the version that its records came from.
package struct StoredEvaluation: Sendable, Hashable {
  package let id: Int64
  package let commit: Commit
  package let split: Split?
  package let figures: EvaluationFigures
  /// The identity of the report.
  package let report: Digest
  package let time: String
}

extension Store {
  /// Keeps the report of an evaluation on records of a version. The same report of the same version
  /// is kept once.
  @discardableResult
  package func keep(
    _ report: JSONValue, _ figures: EvaluationFigures, of version: VersionRef
  ) throws -> StoredEvaluation {
    try write("evaluation of \(version.description)") { context in
      let object = try context.objects.put(
        NewObject(.evaluation, json: report), context.connection)
      try context.connection.run(
        """
        INSERT OR IGNORE INTO evaluation(
          commit_id, split, subject, examples, score, base_score, win_rate, report_id, time_utc)
        VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        .integer(version.commit.id), .optional(version.split?.rawValue), .text(figures.subject),
        .integer(Int64(figures.examples)), .optional(figures.score),
        .optional(figures.baseScore), .optional(figures.winRate), .integer(object),
        .text(Timestamp.text(context.now)))
      let kept = try context.evaluations(
        where: "e.commit_id = ? AND e.report_id = ?", .integer(version.commit.id),
        .integer(object))
      guard let kept = kept.first else {
        throw StoreError.damaged(path: path, what: "an evaluation vanished as it was written")
      }
      return kept
    }
  }

  /// The evaluations of a dataset's versions, oldest first.
  package func evaluations(of dataset: String) throws -> [StoredEvaluation] {
    try read { context in
      let id = try context.dataset(named: dataset).id
      guard try context.hasTable("evaluation") else { return [] }
      return try context.evaluations(where: "c.dataset_id = ?", .integer(id))
    }
  }

  /// The whole report of an evaluation.
  package func report(of evaluation: StoredEvaluation) throws -> JSONValue {
    try read { context in
      let object = try context.connection.first(
        "SELECT report_id FROM evaluation WHERE id = ?", .integer(evaluation.id)
      ) { $0.int(0) }
      guard let object else {
        throw StoreError.damaged(path: path, what: "evaluation \(evaluation.id) is gone")
      }
      return try context.objects.json(of: object, context.connection)
    }
  }
}

extension Context {
  /// Whether the store has a table that older formats had not: a reader takes their stores as they
  /// are.
  func hasTable(_ name: String) throws -> Bool {
    try connection.int("SELECT count(*) FROM sqlite_master WHERE name = ?", .text(name)) > 0
  }

  fileprivate func evaluations(
    where condition: String, _ values: SQLValue...
  ) throws -> [StoredEvaluation] {
    var rows: [(commit: Int64, build: (Commit) -> StoredEvaluation)] = []
    try connection.each(
      """
      SELECT e.id, e.commit_id, e.split, e.subject, e.examples, e.score, e.base_score, e.win_rate,
        o.hash, e.time_utc
      FROM evaluation e JOIN commit_ c ON c.id = e.commit_id JOIN object o ON o.id = e.report_id
      WHERE \(condition) ORDER BY e.id
      """, values
    ) { row in
      let figures = EvaluationFigures(
        subject: row.text(3), examples: Int(row.int(4)), score: row.optionalReal(5),
        baseScore: row.optionalReal(6), winRate: row.optionalReal(7))
      let (id, time, split) = (row.int(0), row.text(9), Split(rawValue: row.text(2)))
      guard let hash = row.digest(8) else { return }
      rows.append(
        (
          row.int(1),
          {
            StoredEvaluation(
              id: id, commit: $0, split: split, figures: figures, report: hash, time: time)
          }
        ))
    }
    return try rows.map { $0.build(try commit(id: $0.commit)) }
  }
}
