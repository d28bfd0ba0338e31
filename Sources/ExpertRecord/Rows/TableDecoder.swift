internal import CKernels

/// Makes records of the rows of a CSV or TSV file, whose first row names the columns.
struct TableDecoder: ~Copyable {
  private var decoder: RowDecoder
  /// Each column's name as JSON with the colon behind it; empty until the header has come.
  private var names: [[UInt8]] = []
  private var headerProblem: String?
  private var object: [UInt8] = []

  init(map: FieldMap, kind: RecordKind?, maxBytes: Int) {
    decoder = RowDecoder(cells: map, kind: kind, maxBytes: maxBytes)
  }

  /// The row's record; `nil` for the header.
  mutating func decode(_ row: CellRow) -> Row? {
    if names.isEmpty, headerProblem == nil { return header(row) }
    if let problem = headerProblem ?? Self.problem(of: row) { return row.bad(problem) }
    guard row.ends.count == names.count else {
      return row.bad(
        "the row has \(row.ends.count) cells, the header has \(names.count) columns")
    }
    writeObject(row)
    return object.withUnsafeBytes { bytes in
      let raw = RawRow(line: row.line, bytes: bytes, byteCount: row.byteCount, problem: nil)
      let result = decoder.decode(raw)
      guard case .bad(let bad) = result else { return result }
      return row.bad(bad.reason)
    }
  }

  private static func problem(of row: CellRow) -> String? {
    if let problem = row.problem { return problem }
    guard let base = row.content.bindMemory(to: UInt8.self).baseAddress else { return nil }
    if expert_utf8_valid(base, row.content.count) < row.content.count {
      return "these bytes are no UTF-8 text: save the file as UTF-8"
    }
    if expert_find_byte(base, row.content.count, 0) < row.content.count {
      return "the row holds zero bytes: is the file UTF-16? Save it as UTF-8"
    }
    return nil
  }

  private mutating func header(_ row: CellRow) -> Row? {
    let columns = row.ends.indices.map { Array(row.cell($0)) }
    headerProblem = Self.problem(of: row).map { "the header (line \(row.line)) is unusable: \($0)" }
    if headerProblem == nil, let twin = Self.twin(columns) {
      let name = String(decoding: twin, as: UTF8.self).excerpt()
      headerProblem = "the header (line \(row.line)) names the column \"\(name)\" twice"
    }
    if let headerProblem { return row.bad(headerProblem) }
    names = columns.map { column in
      var name: [UInt8] = []
      column.withUnsafeBytes { CanonicalJSON.append(utf8: $0, to: &name) }
      name.append(UInt8(ascii: ":"))
      return name
    }
    return nil
  }

  private static func twin(_ columns: [[UInt8]]) -> [UInt8]? {
    var seen: Set<[UInt8]> = []
    return columns.first { !seen.insert($0).inserted }
  }

  private mutating func writeObject(_ row: CellRow) {
    object.removeAll(keepingCapacity: true)
    for (i, name) in names.enumerated() {
      object.append(i == 0 ? UInt8(ascii: "{") : UInt8(ascii: ","))
      object += name
      CanonicalJSON.append(utf8: row.cell(i), to: &object)
    }
    object.append(UInt8(ascii: "}"))
  }
}
