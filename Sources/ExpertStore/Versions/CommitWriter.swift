internal import ExpertPlatform
internal import ExpertRecord

/// One row of a delta: a rid, what it is now and what it was in the first parent.
struct DeltaRow: Sendable, Hashable {
  var rid: RecordID
  var seq: Int64
  var now: Content?
  var was: Content?

  struct Content: Sendable, Hashable {
    var object: Int64
    var attrs: Int64
  }
}

/// What a commit is made of.
struct CommitDraft {
  var dataset: Dataset
  var branch: String
  /// The commit that the branch must stand at; `nil` for the first.
  var parent: Commit?
  /// In any order, each rid once, each row a real change.
  var rows: [DeltaRow]
  var note: CommitNote
  /// The parent's members; the writer applies the rows to them.
  var members: Membership
}

extension Context {
  /// Writes a commit and moves the branch from the parent to it.
  func write(_ draft: consuming CommitDraft) throws -> Commit {
    draft.rows.sort { $0.rid < $1.rid }
    confined.latest = nil
    var members = draft.members
    draft.members = Membership()
    for row in draft.rows {
      if let now = row.now {
        members.put(Member(rid: row.rid, object: now.object, attrs: now.attrs, seq: row.seq))
      } else {
        members.remove(row.rid)
      }
    }
    let hashes = try HashLookup(self, expecting: members.staleMembers)
    let root = try members.root { try hashes.hash(of: $0) }
    let identity = CommitIdentity(
      root: root, count: members.count, parents: draft.parent.map { [$0.hash] } ?? [],
      note: draft.note, time: Timestamp.text(now))
    let object = NewObject(.commit, json: identity.json)
    let since = try rowsSinceSnapshot(draft.parent) + draft.rows.count
    let snapshots = draft.parent != nil && since > members.count / 2
    let id = try insert(
      draft, identity, object, rows: draft.rows.count,
      since: draft.parent == nil || snapshots ? 0 : since
    )
    try insertDelta(draft.rows, commit: id)
    if snapshots { try writeSnapshot(members, commit: id) }
    try moveBranch(draft, to: id)
    confined.latest = (id, members)
    return try commit(id: id)
  }

  private func rowsSinceSnapshot(_ parent: Commit?) throws -> Int {
    guard let parent else { return 0 }
    return Int(
      try connection.int("SELECT since_snapshot FROM commit_ WHERE id = ?", .integer(parent.id)))
  }

