internal import ExpertEvaluation
internal import ExpertGeneration
internal import ExpertRecord

/// Where a report is written besides the terminal.
struct ReportFiles {
  var json: String?
  var html: String?
  var examples: String?

  func write(_ report: EvaluationReport) throws {
    if let json {
      try Self.write(json, CanonicalJSON.text(of: report.json(withTexts: true)) + "\n")
    }
    if let html { try Self.write(html, ReportPage(report).html) }
    if let examples { try Self.write(examples, Self.lines(report)) }
  }

  /// Each example's scores as a line.
  private static func lines(_ report: EvaluationReport) -> String {
    report.outcomes.map { outcome in
      let scores = outcome.expertScores.sorted { $0.key < $1.key }.map {
        JSONValue.Member($0.key, .number($0.value))
      }
      return CanonicalJSON.text(of: ["rid": .string(outcome.rid), "scores": .object(scores)]) + "\n"
    }.joined()
  }

  private static func write(_ path: String, _ text: String) throws {
    try OutputFolder.make(for: path)
    let file = try WholeFile(path)
    try file.append(Array(text.utf8))
    try file.commit()
  }

  /// The largest report that is read.
  private static let limit = 512 << 20

  /// Reads a report that was written as JSON.
  static func read(_ path: String) throws -> EvaluationReport { try readWhole(path).report }

  /// The same with the JSON that it was read from.
  static func readWhole(_ path: String) throws -> (report: EvaluationReport, json: JSONValue) {
    let file = try RowFile(path)
    var bytes: [UInt8] = []
    while let piece = try file.next(), bytes.count <= limit { bytes += piece }
    do {
      let json = try JSONValue.parse(bytes, limits: JSONLimits(maxBytes: limit))
      return (try EvaluationReport(json: json, path: path), json)
    } catch let error as JSONError {
      throw EvaluationError.badFile(path: path, line: error.line, reason: error.reason)
    }
  }
}

extension GlobalOptions {
  /// Prints a report's tables and notes.
  func show(_ report: EvaluationReport) {
    for (place, table) in report.tables.enumerated() {
      if place > 0 { Console.out("") }
      show(table)
    }
    for note in report.notes { Console.out(VisibleText.line(note)) }
  }

  /// Prints one table of a report.
  func show(_ table: ReportTable) {
    show(TableText(table.header, numeric: table.numeric, rows: table.rows))
  }
}
