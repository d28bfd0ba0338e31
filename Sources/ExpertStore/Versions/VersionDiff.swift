package import ExpertRecord

/// What changed between two versions. A record is in one list only: *edited* where its text
/// changed, else *moved* where its split did, else *relabelled*.
package struct VersionDiff: Sendable {
  /// `nil`: everything is compared with nothing.
  package let from: Commit?
  package let to: Commit
  package let kind: RecordKind
  package internal(set) var added: [DiffEntry] = []
  package internal(set) var removed: [DiffEntry] = []
  package internal(set) var edited: [DiffEntry] = []
  package internal(set) var relabelled: [DiffEntry] = []
  package internal(set) var moved: [DiffEntry] = []

  init(from: Commit?, to: Commit, kind: RecordKind) {
    self.from = from
    self.to = to
    self.kind = kind
  }

  /// How the version number moves for a change like this.
  package var change: SemanticVersion.Change {
    if !(edited.isEmpty && removed.isEmpty && moved.isEmpty) { return .major }
    return added.isEmpty && relabelled.isEmpty ? .patch : .minor
  }

  package var isEmpty: Bool {
    [added, removed, edited, relabelled, moved].allSatisfy { $0.isEmpty }
  }
}

/// One record that differs. `Store.contents(of:in:)` gives its two sides.
package struct DiffEntry: Sendable, Hashable {
  package let rid: RecordID
  let was: DeltaRow.Content?
  let now: DeltaRow.Content?
}

/// How a field of the records changed over a whole diff. Lengths are in UTF-8 bytes.
package struct FieldChange: Sendable, Hashable {
  package var field: String
  /// Edited records in which this field differs.
  package var changed = 0
  /// The mean length in the edited and removed records, before.
  package var meanBefore = 0.0
  /// The mean length in the edited and added records, after.
  package var meanAfter = 0.0
}

extension Store {
  /// Compares two versions of one dataset. Costs the size of the difference where one descends from
  /// the other, else the size of both.
  package func diff(_ from: VersionRef, _ to: VersionRef) throws -> VersionDiff {
    guard from.dataset == to.dataset else {
      throw StoreError.differentDatasets(from.dataset.name, to.dataset.name)
    }
    return try read { context in
      let rows = try context.rows(from: from.commit, to: to.commit)
      return try context.classify(
        rows, VersionDiff(from: from.commit, to: to.commit, kind: to.dataset.kind))
    }
  }

  /// What a version changed in its first parent.
  package func diff(ofCommit version: VersionRef) throws -> VersionDiff {
    try read { context in
      let parent = try context.firstParent(of: version.commit.id).map { try context.commit(id: $0) }
      return try context.classify(
        try context.delta(version.commit.id),
        VersionDiff(from: parent, to: version.commit, kind: version.dataset.kind))
    }
  }

  /// The record of an entry before and after.
  package func contents(
    of entry: DiffEntry, in diff: VersionDiff
  ) throws -> (before: StoredRecord?, after: StoredRecord?) {
    try read { context in
      let sides = try [entry.was, entry.now].map { side in
        try side.map {
          try context.stored(
            Member(rid: entry.rid, object: $0.object, attrs: $0.attrs, seq: 0), diff.kind)
        }
      }
      return (sides[0], sides[1])
    }
  }

  /// How the fields changed over the added, removed and edited records.
  package func fieldChanges(_ diff: VersionDiff) throws -> [FieldChange] {
    try read { context in
      var tallies = Dictionary(uniqueKeysWithValues: diff.kind.fields.map { ($0, FieldTally()) })
      for entry in diff.edited + diff.added + diff.removed {
        let before = try entry.was.map { try context.record($0.object, diff.kind).json }
        let after = try entry.now.map { try context.record($0.object, diff.kind).json }
        for field in diff.kind.fields {
          tallies[field, default: FieldTally()].count(before?[field], after?[field])
        }
      }
      return diff.kind.fields.map { tallies[$0, default: FieldTally()].change(of: $0) }
    }
  }
}

private struct FieldTally {
  private var changed = 0
  private var before = (count: 0, bytes: 0)
  private var after = (count: 0, bytes: 0)

  mutating func count(_ old: JSONValue?, _ new: JSONValue?) {
    if let old { before = (before.count + 1, before.bytes + Self.length(old)) }
    if let new { after = (after.count + 1, after.bytes + Self.length(new)) }
    if let old, let new, old != new { changed += 1 }
  }

  func change(of field: String) -> FieldChange {
    FieldChange(
      field: field, changed: changed,
      meanBefore: Double(before.bytes) / Double(max(1, before.count)),
      meanAfter: Double(after.bytes) / Double(max(1, after.count)))
  }

  private static func length(_ value: JSONValue) -> Int {
    value.string?.utf8.count ?? CanonicalJSON.bytes(of: value).count
  }
}
