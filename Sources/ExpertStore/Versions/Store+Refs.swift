internal import ExpertPlatform
internal import ExpertRecord

/// A branch or a tag.
package struct Ref: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case branch
    case tag
  }

  package let kind: Kind
  package let name: String
  package let commit: Commit
}

/// One move of a ref, newest knowledge of how things came to stand where they do.
package struct RefMove: Sendable, Hashable {
  package let kind: String
  package let name: String
  package let from: Int?
  package let to: Int?
  package let operation: String
  package let time: String
}

/// A version that something outside the dataset depends on.
package struct Pin: Sendable, Hashable {
  package let commit: Commit
  package let reason: String
  package let subject: String
}

extension Store {
  /// The branches and tags of a dataset, by name.
  package func refs(of dataset: String) throws -> [Ref] {
    try read { context in
      let id = try context.dataset(named: dataset).id
      let rows = try context.connection.all(
        "SELECT kind, name, commit_id FROM ref WHERE dataset_id = ? ORDER BY kind, name",
        .integer(id)
      ) { ($0.text(0), $0.text(1), $0.int(2)) }
      return try rows.map { kind, name, commit in
        Ref(
          kind: Ref.Kind(rawValue: kind) ?? .branch, name: name,
          commit: try context.commit(id: commit))
      }
    }
  }

  /// Names a version for good.
  @discardableResult
  package func tag(_ version: VersionRef, as name: String) throws -> Ref {
    try write("tag \(name)") { context in
      try context.requireFree(name, version.dataset)
      try context.setRef(
        version.dataset, kind: "tag", name, from: nil, to: version.commit.id, operation: "tag")
      return Ref(kind: .tag, name: name, commit: version.commit)
    }
  }

  /// Starts a branch at a version.
  @discardableResult
  package func createBranch(_ name: String, at version: VersionRef) throws -> Ref {
    try write("branch \(name)") { context in
      try context.startBranch(name, version.dataset, at: version.commit)
      return Ref(kind: .branch, name: name, commit: version.commit)
    }
  }

  /// Moves a branch, which must stand at `expected`, to another version of its dataset.
  package func moveBranch(
    _ name: String, from expected: Commit, to version: VersionRef
  ) throws {
    try write("move \(name)") { context in
      let found = try context.head(of: name, version.dataset)
      guard let found else {
        throw StoreError.unknownRef(dataset: version.dataset.name, kind: "branch", name: name)
      }
      guard found.id == expected.id else {
        throw StoreError.branchMoved(
          dataset: version.dataset.name, branch: name, expected: expected.name, found: found.name)
      }
      try context.setRef(
        version.dataset, kind: "branch", name, from: expected.id, to: version.commit.id,
        operation: "move")
    }
  }

  /// Deletes a branch or a tag; its versions stay for 30 days, see `gc`.
  package func deleteRef(_ kind: Ref.Kind, _ name: String, of dataset: String) throws {
    try write("delete \(name)") { context in
      let dataset = try context.dataset(named: dataset)
      let commit = try context.connection.first(
        "SELECT commit_id FROM ref WHERE dataset_id = ? AND kind = ? AND name = ?",
        .integer(dataset.id), .text(kind.rawValue), .text(name)
      ) { $0.int(0) }
      guard let commit else {
        throw StoreError.unknownRef(dataset: dataset.name, kind: kind.rawValue, name: name)
      }
      try context.setRef(
        dataset, kind: kind.rawValue, name, from: commit, to: nil, operation: "delete")
    }
  }

  /// How the refs of a dataset moved, newest first.
  package func reflog(of dataset: String, limit: Int = 100) throws -> [RefMove] {
    try read { context in
      let id = try context.dataset(named: dataset).id
      return try context.connection.all(
        """
        SELECT l.kind, l.name, a.number, b.number, l.operation, l.time_us FROM reflog l
        LEFT JOIN commit_ a ON a.id = l.old_commit_id
        LEFT JOIN commit_ b ON b.id = l.new_commit_id
        WHERE l.dataset_id = ? ORDER BY l.id DESC LIMIT ?
        """,
        .integer(id), .integer(Int64(limit))
      ) { row in
        RefMove(
          kind: row.text(0), name: row.text(1), from: row.optionalInt(2).map { Int($0) },
          to: row.optionalInt(3).map { Int($0) }, operation: row.text(4),
          time: Timestamp.text(row.int(5)))
      }
    }
  }
}

