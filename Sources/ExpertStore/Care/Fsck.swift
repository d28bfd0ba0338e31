internal import ExpertPlatform
internal import ExpertRecord

/// Something wrong with a store.
package struct FsckProblem: Sendable, Hashable {
  package let what: String
  /// The versions that are affected, as `NAME@v3`; empty where none is.
  package let versions: [String]
}

/// What a check found.
package struct FsckReport: Sendable, Hashable {
  package internal(set) var problems: [FsckProblem] = []
  package internal(set) var objects = 0
  package internal(set) var commits = 0

  package var isSound: Bool { problems.isEmpty }
}

extension Store {
  /// Checks the store. Quick: the file's structure, and that every ref and row points at something.
  /// Full: also every object against its hash and every version against its root.
  package func fsck(full: Bool) throws -> FsckReport {
    try read { context in
      var report = FsckReport()
      let structure =
        try full ? FileCheck.full(context.connection) : FileCheck.quick(context.connection)
      report.problems += structure.map { FsckProblem(what: "the file: \($0)", versions: []) }
      do {
        try context.checkReferences(&report)
        if full {
          let bad = try context.checkObjects(&report)
          try context.name(bad, &report)
          try context.checkVersions(&report, damaged: Set(bad.map(\.id)))
          try context.checkPrecomputed(&report)
        }
      } catch let failure as SQLFailure where failure.isCorrupt {
        report.problems.append(FsckProblem(what: "a table: \(failure.message)", versions: []))
      }
      return report
    }
  }
}

extension Context {
  /// Rows that were computed once and kept have no hash, only a sum.
  fileprivate func checkPrecomputed(_ report: inout FsckReport) throws {
    guard try hasTable("precomputed") else { return }
    var damaged: [Int64: Int] = [:]
    let row = try connection.freshStatement("SELECT set_id, sum, body FROM precomputed_row")
    while try row.step() {
      if row.withBytes(2, BodySum.of) != row.int(1) { damaged[row.int(0), default: 0] += 1 }
    }
    for (set, count) in damaged.sorted(by: { $0.key < $1.key }) {
      let names = try connection.all(
        """
        SELECT d.name, c.number FROM precomputed p JOIN commit_ c ON c.id = p.commit_id
        JOIN dataset d ON d.id = c.dataset_id WHERE p.id = ?
        """, .integer(set)
      ) { "\($0.text(0))@v\($0.int(1))" }
      report.problems.append(
        FsckProblem(
          what: "\(count) precomputed rows have a changed body; the next run computes them anew",
          versions: names))
    }
  }

  fileprivate func checkReferences(_ report: inout FsckReport) throws {
    var columns = [
      ("delta", "object_id"), ("delta", "attrs_id"), ("snapshot", "object_id"),
      ("commit_", "object_id"), ("slot", "request_id"), ("slot", "reply_id"),
      ("candidate", "object_id"), ("candidate", "attrs_id"), ("edge", "object_id"),
      ("dictionary", "object_id"), ("job", "config_id"),
    ]
    if try hasTable("evaluation") { columns.append(("evaluation", "report_id")) }
    if try hasTable("precomputed") { columns.append(("precomputed", "config_id")) }
    for (table, column) in columns {
      let missing = try connection.int(
        "SELECT count(*) FROM \(table) t WHERE t.\(column) IS NOT NULL"
          + " AND NOT EXISTS (SELECT 1 FROM object o WHERE o.id = t.\(column))")
      guard missing > 0 else { continue }
      report.problems.append(
        FsckProblem(
          what: "\(missing) rows of \(table) point at objects that are missing", versions: []))
    }
    for row in try connection.all("PRAGMA foreign_key_check", as: { ($0.text(0), $0.text(2)) }) {
      report.problems.append(
        FsckProblem(what: "a row of \(row.0) points at a missing row of \(row.1)", versions: []))
    }
  }

  /// Hashes every object anew.
  fileprivate func checkObjects(_ report: inout FsckReport) throws -> [ObjectDamage] {
    var damaged: [ObjectDamage] = []
    let zstd = Zstd()
    let row = try connection.freshStatement(
      "SELECT id, hash, kind, codec, size, sum, body FROM object")
    while try row.step() {
      report.objects += 1
      if let reason = problem(row, zstd) {
        damaged.append(ObjectDamage(id: row.int(0), reason: reason))
      }
    }
    return damaged
  }

