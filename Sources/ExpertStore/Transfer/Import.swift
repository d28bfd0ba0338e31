package import ExpertPlatform
package import ExpertRecord

/// The file that rows come from.
package struct ImportSource: Sendable, Hashable {
  package var file: String
  /// SHA-256 of the whole file: with the line it makes each record's rid.
  package var digest: Digest

  package init(file: String, digest: Digest) {
    self.file = file
    self.digest = digest
  }
}

/// A row as it stands in its file, before it is read.
package struct ImportLine<Raw: Sendable>: Sendable {
  /// Counted from 1.
  package var line: Int
  package var raw: Raw

  package init(line: Int, raw: Raw) {
    self.line = line
    self.raw = raw
  }
}

/// What reading a row gave.
package enum ImportedRow: Sendable, Hashable {
  case record(Record, RecordAttributes)
  /// A bad row: it is kept in quarantine with its reason.
  case refused(reason: String, text: String?)
}

/// What an import did.
package struct ImportReport: Sendable, Hashable {
  /// `nil` when no row was new.
  package var commit: Commit?
  package var rows = 0
  package var added = 0
  package var edited = 0
  package var alreadyThere = 0
  package var quarantined = 0
}

/// A bad row that was kept.
package struct QuarantinedRow: Sendable, Hashable {
  package let file: String
  package let line: Int
  package let reason: String
  package let text: String?
}

extension Store {
  /// Reads rows and commits them as one version. `next` gives the rows in groups, an empty one at
  /// the end; `parse` runs on several threads. The same file again changes nothing.
  ///
  /// Bodies are stored as they come, the version at the end: a kill in between leaves bodies that
  /// the next import of the file finds, and that `gc` removes otherwise.
  package func importRows<Raw>(
    to dataset: String, kind: RecordKind, branch: String = "main", source: ImportSource,
    note: CommitNote, assignSplit: (@Sendable (RecordID, Digest) -> Split)? = nil,
    next: () throws -> [ImportLine<Raw>], parse: @escaping @Sendable (Raw) -> ImportedRow
  ) throws -> ImportReport {
    let start = try write("import") { context in
      let dataset = try context.ensureDataset(dataset, kind: kind)
      return (dataset, try context.head(of: branch, dataset))
    }
    let job = ImportJob(
      store: self, dataset: start.0, head: start.1, source: source, kind: kind,
      parse: { line, raw in Prepared(line, parse(raw), source, kind, assignSplit) })
    try job.run(next)
    return try job.finish(branch: branch, note: note)
  }

  /// The bad rows of every import into a dataset.
  package func quarantine(of dataset: String, limit: Int = .max) throws -> [QuarantinedRow] {
    try read { context in
      try context.connection.all(
        "SELECT file, line, reason, text FROM quarantine WHERE dataset_id = ?"
          + " ORDER BY id LIMIT ?",
        .integer(try context.dataset(named: dataset).id), .integer(Int64(limit))
      ) { row in
        QuarantinedRow(
          file: row.text(0), line: Int(row.int(1)), reason: row.text(2),
          text: row.optionalText(3))
      }
    }
  }
}

/// A row read and hashed, ready to be packed.
struct Prepared: Sendable {
  var line: Int
  var content: Content

  enum Content: Sendable {
    case record(rid: RecordID, hash: Digest, bytes: [UInt8], attributes: RecordAttributes)
    case refused(reason: String, text: String?)
  }

  /// The most of a bad row that is kept.
  private static let keptText = 4096

  init(
    _ line: Int, _ row: ImportedRow, _ source: ImportSource, _ kind: RecordKind,
    _ assignSplit: ((RecordID, Digest) -> Split)?
  ) {
    self.line = line
    switch row {
    case .record(let record, _) where record.kind != kind:
      content = .refused(
        reason: "it is a \(record.kind.rawValue) record, the dataset holds \(kind.rawValue)",
        text: nil)
    case .record(let record, var attributes):
      let bytes = record.canonicalBytes
      let hash = Digest.tagged(.record, bytes)
      let rid = RecordID(file: source.digest, line: line)
      if attributes.split == nil, let assignSplit { attributes.split = assignSplit(rid, hash) }
      content = .record(rid: rid, hash: hash, bytes: bytes, attributes: attributes)
    case .refused(let reason, let text):
      content = .refused(
        reason: reason,
        text: text.map { String(decoding: $0.utf8.prefix(Self.keptText), as: UTF8.self) })
    }
  }
}
