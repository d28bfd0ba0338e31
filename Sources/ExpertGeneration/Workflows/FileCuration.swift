internal import ExpertCuration
internal import ExpertPlatform
package import ExpertRecord
internal import Foundation

/// Curation from file to file, the documents' `--input a.jsonl --output b.jsonl`: no store, rows in
/// the order in which they came, dropped rows in a file of their own where one is named.
package struct FileCuration: Sendable {
  package var rules: CurationRules
  package var format: RowFormat
  package var map: FieldMap
  package var kind: RecordKind?

  package init(
    rules: CurationRules, format: RowFormat = .auto, map: FieldMap = .none,
    kind: RecordKind? = nil
  ) {
    self.rules = rules
    self.format = format
    self.map = map
    self.kind = kind
  }

  /// What was done.
  package struct Report: Sendable, Hashable {
    package var tally = CurationTally()
    /// Rows that are no records, the first hundred; they are in the file of dropped rows too.
    package var bad: [BadRow] = []
    package var badCount = 0
  }

  /// Rows judged at once; the near-duplicate search uses both cores on a block.
  private static let block = 4096

  /// Writes the kept rows of `input` to `output`, all of them or, on an error, none.
  package func run(
    input: String, output: String, rejected: String? = nil,
    progress: (Int) -> Void = { _ in }
  ) throws -> Report {
    let source = try RowFile(input)
    let kept = try WholeFile(output)
    let dropped = try rejected.map { try WholeFile($0) }
    var report = Report()
    let pass = CurationPass(rules)
    var waiting: [(line: Int, candidate: Candidate)] = []
    let reader = RowReader(format: format, map: map, kind: kind)
    func flush() throws {
      try settle(waiting, pass, kept, dropped, &report)
      waiting.removeAll(keepingCapacity: true)
      progress(report.tally.total + report.badCount)
    }
    func take(_ row: Row) throws {
      switch row {
      case .record(let line, let record, let attributes):
        waiting.append((line, Candidate(record: record, attributes: attributes)))
        if waiting.count == Self.block { try flush() }
      case .bad(let bad):
        report.badCount += 1
        if report.bad.count < 100 { report.bad.append(bad) }
        try dropped?.append(Self.explained(bad))
      }
    }
    while let chunk = try source.next() { try reader.feed(chunk, take) }
    try reader.finish(take)
    try flush()
    try kept.commit()
    try dropped?.commit()
    return report
  }

  private func settle(
    _ rows: [(line: Int, candidate: Candidate)], _ pass: CurationPass, _ kept: WholeFile,
    _ dropped: WholeFile?, _ report: inout Report
  ) throws {
    for (row, finding) in zip(rows, pass.judge(rows.map(\.candidate))) {
      report.tally.add(finding)
      if let rejection = finding.rejection {
        try dropped?.append(Self.explained(row.line, row.candidate.record, rejection))
      } else {
        try kept.append(Self.bytes(row.candidate))
      }
    }
  }

  /// The record and its attributes as one JSON line.
  static func bytes(_ candidate: Candidate) throws -> [UInt8] {
    var out: [UInt8] = []
    var writer = RowWriter(format: .jsonl, kind: candidate.record.kind, attributes: true)
    try writer.append(candidate.record, candidate.attributes, to: &out)
    return out
  }

  private static func explained(_ line: Int, _ record: Record, _ rejection: Rejection) -> [UInt8] {
    CanonicalJSON.bytes(of: [
      "line": .number(Double(line)), "filter": .string(rejection.filter),
      "score": rejection.score.map(JSONValue.number) ?? .null,
      "detail": .string(rejection.detail), "record": record.json,
    ]) + [0x0A]
  }

  private static func explained(_ bad: BadRow) -> [UInt8] {
    CanonicalJSON.bytes(of: [
      "line": .number(Double(bad.line)), "filter": "row", "detail": .string(bad.reason),
      "text": .string(String(decoding: bad.snippet, as: UTF8.self)),
    ]) + [0x0A]
  }
}
