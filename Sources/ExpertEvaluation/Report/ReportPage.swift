internal import ExpertPlatform
internal import ExpertRecord

/// A report as one HTML page that needs nothing else: no script, no font, no picture from elsewhere.
///
/// Every text comes from outside and is escaped; the page's policy forbids whatever would be loaded.
package struct ReportPage: Sendable {
  private let report: EvaluationReport
  /// Examples that are shown in full.
  private let shown: Int

  package init(_ report: EvaluationReport, examples shown: Int = 200) {
    self.report = report
    self.shown = shown
  }

  /// The page's text.
  package var html: String {
    let title = "Evaluation of \(report.provenance.adapter ?? "predictions")"
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(HTMLText.escaped(title))</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <h1>\(HTMLText.escaped(title))</h1>
      <p>\(report.examples) examples, \(HTMLText.escaped(report.provenance.date))</p>
      \(bars)
      \(report.tables.map(Self.table).joined(separator: "\n"))
      \(list)
      \(provenance)
      \(examples)
      </body>
      </html>

      """
  }

  private static let style = """
    :root{color-scheme:light dark;--line:#8884;--base:#8a8f98;--expert:#2f7de1}
    body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}
    h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
    table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    .wide{overflow-x:auto}
    th,td{padding:.25rem .6rem;border-bottom:1px solid var(--line);text-align:left}
    td.n,th.n{text-align:right;white-space:nowrap}
    pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.2rem 0;padding:.4rem;\
    background:#8881;border-radius:4px}
    svg{width:100%;height:auto;font:12px system-ui,sans-serif}
    svg text{fill:currentColor}.b{fill:var(--base)}.e{fill:var(--expert)}
    .i{stroke:currentColor;stroke-width:1.5}
    summary{cursor:pointer}dt{font-weight:600}
    """

  private static func table(_ table: ReportTable) -> String {
    func cells(_ row: [String], _ tag: String) -> String {
      row.enumerated().map { column, cell in
        let kind = table.numeric.contains(column) ? " class=\"n\"" : ""
        return "<\(tag)\(kind)>\(HTMLText.escaped(cell))</\(tag)>"
      }.joined()
    }
    let body = table.rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
    return """
      <h2>\(HTMLText.escaped(table.title))</h2>
      <div class="wide"><table>
      <thead><tr>\(cells(table.header, "th"))</tr></thead>
      <tbody>
      \(body)
      </tbody>
      </table></div>
      """
  }

  private var list: String {
    guard !report.notes.isEmpty else { return "" }
    let items = report.notes.map { "<li>\(HTMLText.escaped($0))</li>" }.joined(separator: "\n")
    return "<ul>\n\(items)\n</ul>"
  }

  private var provenance: String {
    let facts = (report.provenance.json.members ?? []).compactMap { member in
      member.value.string.map { (member.name, $0) }
    }
    let items = facts.map {
      "<dt>\(HTMLText.escaped($0.0))</dt><dd>\(HTMLText.escaped($0.1))</dd>"
    }
    return """
      <h2>Provenance</h2>
      <dl>
      \(items.joined(separator: "\n"))
      </dl>
      """
  }
}

// The bars: one metric a row, as a share of its best score.
extension ReportPage {
  private static let rowHeight = 46
  private static let left = 190
  private static let width = 560

  private var bars: String {
    let rows = ((report.benchmark.map { [$0] } ?? []) + report.rows).compactMap { row in
      Self.best(of: row.name).map { (row, $0) }
    }
    guard !rows.isEmpty else { return "" }
    let height = rows.count * Self.rowHeight
    let body = rows.enumerated().map { place, entry in
      Self.bars(entry.0, best: entry.1, top: place * Self.rowHeight)
    }
    return """
      <svg viewBox="0 0 \(Self.left + Self.width + 70) \(height)" role="img" \
      aria-label="Scores as bars">
      \(body.joined(separator: "\n"))
      </svg>
      """
  }

  private static func best(of name: String) -> Double? {
    name == EvaluationReport.benchmarkName ? 1 : (try? Metric(name: name))?.best
  }

  private static func bars(_ row: EvaluationReport.Row, best: Double, top: Int) -> String {
    var parts = ["<text x=\"0\" y=\"\(top + 24)\">\(HTMLText.escaped(row.name))</text>"]
    let systems = [(row.base, "b", "base"), (row.expert, "e", "expert")]
      .compactMap { score, style, name in score.map { ($0, style, name) } }
    let thickness = systems.count == 1 ? 22 : 15
    for (place, (score, style, name)) in systems.enumerated() {
      let y = top + 6 + place * (thickness + 2)
      let length = ScoreText.decimal(share(score.value, best) * Double(width), 1)
      parts.append(
        "<rect class=\"\(style)\" x=\"\(left)\" y=\"\(y)\" width=\"\(length)\" "
          + "height=\"\(thickness)\"><title>\(name) \(ScoreText.score(score.value))</title></rect>")
      parts.append(whisker(score, best: best, y: y + thickness / 2))
      parts.append(
        "<text x=\"\(left + width + 6)\" y=\"\(y + thickness - 3)\">"
          + "\(ScoreText.score(score.value))</text>")
    }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private static func whisker(_ score: EvaluationReport.Score, best: Double, y: Int) -> String {
    guard let interval = score.interval else { return "" }
    let ends = [interval.low, interval.high].map {
      ScoreText.decimal(Double(left) + share($0, best) * Double(width), 1)
    }
    return "<line class=\"i\" x1=\"\(ends[0])\" x2=\"\(ends[1])\" y1=\"\(y)\" y2=\"\(y)\"/>"
  }

  private static func share(_ value: Double, _ best: Double) -> Double {
    value.isFinite ? min(1, max(0, value / best)) : 0
  }
}

// The examples, folded.
extension ReportPage {
  private var examples: String {
    let told = report.outcomes.filter { !$0.prompt.isEmpty || !$0.references.isEmpty }
    guard !told.isEmpty else { return "" }
    let rest = told.count > shown ? "<p>and \(told.count - shown) more in the JSON report</p>" : ""
    let items = told.prefix(shown).map(Self.example).joined(separator: "\n")
    return "<h2>Examples</h2>\n\(items)\n\(rest)"
  }

  private static func example(_ outcome: ExampleOutcome) -> String {
    let texts: [(String, String?)] = [
      ("prompt", outcome.prompt.isEmpty ? nil : outcome.prompt),
      ("reference", outcome.references.first), ("base", outcome.base?.text),
      ("expert", outcome.expert.text),
    ]
    let body = texts.compactMap { name, text in
      text.map { "<dt>\(name)</dt><dd><pre>\(HTMLText.escaped($0))</pre></dd>" }
    }
    let scores = outcome.expertScores.sorted { $0.key < $1.key }.map { name, score in
      let base = outcome.baseScores[name].map { ScoreText.score($0) + " → " } ?? ""
      return "\(name) \(base)\(ScoreText.score(score))"
    }
    let facts = [outcome.difficulty?.rawValue, outcome.answerKind.rawValue].compactMap { $0 }
    return """
      <details><summary>\(HTMLText.escaped(outcome.rid)) (\(facts.joined(separator: ", ")))</summary>
      <p>\(HTMLText.escaped(scores.joined(separator: ", ")))</p>
      <dl>\(body.joined(separator: "\n"))</dl></details>
      """
  }
}
