/// Reads a file of rows, chunk by chunk, and hands over a record or a bad row for each.
///
/// It does no I/O and holds one row at a time, whatever the file's size. Columns that are no part
/// of the record go into `RecordAttributes.meta`. After a bad row it goes on with the next.
package final class RowReader {
  private enum Layout { case undecided, lines, elements, cells, refused }

  private var layout: Layout
  private var head: [UInt8] = []
  private var lines: LineSplitter
  private var elements: ElementSplitter
  private var cells: CellSplitter
  private var rows: RowDecoder
  private var table: TableDecoder
  private let maxRowBytes: Int
  /// How many rows became records, and how many did not.
  package private(set) var accepted = 0
  package private(set) var rejected = 0

  /// A reader of one file.
  package init(
    format: RowFormat = .auto, map: FieldMap = .none, kind: RecordKind? = nil,
    maxRowBytes: Int = 4 << 20
  ) {
    self.maxRowBytes = maxRowBytes
    lines = LineSplitter(maxBytes: maxRowBytes)
    elements = ElementSplitter(maxBytes: maxRowBytes)
    cells = CellSplitter(separator: UInt8(ascii: ","), maxBytes: maxRowBytes)
    rows = RowDecoder(map: map, kind: kind, limits: JSONLimits(maxBytes: maxRowBytes))
    table = TableDecoder(map: map, kind: kind, maxBytes: maxRowBytes)
    layout = .undecided
    choose(format)
  }

  private func choose(_ format: RowFormat) {
    switch format {
    case .auto: layout = .undecided
    case .jsonl: layout = .lines
    case .json: layout = .elements
    case .csv: layout = .cells
    case .tsv:
      layout = .cells
      cells = CellSplitter(separator: UInt8(ascii: "\t"), maxBytes: maxRowBytes)
    }
  }

  /// Takes the file's next bytes and hands over the rows that end in them.
  package func feed(_ chunk: [UInt8], _ emit: (Row) throws -> Void) rethrows {
    try chunk.withUnsafeBytes { try feed($0, emit) }
  }

  /// Takes the file's next bytes and hands over the rows that end in them.
  package func feed(
    _ chunk: UnsafeRawBufferPointer, _ emit: (Row) throws -> Void
  ) rethrows {
    if layout == .undecided || !skippedMark {
      try begin(chunk, isEnd: false, emit)
    } else {
      try split(chunk, emit)
    }
  }

  /// Ends the file and hands over what was left.
  package func finish(_ emit: (Row) throws -> Void) rethrows {
    try begin(UnsafeRawBufferPointer(start: nil, count: 0), isEnd: true, emit)
    switch layout {
    case .undecided, .refused: break
    case .lines: try lines.finish { try line($0, emit) }
    case .elements: try elements.finish { try hand(rows.decode($0), emit) }
    case .cells: try cells.finish { try cell($0, emit) }
    }
  }

  /// All rows of a file that is in memory.
  package static func rows(
    of bytes: [UInt8], format: RowFormat = .auto, map: FieldMap = .none, kind: RecordKind? = nil,
    maxRowBytes: Int = 4 << 20
  ) -> [Row] {
    let reader = RowReader(format: format, map: map, kind: kind, maxRowBytes: maxRowBytes)
    var rows: [Row] = []
    reader.feed(bytes) { rows.append($0) }
    reader.finish { rows.append($0) }
    return rows
  }

  // MARK: - The start of the file

  /// Whether the place of a byte order mark lies behind.
  private var skippedMark = false

  /// Collects the first bytes until the layout is known, and drops a table's byte order mark.
  private func begin(
    _ chunk: UnsafeRawBufferPointer, isEnd: Bool, _ emit: (Row) throws -> Void
  ) rethrows {
    if skippedMark { return }
    head.append(contentsOf: chunk)
    if layout == .undecided {
      switch RowSniffer.verdict(head, isEnd: isEnd) {
      case .undecided: return
      case .format(let format): choose(format)
      case .refused(let reason): try refuse(reason, emit)
      }
    }
    if layout == .cells, head.count < 3, !isEnd { return }
    skippedMark = true
    let isMarked = layout == .cells && head.starts(with: [0xEF, 0xBB, 0xBF])
    defer { head = [] }
    try head.withUnsafeBytes { bytes in
      try split(UnsafeRawBufferPointer(rebasing: bytes[(isMarked ? 3 : 0)...]), emit)
    }
  }

  private func refuse(_ reason: String, _ emit: (Row) throws -> Void) rethrows {
    layout = .refused
    let bad = BadRow(line: 1, reason: reason, snippet: head, byteCount: head.count)
    try hand(.bad(bad), emit)
  }

  // MARK: - Rows

  private func split(
    _ chunk: UnsafeRawBufferPointer, _ emit: (Row) throws -> Void
  ) rethrows {
    switch layout {
    case .undecided, .refused: break
    case .lines: try lines.feed(chunk) { try line($0, emit) }
    case .elements: try elements.feed(chunk) { try hand(rows.decode($0), emit) }
    case .cells: try cells.feed(chunk) { try cell($0, emit) }
    }
  }

  /// A line of a JSONL file; blank lines separate nothing and are passed over.
  private func line(_ row: RawRow, _ emit: (Row) throws -> Void) rethrows {
    let isBlank = row.problem == nil && row.bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    if !isBlank { try hand(rows.decode(row), emit) }
  }

  private func cell(_ row: CellRow, _ emit: (Row) throws -> Void) rethrows {
    if let row = table.decode(row) { try hand(row, emit) }
  }

  private func hand(_ row: Row, _ emit: (Row) throws -> Void) rethrows {
    switch row {
    case .record: accepted += 1
    case .bad: rejected += 1
    }
    try emit(row)
  }
}
