package import ExpertPlatform
package import ExpertRecord
package import ExpertStore

/// Writes a version in a form other than the store's own JSON lines.
package struct RowExport {
  /// What was written.
  package struct Report: Sendable, Hashable {
    package var records = 0
    package var bytes = 0
    package var sha256: Digest

    package init(records: Int = 0, bytes: Int = 0, sha256: Digest) {
      self.records = records
      self.bytes = bytes
      self.sha256 = sha256
    }
  }

  private let format: ExportFormat
  private let attributes: Bool

  package init(format: ExportFormat, attributes: Bool) {
    self.format = format
    self.attributes = attributes
  }

  /// Writes the records in the order of the dataset. Throws `RecordError` at the first record that
  /// would lose something in the form; the file does not appear then.
  package func run(_ store: Store, _ version: VersionRef, to path: String) throws -> Report {
    let file = try WholeFile(path)
    var writer = RowWriter(
      format: format, kind: version.dataset.kind, attributes: attributes)
    var hasher = SHA256()
    var report = Report(sha256: SHA256.hash([UInt8]()))
    var buffer: [UInt8] = []
    func flush() throws {
      hasher.update(buffer)
      report.bytes += buffer.count
      try file.append(buffer)
      buffer.removeAll(keepingCapacity: true)
    }
    writer.begin(to: &buffer)
    var records = try store.records(of: version)
    try records.forEach { record in
      try writer.append(record.record, record.attributes, to: &buffer)
      report.records += 1
      if buffer.count >= 1 << 20 { try flush() }
    }
    writer.end(to: &buffer)
    try flush()
    try file.commit()
    report.sha256 = hasher.finalize()
    return report
  }
}
