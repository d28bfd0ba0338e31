internal import ExpertPlatform
package import ExpertRecord

extension Store {
  /// The whole story of one record.
  package func why(_ rid: RecordID) throws -> RecordStory {
    try read { context in
      let dataset = try context.dataset(holding: rid)
      guard let dataset else { throw StoreError.unknownRecord(rid: rid.description) }
      var story = RecordStory(rid: rid, dataset: dataset, origin: .unknown)
      try context.tellCandidate(&story)
      try context.tellVersions(&story)
      if case .unknown = story.origin { try context.tellFile(&story) }
      story.rejections = try context.rejections("rid = ?", .blob(rid.bytes), dataset.kind)
      return story
    }
  }

  /// What was dropped by a job, oldest first.
  package func rejections(
    of job: Job, filter: String? = nil, limit: Int = 1000
  ) throws -> [RejectionRow] {
    try read { context in
      try context.rejections(
        "job_id = ?", .integer(job.id), job.dataset.kind, filter: filter, limit: limit)
    }
  }

  /// What was dropped from a dataset, by its jobs and by commits, oldest first.
  package func rejections(
    of dataset: Dataset, filter: String? = nil, limit: Int = 1000
  ) throws -> [RejectionRow] {
    try read { context in
      try context.rejections(
        "dataset_id = ?", .integer(dataset.id), dataset.kind, filter: filter, limit: limit)
    }
  }
}

extension Context {
  fileprivate func dataset(holding rid: RecordID) throws -> Dataset? {
    let id = try connection.first(
      """
      SELECT j.dataset_id FROM candidate c JOIN job j ON j.id = c.job_id WHERE c.rid = ?1
      UNION ALL SELECT c.dataset_id FROM commit_ c JOIN delta d ON d.commit_id = c.id
        AND d.rid = ?1
      LIMIT 1
      """,
      .blob(rid.bytes)
    ) { $0.int(0) }
    return try id.map { try dataset(id: $0) }
  }

  fileprivate func rejections(
    _ condition: String, _ value: SQLValue, _ kind: RecordKind, filter: String? = nil,
    limit: Int = 1000
  ) throws -> [RejectionRow] {
    let rows = try connection.all(
      """
      SELECT r.rid, s.n, r.ordinal, r.filter, r.score, r.detail, r.text, r.object_id
      FROM rejection r LEFT JOIN slot s ON s.id = r.slot_id
      WHERE r.\(condition) AND (?2 IS NULL OR r.filter = ?2) ORDER BY r.id LIMIT ?3
      """,
      value, .optional(filter), .integer(Int64(limit))
    ) { row in
      (
        row.optionalBlob(0), row.optionalInt(1), row.optionalInt(2), row.text(3),
        row.optionalReal(4), row.text(5), row.optionalText(6), row.optionalInt(7)
      )
    }
    return try rows.map { row in
      RejectionRow(
        rid: row.0.flatMap { RecordID(bytes: $0) }, slot: row.1.map { Int($0) },
        ordinal: row.2.map { Int($0) }, filter: row.3, score: row.4, detail: row.5, text: row.6,
        record: try row.7.map { try record($0, kind) })
    }
  }
}

// The candidate and the slot it came from.
extension Context {
  fileprivate func tellCandidate(_ story: inout RecordStory) throws {
    let row = try connection.first(
      """
      SELECT c.job_id, c.slot_id, c.ordinal, c.verdict, c.object_id, c.attrs_id, d.of_rid,
        d.method, d.similarity
      FROM candidate c LEFT JOIN duplicate d ON d.candidate_id = c.id WHERE c.rid = ?
      """,
      .blob(story.rid.bytes)
    ) { row in
      (
        row.int(0), row.int(1), Int(row.int(2)), Int(row.int(3)), row.int(4), row.int(5),
        row.optionalBlob(6), row.optionalText(7), row.optionalReal(8)
      )
    }
    guard let row else { return }
    let names = ["unjudged", "accepted", "rejected", "surplus"]
    story.verdict = CandidateStory(
      verdict: names.indices.contains(row.3) ? names[row.3] : "unknown",
      duplicateOf: row.6.flatMap { RecordID(bytes: $0) }, duplicateMethod: row.7,
      similarity: row.8)
    story.latest = try stored(
      Member(rid: story.rid, object: row.4, attrs: row.5, seq: 0), story.dataset.kind)
    story.origin = .job(try origin(job: row.0, slot: row.1, ordinal: row.2))
  }

  private func origin(job: Int64, slot: Int64, ordinal: Int) throws -> JobOrigin {
    let row = try connection.first(
      """
      SELECT n, round, cell, template_id, request_id, reply_id, reused, cost_micros,
        (SELECT count(*) FROM candidate c WHERE c.slot_id = slot.id) FROM slot WHERE id = ?
      """,
      .integer(slot)
    ) { row in
      (
        Int(row.int(0)), Int(row.int(1)), row.text(2), row.optionalInt(3), row.int(4),
        row.optionalInt(5), row.int(6) == 1, row.optionalInt(7), Int(row.int(8))
      )
    }
    guard let row else { throw SQLFailure(code: 11, message: "slot \(slot) is missing") }
    let template = try row.3.map { try objects.json(of: $0, connection) }
    return JobOrigin(
      job: try self.job(id: job), slot: row.0, round: row.1, ordinal: ordinal,
      cell: try cell(row.2), templateName: template?["name"]?.string,
      templateVersion: template?["version"]?.integer,
      templateHash: template?["sha256"]?.string,
      request: try objects.json(of: row.4, connection),
      reply: try row.5.map { try objects.json(of: $0, connection) }, reused: row.6,
      attempts: try attempts(slot), costMicros: row.7, siblings: row.8)
  }

