internal import ExpertPlatform
package import ExpertRecord

extension Store {
  /// Commits changes to a branch, which must still stand at `parent` where one is given; a branch
  /// that does not exist begins there. `nil` when the changes change nothing.
  package func commit(
    _ changes: [RecordChange], to dataset: String, kind: RecordKind, branch: String = "main",
    parent: Commit? = nil, note: CommitNote
  ) throws -> Commit? {
    try write("commit \(dataset)") { context in
      let dataset = try context.ensureDataset(dataset, kind: kind)
      if let parent, try context.head(of: branch, dataset) == nil {
        try context.startBranch(branch, dataset, at: parent)
      }
      let head = try context.head(of: branch, dataset)
      if let parent, parent.id != head?.id {
        throw StoreError.branchMoved(
          dataset: dataset.name, branch: branch, expected: parent.name,
          found: head?.name ?? "nothing")
      }
      let members = try head.map { try context.membership(of: $0.id) } ?? Membership()
      let rows = try context.rows(for: changes, on: members, kind: kind)
      guard !rows.isEmpty else { return nil }
      let commit = try context.write(
        CommitDraft(
          dataset: dataset, branch: branch, parent: head, rows: rows, note: note,
          members: members))
      try context.explain(changes, dataset: dataset, commit: commit, rows: rows)
      return commit
    }
  }
}

extension Context {
  /// The delta that a list of changes makes; a later change of the same rid builds on the earlier.
  func rows(
    for changes: [RecordChange], on members: Membership, kind: RecordKind
  ) throws -> [DeltaRow] {
    var rows: [RecordID: DeltaRow] = [:]
    var order: [RecordID] = []
    var seq = members.highestSeq
    for change in changes {
      let old = members[change.rid]
      let was = old.map { DeltaRow.Content(object: $0.object, attrs: $0.attrs) }
      if rows[change.rid] == nil {
        order.append(change.rid)
        rows[change.rid] = DeltaRow(rid: change.rid, seq: old?.seq ?? 0, now: was, was: was)
      }
      guard var row = rows[change.rid] else { continue }
      row.now = try content(after: change, row.now, kind)
      if row.seq == 0, row.now != nil {
        seq += 1
        row.seq = seq
      }
      rows[change.rid] = row
    }
    return order.compactMap { rows[$0] }.filter { $0.now != $0.was }
  }

  private func content(
    after change: RecordChange, _ now: DeltaRow.Content?, _ kind: RecordKind
  ) throws -> DeltaRow.Content? {
    switch (change, now) {
    case (.add(_, let record, let attributes), nil):
      return DeltaRow.Content(object: try put(record, kind), attrs: try put(attributes))
    case (.edit(_, let record, let attributes), let old?):
      return DeltaRow.Content(
        object: try put(record, kind), attrs: try attributes.map { try put($0) } ?? old.attrs)
    case (.relabel(_, let attributes), let old?):
      return DeltaRow.Content(object: old.object, attrs: try put(attributes))
    case (.remove, .some): return nil
    case (.add, .some):
      throw StoreError.changeConflict(rid: change.rid.description, reason: "it is there already")
    case (_, nil):
      throw StoreError.changeConflict(rid: change.rid.description, reason: "it is not there")
    }
  }

  func put(_ record: Record, _ kind: RecordKind) throws -> Int64 {
    guard record.kind == kind else {
      throw StoreError.kindMismatch(
        dataset: "", holds: kind.rawValue, given: record.kind.rawValue)
    }
    return try objects.put(NewObject(.record, record.canonicalBytes), connection)
  }

  func put(_ attributes: RecordAttributes) throws -> Int64 {
    try objects.put(NewObject(.attrs, attributes.canonicalBytes), connection)
  }

  /// Keeps why records left, and what edited ones were before.
  func explain(
    _ changes: [RecordChange], dataset: Dataset, commit: Commit, rows: [DeltaRow]
  ) throws {
    let old = Dictionary(rows.map { ($0.rid, $0.was) }) { first, _ in first }
    for change in changes {
      switch change {
      case .remove(let rid, let reason?):
        try connection.run(
          """
          INSERT INTO rejection(dataset_id, commit_id, rid, object_id, filter, score, detail)
          VALUES(?, ?, ?, ?, ?, ?, ?)
          """,
          .integer(dataset.id), .integer(commit.id), .blob(rid.bytes),
          .optional((old[rid] ?? nil)?.object), .text(reason.filter), .optional(reason.score),
          .text(reason.detail))
      case .edit(let rid, _, _):
        guard let was = old[rid] ?? nil else { continue }
        try addEdge(rid, was.object, role: "edit")
      case .add, .relabel, .remove: continue
      }
    }
  }

  func addEdge(_ rid: RecordID, _ object: Int64, role: String) throws {
    let statement = try connection.statement(
      "INSERT OR IGNORE INTO edge(rid, object_id, role) VALUES(?, ?, ?)")
    statement.bind(1, rid.bytes)
    statement.bind(2, object)
    statement.bind(3, role)
    try statement.run()
  }
}
