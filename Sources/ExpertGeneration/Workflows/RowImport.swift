package import ExpertCuration
internal import ExpertPlatform
package import ExpertRecord
package import ExpertStore

/// Reads a file of any common form into a dataset as one version.
package struct RowImport {
  private let file: String
  private let format: RowFormat
  private let map: FieldMap
  private let kind: RecordKind?
  private let assigner: SplitAssigner?

  /// Throws when the file cannot be read. Rows that do not say their split get one from
  /// `assigner`, whole clusters of near copies together; `nil` leaves them without.
  package init(
    file: String, format: RowFormat = .auto, map: FieldMap = .none, kind: RecordKind? = nil,
    assigner: SplitAssigner? = SplitAssigner()
  ) throws {
    _ = try RowFile(file)
    self.assigner = assigner
    self.file = file
    self.format = format
    self.map = map
    self.kind = kind
  }

  /// Rows handed to the store at once.
  private static let group = 8192

  /// Imports the file. Rows that are no records go into quarantine with their line and reason.
  package func run(
    _ store: Store, dataset: String, branch: String = "main", progress: (Int) -> Void = { _ in }
  ) throws -> ImportReport {
    let kind = try kind(for: dataset, in: store)
    let source = ImportSource(file: file, digest: try RowFile.digest(of: file))
    let splits = try splits(for: dataset, branch: branch, kind: kind, in: store)
    let rows = try RowFile(file)
    let reader = RowReader(format: format, map: map, kind: kind)
    var waiting: [ImportLine<Row>] = []
    var ended = false
    var done = 0
    return try store.importRows(
      to: dataset, kind: kind, branch: branch, source: source,
      note: CommitNote(operation: "import", message: "imported \(file)"),
      next: {
        while waiting.count < Self.group, !ended {
          if let piece = try rows.next() {
            reader.feed(piece) { waiting.append(Self.line($0)) }
          } else {
            reader.finish { waiting.append(Self.line($0)) }
            ended = true
          }
        }
        defer { waiting = [] }
        done += waiting.count
        progress(done)
        return waiting
      },
      parse: { Self.parsed($0, splits) })
  }

  /// Near copies at or over this similarity share a split.
  private static let clusterThreshold = Judge.clusterThreshold

  private func splits(
    for dataset: String, branch: String, kind: RecordKind, in store: Store
  ) throws -> ImportSplits? {
    guard let assigner else { return nil }
    let isThere = try store.datasets().contains { $0.name == dataset }
    let head = isThere ? try store.head(of: dataset, branch: branch) : nil
    let existing = try head.map { try store.records(of: store.resolve("\(dataset)@\($0.name)")) }
    return try ImportSplits(
      rows: RowFile(file), reader: RowReader(format: format, map: map, kind: kind),
      existing: existing, assigner: assigner, threshold: Self.clusterThreshold)
  }

  private static func line(_ row: Row) -> ImportLine<Row> {
    switch row {
    case .record(let line, _, _): ImportLine(line: line, raw: row)
    case .bad(let bad): ImportLine(line: bad.line, raw: row)
    }
  }

  private static func parsed(_ row: Row, _ splits: ImportSplits?) -> ImportedRow {
    switch row {
    case .record(let line, let record, var attributes):
      if let leak = splits?.leaks[line] { return .refused(reason: "leak: \(leak)", text: nil) }
      attributes.split = attributes.split ?? splits?.splits[line]
      return .record(record, attributes)
    case .bad(let bad):
      return .refused(reason: bad.reason, text: String(decoding: bad.snippet, as: UTF8.self))
    }
  }

  /// As the user said, else as the dataset has it, else as the first record shows.
  private func kind(for dataset: String, in store: Store) throws -> RecordKind {
    if let kind { return kind }
    if let known = try store.datasets().first(where: { $0.name == dataset }) { return known.kind }
    let rows = try RowFile(file)
    let reader = RowReader(format: format, map: map)
    var found: RecordKind?
    func look(_ row: Row) {
      if case .record(_, let record, _) = row, found == nil { found = record.kind }
    }
    while found == nil, let piece = try rows.next() { reader.feed(piece, look) }
    if found == nil { reader.finish(look) }
    guard let found else { throw RowFileError.noRecord(path: file) }
    return found
  }
}