extension Store {
  /// Protects a version for a training run, a package or whatever else `subject` names.
  package func pin(_ version: VersionRef, reason: String, subject: String) throws {
    try write("pin") { context in
      try context.connection.run(
        "INSERT OR IGNORE INTO pin VALUES(?, ?, ?, ?)", .integer(version.commit.id),
        .text(reason), .text(subject), .text(Timestamp.text(context.now)))
    }
  }

  /// Takes a pin back.
  package func unpin(_ version: VersionRef, reason: String, subject: String) throws {
    try write("unpin") { context in
      try context.connection.run(
        "DELETE FROM pin WHERE commit_id = ? AND reason = ? AND subject = ?",
        .integer(version.commit.id), .text(reason), .text(subject))
    }
  }

  /// What protects versions of a dataset besides its refs.
  package func pins(of dataset: String) throws -> [Pin] {
    try read { context in
      let id = try context.dataset(named: dataset).id
      let rows = try context.connection.all(
        "SELECT p.commit_id, p.reason, p.subject FROM pin p JOIN commit_ c ON c.id = p.commit_id"
          + " WHERE c.dataset_id = ? ORDER BY p.commit_id, p.reason, p.subject", .integer(id)
      ) { ($0.int(0), $0.text(1), $0.text(2)) }
      return try rows.map {
        Pin(commit: try context.commit(id: $0.0), reason: $0.1, subject: $0.2)
      }
    }
  }

  /// The versions whose splits are frozen: those that were tagged or pinned, oldest first.
  package func frozenVersions(of dataset: String) throws -> [Commit] {
    try read { context in
      let id = try context.dataset(named: dataset).id
      return try context.connection.all(
        """
        SELECT \(Context.commitColumns) FROM commit_ c WHERE c.dataset_id = ? AND c.id IN
          (SELECT commit_id FROM ref WHERE kind = 'tag' UNION SELECT commit_id FROM pin)
        ORDER BY c.generation, c.id
        """,
        .integer(id), as: Context.commit(row:))
    }
  }
}

extension Context {
  /// A name that may become a ref: well formed, and neither tag nor branch yet.
  /// Starts a branch, whose name must be free.
  func startBranch(_ name: String, _ dataset: Dataset, at commit: Commit) throws {
    try requireFree(name, dataset)
    try setRef(dataset, kind: "branch", name, from: nil, to: commit.id, operation: "branch")
  }

  fileprivate func requireFree(_ name: String, _ dataset: Dataset) throws {
    try RefName.check(name, what: "branch or tag")
    let taken = try connection.first(
      "SELECT kind, commit_id FROM ref WHERE dataset_id = ? AND name = ? LIMIT 1",
      .integer(dataset.id), .text(name)
    ) { ($0.text(0), $0.int(1)) }
    guard let (kind, commit) = taken else { return }
    guard kind == "tag" else {
      throw StoreError.branchExists(dataset: dataset.name, branch: name)
    }
    throw StoreError.tagExists(
      dataset: dataset.name, tag: name, commit: try self.commit(id: commit).name)
  }
}

extension Store {
  /// A version and those it came from, newest first.
  package func log(_ version: VersionRef, limit: Int = .max) throws -> [Commit] {
    try read { context in
      try context.connection.all(
        """
        WITH RECURSIVE line(id) AS (VALUES(?) UNION
          SELECT p.parent_id FROM line JOIN commit_parent p ON p.commit_id = line.id)
        SELECT \(Context.commitColumns) FROM line JOIN commit_ c ON c.id = line.id
        ORDER BY c.generation DESC, c.id DESC LIMIT ?
        """,
        .integer(version.commit.id), .integer(Int64(limit)), as: Context.commit(row:))
    }
  }
}
