package import ExpertPlatform
internal import ExpertRecord
package import ExpertStore

/// Writes a version as a folder that Hugging Face's `datasets` loads: `data/SPLIT.jsonl`, a card
/// with front matter, and the same facts as Croissant metadata.
///
/// Every row of a split has the same columns of the same types: what a column loader needs.
package struct DatasetFolder {
  /// What only the publisher knows.
  package struct Publication: Sendable, Hashable {
    /// An SPDX name, or the address of a licence.
    package var license: String?
    /// Where the dataset will be found.
    package var url: String?
    /// Who publishes it.
    package var creator: String?

    package init(license: String? = nil, url: String? = nil, creator: String? = nil) {
      self.license = license
      self.url = url
      self.creator = creator
    }
  }

  /// One written file of rows.
  package struct File: Sendable, Hashable {
    /// Its name in the folder: `data/train.jsonl`.
    package var name: String
    /// Hugging Face's name of the split.
    package var split: String
    package var records = 0
    package var bytes = 0
    package var sha256: Digest
  }

  private let store: Store
  private let version: VersionRef
  private let attributes: Bool
  private let publication: Publication

  /// `attributes` adds difficulty, kind of answer, labels and weight as columns.
  package init(
    _ store: Store, _ version: VersionRef, attributes: Bool, publication: Publication
  ) {
    self.store = store
    self.version = version
    self.attributes = attributes
    self.publication = publication
  }

  /// Writes into an existing empty folder. The same version gives the same bytes.
  package func write(to folder: String) throws -> [File] {
    let plan = try plan()
    try DatasetFiles.makeFolder(folder + "/data")
    let columns = DatasetColumns(
      kind: version.dataset.kind, hasMessages: plan.hasMessages, attributes: attributes)
    var files: [File] = []
    for split in plan.splits { files.append(try write(split, columns, plan, folder)) }
    let facts = DatasetFacts(
      version: version, columns: columns, files: files, publication: publication)
    try AtomicFile.write(folder + "/README.md", Array(DatasetCard(facts: facts).text.utf8))
    let croissant = CanonicalJSON.text(of: Croissant(facts: facts).json) + "\n"
    try AtomicFile.write(folder + "/croissant.json", Array(croissant.utf8))
    return files
  }

  // MARK: - Splits

  private struct Plan {
    /// In the order of the files; `nil` for records without a split.
    var splits: [Split?] = []
    var hasMessages = false
    /// Whether some records have a split and some have none.
    var isMixed: Bool { splits.contains(nil) && splits.count > 1 }
  }

  private func plan() throws -> Plan {
    var found: Set<Split?> = []
    var plan = Plan()
    var records = try store.records(of: version)
    try records.forEach { record in
      found.insert(record.attributes.split)
      if case .preference(let pair) = record.record, pair.hasMessages { plan.hasMessages = true }
    }
    if found.isEmpty { found = [version.split] }
    plan.splits = (Split.allCases.map { $0 } + [nil]).filter { found.contains($0) }
    return plan
  }

  /// Hugging Face's names; records without a split are `train` unless others have one.
  private func name(_ split: Split?, _ plan: Plan) -> String {
    switch split {
    case .train: "train"
    case .valid: "validation"
    case .test: "test"
    case nil: plan.isMixed ? "unassigned" : "train"
    }
  }

  private func write(
    _ split: Split?, _ columns: DatasetColumns, _ plan: Plan, _ folder: String
  ) throws -> File {
    let title = name(split, plan)
    var result = File(name: "data/\(title).jsonl", split: title, sha256: SHA256.hash([UInt8]()))
    var file = try AtomicFileWriter(folder + "/" + result.name)
    var hasher = SHA256()
    var buffer: [UInt8] = []
    func flush() throws {
      hasher.update(buffer)
      result.bytes += buffer.count
      try file.append(buffer)
      buffer.removeAll(keepingCapacity: true)
    }
    var records = try store.records(of: version)
    try records.forEach { record in
      guard record.attributes.split == split else { return }
      CanonicalJSON.append(columns.members(record.record, record.attributes), to: &buffer)
      buffer.append(0x0A)
      result.records += 1
      if buffer.count >= 1 << 20 { try flush() }
    }
    try flush()
    try file.commit()
    result.sha256 = hasher.finalize()
    return result
  }
}
