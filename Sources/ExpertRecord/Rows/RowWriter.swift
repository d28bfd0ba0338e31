internal import CKernels

/// The forms in which records leave.
package enum ExportFormat: String, Sendable, Hashable, CaseIterable {
  /// One canonical record a line.
  case jsonl
  /// One JSON list of `instruction`, `input`, `output`.
  case alpaca
  /// One JSON list of `conversations` with `from` and `value`.
  case sharegpt
  /// One line for each conversation, `messages` with `role` and `content`.
  case openai
  /// A table with commas and a header (RFC 4180).
  case csv
  /// A table with tabs and a header, quoted as CSV is.
  case tsv
}

/// Writes records of one kind as rows of a file, appending to a buffer of the caller's.
///
/// A record that would lose something in the form is refused; nothing of it is written then.
/// `RowReader` reads every form back to the same records, and with `attributes` to the same
/// attributes.
package struct RowWriter: Sendable {
  private let format: ExportFormat
  private let kind: RecordKind
  private let withAttributes: Bool
  private var rows = 0

  /// A writer of records of `kind`; `attributes` adds split, labels and the rest as columns.
  package init(format: ExportFormat, kind: RecordKind, attributes: Bool = false) {
    self.format = format
    self.kind = kind
    withAttributes = attributes
  }

  /// Writes what stands before the first row.
  package func begin(to out: inout [UInt8]) {
    switch format {
    case .jsonl, .openai: break
    case .alpaca, .sharegpt: out.append(UInt8(ascii: "["))
    case .csv, .tsv:
      let columns = withAttributes ? kind.fields + TableRow.attributes : kind.fields
      TableRow.append(columns, separator: separator, to: &out)
    }
  }

  /// Writes one row.
  package mutating func append(
    _ record: Record, _ attributes: RecordAttributes = RecordAttributes(), to out: inout [UInt8]
  ) throws(RecordError) {
    let extra = withAttributes ? attributes : nil
    switch format {
    case .jsonl: Self.line(record, extra, to: &out)
    case .openai: Self.line(try record.converted(to: .chat, form: "openai"), extra, to: &out)
    case .alpaca: listed(try record.alpaca, extra, to: &out)
    case .sharegpt: listed(try record.shareGPT, extra, to: &out)
    case .csv, .tsv: try table(record, extra, to: &out)
    }
    rows += 1
  }

  /// Writes what stands behind the last row.
  package func end(to out: inout [UInt8]) {
    switch format {
    case .alpaca, .sharegpt: out += Array("\n]\n".utf8)
    case .jsonl, .openai, .csv, .tsv: break
    }
  }

  private static func line(
    _ record: Record, _ attributes: RecordAttributes?, to out: inout [UInt8]
  ) {
    if let attributes, let members = record.json.members {
      CanonicalJSON.append(members + (attributes.json.members ?? []), to: &out)
    } else {
      record.appendCanonical(to: &out)
    }
    out.append(0x0A)
  }

  /// Writes members in the order in which they are given: people read these files.
  private func listed(
    _ members: [JSONValue.Member], _ attributes: RecordAttributes?, to out: inout [UInt8]
  ) {
    let all = members + (attributes?.json.members ?? [])
    out += Array((rows == 0 ? "\n{" : ",\n{").utf8)
    for (i, member) in all.enumerated() {
      if i > 0 { out.append(UInt8(ascii: ",")) }
      CanonicalJSON.append(member.name, to: &out)
      out.append(UInt8(ascii: ":"))
      CanonicalJSON.append(member.value, to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  private var separator: UInt8 { format == .tsv ? 0x09 : UInt8(ascii: ",") }

  private func table(
    _ record: Record, _ attributes: RecordAttributes?, to out: inout [UInt8]
  ) throws(RecordError) {
    let record = try record.converted(to: kind)
    var cells = (record.json.members ?? []).map { TableRow.cell($0.value) }
    if let attributes {
      let members = attributes.json
      cells += TableRow.attributes.map { name in members[name].map(TableRow.cell) ?? "" }
    }
    TableRow.append(cells, separator: separator, to: &out)
  }
}

/// A row of a CSV or TSV file.
private enum TableRow {
  /// The columns of a record's attributes, behind those of the record.
  static let attributes = ["answerKind", "difficulty", "labels", "meta", "split", "weight"]

  /// A text as it is, anything else as canonical JSON.
  static func cell(_ value: JSONValue) -> String {
    value.string ?? CanonicalJSON.text(of: value)
  }

  static func append(_ cells: [String], separator: UInt8, to out: inout [UInt8]) {
    for (i, cell) in cells.enumerated() {
      if i > 0 { out.append(separator) }
      append(cell, separator: separator, to: &out)
    }
    out.append(0x0A)
  }

  /// Appends a cell, quoted where it holds what would end it.
  private static func append(_ cell: String, separator: UInt8, to out: inout [UInt8]) {
    var cell = cell
    cell.withUTF8 { text in
      let isPlain = expert_csv_plain(text.baseAddress, text.count, separator) == text.count
      if isPlain { out.append(contentsOf: text) } else { quote(text, to: &out) }
    }
  }

  private static func quote(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    out.append(quote)
    var rest = text
    while !rest.isEmpty {
      let run = expert_find_byte(rest.baseAddress, rest.count, quote)
      out.append(contentsOf: rest[..<run])
      if run < rest.count { out += [quote, quote] }
      rest = UnsafeBufferPointer(rebasing: rest[min(run + 1, rest.count)...])
    }
    out.append(quote)
  }
}

extension Record {
  /// The conversion with the wanted form's name in its error.
  fileprivate func converted(to kind: RecordKind, form: String) throws(RecordError) -> Record {
    do throws(RecordError) {
      return try converted(to: kind)
    } catch .notConvertible(let from, _, let reason) {
      throw .notConvertible(from: from, to: form, reason: reason)
    }
  }

  /// The members of an Alpaca row, in the order that those files have.
  fileprivate var alpaca: [JSONValue.Member] {
    get throws(RecordError) {
      guard case .instruction(let record) = try converted(to: .instruction, form: "alpaca") else {
        throw .notConvertible(from: kind, to: "alpaca", reason: Self.reason(kind))
      }
      return [
        .init("instruction", .string(record.instruction)), .init("input", .string(record.input)),
        .init("output", .string(record.output)),
      ]
    }
  }

  /// The members of a ShareGPT row.
  fileprivate var shareGPT: [JSONValue.Member] {
    get throws(RecordError) {
      guard case .chat(let record) = try converted(to: .chat, form: "sharegpt") else {
        throw .notConvertible(from: kind, to: "sharegpt", reason: Self.reason(kind))
      }
      return [.init("conversations", .array(record.messages.map(\.shareGPT)))]
    }
  }
}

extension Message {
  fileprivate var shareGPT: JSONValue {
    let names = ["user": "human", "assistant": "gpt"]
    return ["from": .string(names[role] ?? role), "value": .string(content)]
  }
}