  private func attempts(_ slot: Int64) throws -> [AttemptRow] {
    try connection.all(
      """
      SELECT status, provider, model, provider_request_id, tokens_in, tokens_out, cost_micros,
        error FROM attempt WHERE slot_id = ? ORDER BY id
      """,
      .integer(slot)
    ) { row in
      AttemptRow(
        status: row.text(0), provider: row.optionalText(1), model: row.optionalText(2),
        providerRequestID: row.optionalText(3), tokensIn: row.optionalInt(4).map { Int($0) },
        tokensOut: row.optionalInt(5).map { Int($0) }, costMicros: row.optionalInt(6),
        error: row.optionalText(7))
    }
  }
}

// The commits that changed it and the versions that hold it.
extension Context {
  fileprivate func tellVersions(_ story: inout RecordStory) throws {
    let holders = try holders(of: story.rid, story.dataset)
    for (commit, row) in holders.changes {
      let commit = try self.commit(id: commit)
      let sides = try [row.was, row.now].map { side in
        try side.map {
          try stored(
            Member(rid: story.rid, object: $0.object, attrs: $0.attrs, seq: 0),
            story.dataset.kind)
        }
      }
      story.events.append(
        RecordEvent(
          commit: commit, kind: Self.kind(sides[0], sides[1]), before: sides[0], after: sides[1]))
      story.latest = sides[1] ?? story.latest
    }
    story.versions = holders.numbers
    for (kind, name, commit) in try refRows(of: story.dataset)
    where holders.commits.contains(commit) {
      if kind == "tag" { story.tags.append(name) } else { story.branches.append(name) }
    }
  }

  private static func kind(_ before: StoredRecord?, _ after: StoredRecord?) -> RecordEvent.Kind {
    guard let before else { return .added }
    guard let after else { return .removed }
    if before.hash != after.hash { return .edited }
    return before.attributes.split == after.attributes.split ? .relabelled : .moved
  }

  private func refRows(of dataset: Dataset) throws -> [(String, String, Int64)] {
    try connection.all(
      "SELECT kind, name, commit_id FROM ref WHERE dataset_id = ? ORDER BY name",
      .integer(dataset.id)
    ) { ($0.text(0), $0.text(1), $0.int(2)) }
  }

  /// The commits that hold a record, found from the deltas that name it: a commit without one holds
  /// what its first parent does.
  func holders(of rid: RecordID, _ dataset: Dataset) throws -> RecordHolders {
    var holders = RecordHolders()
    let commits = try connection.all(
      """
      SELECT c.id, c.number, (SELECT parent_id FROM commit_parent p
        WHERE p.commit_id = c.id AND p.ord = 0)
      FROM commit_ c WHERE c.dataset_id = ? ORDER BY c.generation, c.id
      """,
      .integer(dataset.id)
    ) { ($0.int(0), Int($0.int(1)), $0.optionalInt(2)) }
    for (id, number, parent) in commits {
      let row = try connection.first(
        """
        SELECT rid, seq, object_id, attrs_id, was_object_id, was_attrs_id FROM delta
        WHERE commit_id = ? AND rid = ?
        """,
        .integer(id), .blob(rid.bytes), as: deltaRow(_:))
      if let row { holders.changes.append((id, row)) }
      let isHeld = row.map { $0.now != nil } ?? parent.map { holders.commits.contains($0) } ?? false
      guard isHeld else { continue }
      holders.commits.insert(id)
      holders.numbers.append(number)
    }
    return holders
  }
}

/// Which commits hold one record.
struct RecordHolders {
  var commits: Set<Int64> = []
  var numbers: [Int] = []
  var changes: [(commit: Int64, row: DeltaRow)] = []
}

// The file it was read from.
extension Context {
  /// Lines looked through for the one that gives the rid.
  private static let linesTried = 5_000_000

  fileprivate func tellFile(_ story: inout RecordStory) throws {
    guard let first = story.events.first?.commit else { return }
    let detail = try connection.first(
      "SELECT detail_id FROM commit_ WHERE id = ?", .integer(first.id)
    ) { $0.optionalInt(0) }
    guard let id = detail ?? nil else { return }
    let json = try objects.json(of: id, connection)
    guard let file = json["file"]?.string, let hex = json["sha256"]?.string,
      let digest = Digest(hex: hex)
    else { return }
    let line = Self.line(of: story.rid, digest, rows: json["rows"]?.integer ?? 0)
    story.origin = .file(FileOrigin(file: file, sha256: hex, line: line))
  }

  /// The line whose rid this is: blank lines count too, so it may be past the number of rows.
  private static func line(of rid: RecordID, _ digest: Digest, rows: Int) -> Int? {
    (1...min(max(rows * 2, 1000), linesTried)).first { RecordID(file: digest, line: $0) == rid }
  }
}
