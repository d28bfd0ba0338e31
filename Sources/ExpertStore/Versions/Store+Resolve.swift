internal import ExpertPlatform
internal import ExpertRecord

extension Store {
  /// Every dataset, by name.
  package func datasets() throws -> [Dataset] {
    try read { context in
      try context.connection.all(
        "SELECT id, name, schema FROM dataset ORDER BY name", as: context.dataset(row:))
    }
  }

  /// The version that a user named: `NAME[@v3|@tag|@branch|@hash-prefix][:split]`. Without a version
  /// it is the head of `main`.
  package func resolve(_ text: String) throws -> VersionRef {
    let spelling = try VersionSpelling(text)
    return try read { context in
      let dataset = try context.dataset(named: spelling.dataset)
      let commit = try context.commit(spelling.version, of: dataset)
      return VersionRef(dataset: dataset, commit: commit, split: spelling.split)
    }
  }

  /// The head of a branch, or `nil` where nothing was committed to it.
  package func head(of dataset: String, branch: String = "main") throws -> Commit? {
    try read { context in
      try context.findDataset(dataset).flatMap { try context.head(of: branch, $0) }
    }
  }
}

/// The parts of `NAME@version:split`.
struct VersionSpelling {
  var dataset: String
  var version: String?
  var split: Split?

  init(_ text: String) throws {
    var rest = Substring(text)
    if let colon = rest.lastIndex(of: ":") {
      let name = String(rest[rest.index(after: colon)...])
      guard let split = Split(rawValue: name) else { throw StoreError.unknownSplit(name: name) }
      self.split = split
      rest = rest[..<colon]
    }
    if let at = rest.firstIndex(of: "@") {
      version = String(rest[rest.index(after: at)...])
      rest = rest[..<at]
    }
    dataset = String(rest)
  }
}

extension Context {
  /// A version number, then a tag, then a branch, then the first digits of a hash.
  func commit(_ version: String?, of dataset: Dataset) throws -> Commit {
    guard let version else { return try newest(of: dataset) }
    let found =
      try RefName.number(version).flatMap { try commit(number: $0, of: dataset) }
      ?? referenced(version, of: dataset) ?? hashed(version, of: dataset)
    guard let found else {
      throw StoreError.unknownVersion(
        dataset: dataset.name, version: version, existing: try versionNames(of: dataset))
    }
    return found
  }

  private func newest(of dataset: Dataset) throws -> Commit {
    if let head = try head(of: "main", dataset) { return head }
    let names = try versionNames(of: dataset)
    guard names.isEmpty else {
      throw StoreError.unknownVersion(dataset: dataset.name, version: "main", existing: names)
    }
    throw StoreError.emptyDataset(name: dataset.name)
  }

  private func commit(number: Int, of dataset: Dataset) throws -> Commit? {
    try connection.first(
      "SELECT \(Self.commitColumns) FROM commit_ c WHERE c.dataset_id = ? AND c.number = ?",
      .integer(dataset.id), .integer(Int64(number)), as: Self.commit(row:))
  }

  private func referenced(_ name: String, of dataset: Dataset) throws -> Commit? {
    try connection.first(
      "SELECT \(Self.commitColumns) FROM ref r JOIN commit_ c ON c.id = r.commit_id"
        + " WHERE r.dataset_id = ? AND r.name = ? ORDER BY r.kind DESC LIMIT 1",
      .integer(dataset.id), .text(name), as: Self.commit(row:))
  }

  /// Four digits or more of a commit hash.
  private func hashed(_ prefix: String, of dataset: Dataset) throws -> Commit? {
    let wanted = prefix.lowercased()
    let isHex = wanted.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    guard (4...64).contains(wanted.utf8.count), isHex else { return nil }
    let matches = try connection.all(
      "SELECT \(Self.commitColumns) FROM commit_ c WHERE c.dataset_id = ?"
        + " AND substr(lower(hex(c.hash)), 1, ?) = ? LIMIT 10",
      .integer(dataset.id), .integer(Int64(wanted.utf8.count)), .text(wanted),
      as: Self.commit(row:))
    guard matches.count < 2 else {
      throw StoreError.ambiguousVersion(
        dataset: dataset.name, version: prefix, matches: matches.map(\.hash.hex))
    }
    return matches.first
  }

  /// What a user could have meant: refs first, then the newest version numbers.
  private func versionNames(of dataset: Dataset) throws -> [String] {
    let refs = try connection.all(
      "SELECT name FROM ref WHERE dataset_id = ? ORDER BY kind, name", .integer(dataset.id)
    ) { $0.text(0) }
    let numbers = try connection.all(
      "SELECT number FROM commit_ WHERE dataset_id = ? ORDER BY number DESC LIMIT 10",
      .integer(dataset.id)
    ) { "v\($0.int(0))" }
    return refs + numbers
  }
}