  private func problem(_ row: SQLStatement, _ zstd: Zstd) -> String? {
    guard let kind = ObjectKind(rawValue: row.int(2)) else { return "has an unknown kind" }
    let codec = row.int(3)
    guard row.withBytes(6, BodySum.of) == row.int(5) else { return "has a changed body" }
    let bytes = row.withBytes(6) {
      zstd.unpack($0, codec: codec, size: Int(row.int(4)), objects.dictionaries[codec])
    }
    guard let bytes, codec <= Codec.plain || objects.dictionaries[codec] != nil else {
      return "does not unpack"
    }
    return Digest.tagged(kind.tag, bytes) == row.digest(1) ? nil : "does not have its hash"
  }

  /// Names the versions that hold damaged objects.
  fileprivate func name(_ damaged: [ObjectDamage], _ report: inout FsckReport) throws {
    for damage in damaged {
      report.problems.append(
        FsckProblem(
          what: "object \(damage.id) \(damage.reason)", versions: try versions(holding: damage.id)))
    }
  }

  private func versions(holding object: Int64) throws -> [String] {
    let rids = try connection.all(
      """
      SELECT DISTINCT c.dataset_id, d.rid FROM delta d JOIN commit_ c ON c.id = d.commit_id
      WHERE d.object_id = ?1 OR d.attrs_id = ?1 LIMIT 100
      """,
      .integer(object)
    ) { ($0.int(0), try recordID($0, 1)) }
    var names: [String] = []
    for (id, rid) in rids {
      let dataset = try dataset(id: id)
      for number in try holders(of: rid, dataset).numbers {
        let name = "\(dataset.name)@v\(number)"
        if !names.contains(name) { names.append(name) }
      }
    }
    let own = try connection.all(
      """
      SELECT d.name, c.number FROM commit_ c JOIN dataset d ON d.id = c.dataset_id
      WHERE c.object_id = ?1 OR c.detail_id = ?1
        OR c.id IN (SELECT commit_id FROM snapshot WHERE object_id = ?1)
      """,
      .integer(object)
    ) { "\($0.text(0))@v\($0.int(1))" }
    return names + own.filter { !names.contains($0) }
  }
}

// Every version against its root and its hash.
extension Context {
  fileprivate func checkVersions(_ report: inout FsckReport, damaged: Set<Int64>) throws {
    let hashes = try HashLookup(self, expecting: .max)
    for dataset in try connection.all(
      "SELECT id, name, schema FROM dataset ORDER BY id", as: dataset(row:))
    {
      try check(dataset, hashes, &report)
    }
  }

  private func check(
    _ dataset: Dataset, _ hashes: HashLookup, _ report: inout FsckReport
  ) throws {
    let commits = try connection.all(
      "SELECT \(Self.commitColumns) FROM commit_ c WHERE c.dataset_id = ? ORDER BY c.id",
      .integer(dataset.id), as: Self.commit(row:))
    var place: Int64?
    var members = Membership()
    for commit in commits {
      report.commits += 1
      let name = "\(dataset.name)@\(commit.name)"
      do {
        let parent = try firstParent(of: commit.id)
        if parent != place {
          members = try parent.map { try rebuilt($0) } ?? Membership()
        }
        try applyDelta(commit.id, to: &members)
        place = commit.id
        try check(commit, name, &members, hashes, &report)
      } catch let damage as ObjectDamage {
        place = nil
        report.problems.append(
          FsckProblem(what: "object \(damage.id) \(damage.reason)", versions: [name]))
      }
    }
  }

  private func check(
    _ commit: Commit, _ name: String, _ members: inout Membership, _ hashes: HashLookup,
    _ report: inout FsckReport
  ) throws {
    let root = try members.root { try hashes.hash(of: $0) }
    if root != commit.root || members.count != commit.recordCount {
      report.problems.append(
        FsckProblem(what: "the records do not have the version's root", versions: [name]))
    }
    if var snapshot = try snapshotMembership(commit.id),
      try snapshot.root(hash: { try hashes.hash(of: $0) }) != commit.root
    {
      report.problems.append(
        FsckProblem(what: "the snapshot does not have the version's root", versions: [name]))
    }
    let identity = CommitIdentity(
      root: commit.root, count: commit.recordCount, parents: commit.parents,
      note: CommitNote(
        operation: commit.operation, author: commit.author, message: commit.message),
      time: commit.time)
    if Digest.tagged(.commit, CanonicalJSON.bytes(of: identity.json)) != commit.hash {
      report.problems.append(
        FsckProblem(what: "the version does not have its hash", versions: [name]))
    }
  }

  /// The members of a commit from the first commit on, without snapshots.
  private func rebuilt(_ commit: Int64) throws -> Membership {
    var line: [Int64] = []
    var place: Int64? = commit
    while let id = place {
      line.append(id)
      place = try firstParent(of: id)
    }
    var members = Membership()
    for id in line.reversed() { try applyDelta(id, to: &members) }
    return members
  }
}
