internal import ExpertPlatform
internal import ExpertRecord

extension Context {
  /// The rows that lead from one version to another.
  func rows(from: Commit, to: Commit) throws -> [DeltaRow] {
    if from.id == to.id { return [] }
    if let rows = try composed(from: from, to: to) { return rows }
    if let rows = try composed(from: to, to: from) {
      return rows.map { DeltaRow(rid: $0.rid, seq: $0.seq, now: $0.was, was: $0.now) }
    }
    return compared(try membership(of: from.id), try membership(of: to.id))
  }

  /// The rows of one commit against its first parent.
  func delta(_ commit: Int64) throws -> [DeltaRow] {
    try connection.all(
      """
      SELECT rid, seq, object_id, attrs_id, was_object_id, was_attrs_id FROM delta
      WHERE commit_id = ? ORDER BY rid
      """,
      .integer(commit), as: deltaRow(_:))
  }

  func deltaRow(_ row: SQLStatement) throws -> DeltaRow {
    func content(_ column: Int32) -> DeltaRow.Content? {
      guard let object = row.optionalInt(column) else { return nil }
      return DeltaRow.Content(object: object, attrs: row.int(column + 1))
    }
    return DeltaRow(
      rid: try recordID(row, 0), seq: row.int(1), now: content(2), was: content(4))
  }

  /// The deltas on the line of first parents from an ancestor, joined; `nil` where it is none, or
  /// where the line is longer than comparing both versions would be.
  private func composed(from ancestor: Commit, to commit: Commit) throws -> [DeltaRow]? {
    guard ancestor.generation < commit.generation else { return nil }
    var line: [Int64] = []
    var rows: Int64 = 0
    var place = commit.id
    while place != ancestor.id {
      line.append(place)
      rows += try connection.int("SELECT delta_rows FROM commit_ WHERE id = ?", .integer(place))
      guard let parent = try firstParent(of: place),
        rows <= max(10_000, ancestor.recordCount + commit.recordCount)
      else { return nil }
      place = parent
    }
    return try joined(line.reversed())
  }

  private func joined(_ line: some Sequence<Int64>) throws -> [DeltaRow] {
    var rows: [RecordID: DeltaRow] = [:]
    for commit in line {
      for row in try delta(commit) {
        if rows[row.rid] == nil { rows[row.rid] = row } else { rows[row.rid]?.now = row.now }
      }
    }
    return rows.values.filter { $0.now != $0.was }.sorted { $0.rid < $1.rid }
  }

  private func compared(_ a: Membership, _ b: Membership) -> [DeltaRow] {
    var rows: [DeltaRow] = []
    for (old, new) in zip(a.buckets, b.buckets) where old != new {
      let before = Dictionary(uniqueKeysWithValues: old.map { ($0.rid, $0) })
      let after = Dictionary(uniqueKeysWithValues: new.map { ($0.rid, $0) })
      for rid in Set(before.keys).union(after.keys).sorted() {
        let row = DeltaRow(
          rid: rid, seq: after[rid]?.seq ?? before[rid]?.seq ?? 0,
          now: after[rid].map { .init(object: $0.object, attrs: $0.attrs) },
          was: before[rid].map { .init(object: $0.object, attrs: $0.attrs) })
        if row.now != row.was { rows.append(row) }
      }
    }
    return rows
  }

  /// Sorts rows into the lists of a diff.
  func classify(_ rows: [DeltaRow], _ empty: VersionDiff) throws -> VersionDiff {
    var diff = empty
    var splits: [Int64: Split?] = [:]
    func split(_ attrs: Int64) throws -> Split? {
      if let known = splits[attrs] { return known }
      let found = try attributes(attrs).split
      splits[attrs] = .some(found)
      return found
    }
    for row in rows {
      let entry = DiffEntry(rid: row.rid, was: row.was, now: row.now)
      switch (row.was, row.now) {
      case (nil, _): diff.added.append(entry)
      case (_, nil): diff.removed.append(entry)
      case (let was?, let now?) where was.object != now.object: diff.edited.append(entry)
      case (let was?, let now?):
        if try split(was.attrs) != split(now.attrs) {
          diff.moved.append(entry)
        } else {
          diff.relabelled.append(entry)
        }
      }
    }
    return diff
  }
}
