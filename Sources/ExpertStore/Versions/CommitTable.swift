internal import ExpertPlatform
internal import ExpertRecord

/// Reads datasets and commits. All within one transaction.
extension Context {
  func dataset(named name: String) throws -> Dataset {
    guard let found = try findDataset(name) else {
      throw StoreError.unknownDataset(name: name, existing: try datasetNames())
    }
    return found
  }

  func findDataset(_ name: String) throws -> Dataset? {
    try connection.first(
      "SELECT id, name, schema FROM dataset WHERE name = ?", .text(name), as: dataset(row:))
  }

  func dataset(id: Int64) throws -> Dataset {
    let found = try connection.first(
      "SELECT id, name, schema FROM dataset WHERE id = ?", .integer(id), as: dataset(row:))
    guard let found else { throw SQLFailure(code: 11, message: "dataset \(id) is missing") }
    return found
  }

  func datasetNames() throws -> [String] {
    try connection.all("SELECT name FROM dataset ORDER BY name") { $0.text(0) }
  }

  func dataset(row: SQLStatement) throws -> Dataset {
    guard let kind = RecordKind(rawValue: row.text(2)) else {
      throw SQLFailure(code: 11, message: "a dataset holds records of no known kind")
    }
    return Dataset(id: row.int(0), name: row.text(1), kind: kind)
  }

  /// The dataset of a name, made now where there is none.
  func ensureDataset(_ name: String, kind: RecordKind) throws -> Dataset {
    try RefName.check(name, what: "dataset")
    if let found = try findDataset(name) {
      guard found.kind == kind else {
        throw StoreError.kindMismatch(
          dataset: name, holds: found.kind.rawValue, given: kind.rawValue)
      }
      return found
    }
    try connection.run(
      "INSERT INTO dataset(name, schema) VALUES(?, ?)", .text(name), .text(kind.rawValue))
    return Dataset(id: connection.lastInsertedRow, name: name, kind: kind)
  }
}

extension Context {
  static let commitColumns = """
    c.id, c.dataset_id, c.hash, c.number, c.root, c.record_count, c.generation, c.operation,
    c.message, c.author, c.time_utc, c.semver,
    (SELECT group_concat(h, '') FROM (SELECT hex(p.hash) AS h FROM commit_parent cp
      JOIN commit_ p ON p.id = cp.parent_id WHERE cp.commit_id = c.id ORDER BY cp.ord))
    """

  func commit(id: Int64) throws -> Commit {
    let found = try connection.first(
      "SELECT \(Self.commitColumns) FROM commit_ c WHERE c.id = ?", .integer(id),
      as: Self.commit(row:))
    guard let found else { throw SQLFailure(code: 11, message: "commit \(id) is missing") }
    return found
  }

  static func commit(row: SQLStatement) throws -> Commit {
    guard let hash = row.digest(2), let root = row.digest(4) else {
      throw SQLFailure(code: 11, message: "a commit has no hash")
    }
    return Commit(
      id: row.int(0), datasetID: row.int(1), hash: hash, number: Int(row.int(3)), root: root,
      recordCount: Int(row.int(5)), generation: Int(row.int(6)), operation: row.text(7),
      message: row.text(8), author: row.text(9), time: row.text(10), semver: row.text(11),
      parents: parents(row.text(12)))
  }

  /// Hashes written one after the other.
  private static func parents(_ hex: String) -> [Digest] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 64).compactMap {
      Digest(hex: String(decoding: digits[$0..<min($0 + 64, digits.count)], as: UTF8.self))
    }
  }

  func firstParent(of commit: Int64) throws -> Int64? {
    let statement = try connection.statement(
      "SELECT parent_id FROM commit_parent WHERE commit_id = ? AND ord = 0")
    statement.bind(1, commit)
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : nil
  }
}

/// Names of datasets, branches and tags: they appear in `NAME@ref:split`, in file names and in
/// reports, so they hold nothing that any of these would read otherwise.
enum RefName {
  static func check(_ name: String, what: String) throws {
    let characters = Array(name.utf8)
    let alphanumeric = characters.allSatisfy { isAlphanumeric($0) || [45, 46, 95].contains($0) }
    guard (1...100).contains(characters.count), alphanumeric, isAlphanumeric(characters[0]) else {
      throw StoreError.badName(what: what, name: name)
    }
    guard what == "dataset" || number(name) == nil else {
      throw StoreError.badName(what: what, name: name)
    }
  }

  /// The 3 of `v3`.
  static func number(_ name: String) -> Int? {
    guard name.first == "v", name.utf8.dropFirst().allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(name.dropFirst())
  }

  private static func isAlphanumeric(_ c: UInt8) -> Bool {
    (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c)
  }
}
