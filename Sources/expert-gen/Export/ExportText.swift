internal import ExpertModel
internal import ExpertRecord
internal import ExpertTensors

/// An export's report for people.
enum ExportText {
  static func lines(_ report: ExportReport) -> [String] {
    var lines = [
      "\(report.output): \(report.format.title), \(report.type.rawValue), "
        + "\(Figures.bytes(report.bytes))"
    ]
    if !report.format.isFile {
      lines += report.files.map { "  \($0.name)  \(Figures.bytes($0.bytes))" }
    }
    lines.append("opened again and compared with base and adapter: " + text(report.comparison))
    if let drift = report.drift { lines.append("drift (\(drift.what)): " + text(drift.comparison)) }
    return lines
  }

  private static func text(_ comparison: LogitComparison) -> String {
    let change = comparison.changeOfNLL
    return "logits within \(short(comparison.difference)) of the largest, "
      + "KL \(short(comparison.divergence)), NLL \(Figures.decimal(comparison.sourceNLL, 4)) "
      + "(\(change < 0 ? "" : "+")\(Figures.decimal(change, 4))), same token in "
      + "\(Figures.decimal(comparison.agreement * 100, 1)) % of \(comparison.tokens)"
  }

  private static func short(_ value: Double) -> String { LogitComparison.short(value) }
}