  private func insert(
    _ draft: CommitDraft, _ identity: CommitIdentity, _ object: NewObject, rows: Int, since: Int
  ) throws -> Int64 {
    let detail = try draft.note.detail.map {
      try objects.put(NewObject(.config, json: $0), connection)
    }
    let objectID = try objects.put(object, connection)
    try connection.run(
      "UPDATE dataset SET versions = versions + 1 WHERE id = ?", .integer(draft.dataset.id))
    let number = try connection.int(
      "SELECT versions FROM dataset WHERE id = ?", .integer(draft.dataset.id))
    let semver = try SemanticVersion.after(draft.parent?.semver, change: impact(draft.rows))
    try connection.run(
      """
      INSERT INTO commit_(hash, dataset_id, number, root, record_count, generation, operation,
        message, author, time_utc, semver, detail_id, delta_rows, since_snapshot, object_id)
      VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .digest(object.hash), .integer(draft.dataset.id), .integer(number), .digest(identity.root),
      .integer(Int64(identity.count)), .integer(Int64((draft.parent?.generation ?? 0) + 1)),
      .text(draft.note.operation), .text(draft.note.message), .text(draft.note.author),
      .text(identity.time), .text(semver), .optional(detail), .integer(Int64(rows)),
      .integer(Int64(since)), .integer(objectID))
    let id = connection.lastInsertedRow
    if let parent = draft.parent {
      try connection.run(
        "INSERT INTO commit_parent VALUES(?, 0, ?)", .integer(id), .integer(parent.id))
    }
    return id
  }

  private func insertDelta(_ rows: [DeltaRow], commit: Int64) throws {
    let statement = try connection.statement("INSERT INTO delta VALUES(?, ?, ?, ?, ?, ?, ?)")
    for row in rows {
      statement.bind(1, commit)
      row.rid.withBytes { statement.bind(2, $0) }
      statement.bind(3, row.seq)
      statement.bind(4, row.now?.object)
      statement.bind(5, row.now?.attrs)
      statement.bind(6, row.was?.object)
      statement.bind(7, row.was?.attrs)
      try statement.run()
    }
  }

  private func writeSnapshot(_ members: Membership, commit: Int64) throws {
    let bits = SnapshotBucket.bits(count: members.count)
    let width = 1 << (Membership.bucketBits - bits)
    for bucket in 0..<(1 << bits) {
      let rows = members.buckets[bucket * width..<(bucket + 1) * width].joined()
      guard !rows.isEmpty else { continue }
      let object = try objects.put(
        NewObject(.snapshot, SnapshotBucket.encode(rows)), connection)
      try connection.run(
        "INSERT INTO snapshot VALUES(?, ?, ?)", .integer(commit), .integer(Int64(bucket)),
        .integer(object))
    }
  }

  /// The branch moves only from where the draft was made.
  private func moveBranch(_ draft: CommitDraft, to commit: Int64) throws {
    let found = try head(of: draft.branch, draft.dataset)
    guard found?.id == draft.parent?.id else {
      throw StoreError.branchMoved(
        dataset: draft.dataset.name, branch: draft.branch,
        expected: draft.parent?.name ?? "nothing", found: found?.name ?? "nothing")
    }
    try setRef(
      draft.dataset, kind: "branch", draft.branch, from: draft.parent?.id, to: commit,
      operation: draft.note.operation)
  }

  /// The commit at the head of a branch, or `nil` where there is no such branch.
  func head(of branch: String, _ dataset: Dataset) throws -> Commit? {
    try connection.first(
      "SELECT \(Self.commitColumns) FROM ref r JOIN commit_ c ON c.id = r.commit_id"
        + " WHERE r.dataset_id = ? AND r.kind = 'branch' AND r.name = ?",
      .integer(dataset.id), .text(branch), as: Self.commit(row:))
  }

  /// Writes a ref and its log; `to` nil deletes it.
  func setRef(
    _ dataset: Dataset, kind: String, _ name: String, from: Int64?, to: Int64?, operation: String
  ) throws {
    if let to, from != nil {
      try connection.run(
        "UPDATE ref SET commit_id = ? WHERE dataset_id = ? AND kind = ? AND name = ?",
        .integer(to), .integer(dataset.id), .text(kind), .text(name))
    } else if let to {
      try connection.run(
        "INSERT INTO ref VALUES(?, ?, ?, ?)", .integer(dataset.id), .text(kind), .text(name),
        .integer(to))
    } else {
      try connection.run(
        "DELETE FROM ref WHERE dataset_id = ? AND kind = ? AND name = ?", .integer(dataset.id),
        .text(kind), .text(name))
    }
    try connection.run(
      """
      INSERT INTO reflog(dataset_id, kind, name, old_commit_id, new_commit_id, operation, time_us)
      VALUES(?, ?, ?, ?, ?, ?, ?)
      """,
      .integer(dataset.id), .text(kind), .text(name), .optional(from), .optional(to),
      .text(operation), .integer(now))
  }
}

/// What a commit's hash covers.
struct CommitIdentity {
  var root: Digest
  var count: Int
  var parents: [Digest]
  var note: CommitNote
  var time: String

  var json: JSONValue {
    [
      "author": .string(note.author), "count": .number(Double(count)),
      "message": .string(note.message), "operation": .string(note.operation),
      "parents": .array(parents.map { .string($0.hex) }), "root": .string(root.hex),
      "time": .string(time),
    ]
  }
}

/// Object hashes by row: one by one for a few, all at once (32 bytes each) for many.
final class HashLookup {
  private let context: Context
  private var all: [Digest?] = []

  /// Reading the whole index costs about as much as this many single lookups.
  private static let worthReadingAll = 20_000

  init(_ context: Context, expecting count: Int) throws {
    self.context = context
    guard count > Self.worthReadingAll else { return }
    let last = try context.connection.int("SELECT coalesce(max(id), 0) FROM object")
    all = Array(repeating: nil, count: Int(last) + 1)
    let row = try context.connection.statement(
      "SELECT id, hash FROM object INDEXED BY sqlite_autoindex_object_1")
    defer { row.reset() }
    while try row.step() { all[Int(row.int(0))] = row.digest(1) }
  }

  func hash(of id: Int64) throws -> Digest {
    if all.indices.contains(Int(id)), let known = all[Int(id)] { return known }
    return try context.objects.hash(of: id, context.connection)
  }
}
