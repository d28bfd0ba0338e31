internal import ExpertPlatform
internal import ExpertRecord

/// A generation while training, kept to see what changes.
package struct TrainingSample: Sendable, Hashable {
  package var step: Int
  package var prompt: String
  package var reply: String

  package init(step: Int, prompt: String, reply: String) {
    self.step = step
    self.prompt = prompt
    self.reply = reply
  }
}

/// The report of a run as one HTML file: no script, nothing loaded from anywhere, light and dark.
package struct RunReport: Sendable {
  private let manifest: RunManifest
  private let rows: [MetricRow]
  private let samples: [TrainingSample]

  package init(manifest: RunManifest, rows: [MetricRow], samples: [TrainingSample] = []) {
    self.manifest = manifest
    self.rows = rows
    self.samples = samples
  }

  /// Writes the report in place of an older one.
  package func write(to folder: RunFolder) throws(TrainingError) {
    let bytes = Array(html.utf8)
    do {
      try AtomicFile.write(folder.report, bytes)
    } catch {
      throw TrainingError(error, needed: bytes.count)
    }
  }

  /// The whole document.
  package var html: String {
    let title = HTMLText.escaped("\(manifest.dataset.name) on \(manifest.baseName)")
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Training: \(title)</title>
      <style>\(Self.style)</style></head><body>
      <h1>\(title)</h1>
      <p>\(HTMLText.escaped(summary))</p>
      \(findings)
      \(charts)
      \(sampleList)
      <h2>Settings</h2>
      \(table(manifest.config.json))
      <h2>Lineage</h2>
      \(table(lineage))
      </body></html>

      """
  }

  private var summary: String {
    let loss = manifest.metrics["loss"].map { ", loss \(Figure.short($0))" } ?? ""
    let held = manifest.metrics["eval_loss"].map { ", held-out loss \(Figure.short($0))" } ?? ""
    return "\(manifest.config.objective), \(manifest.config.method.rawValue), "
      + "\(manifest.steps) steps in \(Figure.time(manifest.seconds)), \(manifest.state.rawValue)"
      + loss + held + ". Started \(Timestamp.text(manifest.started, fraction: false))."
  }

  private var findings: String {
    manifest.findings.map { finding in
      "<p class=\"\(finding.severity.rawValue)\"><strong>"
        + "\(HTMLText.escaped(finding.kind.rawValue))</strong> "
        + "\(HTMLText.escaped(finding.text))</p>"
    }.joined(separator: "\n")
  }

  private var charts: String {
    let known: Set = [
      "loss", "eval_loss", "learning_rate", "grad_norm", "tokens_per_second", "epoch",
    ]
    var charts = [
      Chart("Loss", [Curve("training", "loss", rows), Curve("held out", "eval_loss", rows)]),
      Chart("Learning rate", [Curve("learning rate", "learning_rate", rows)]),
      Chart("Gradient norm before clipping", [Curve("norm", "grad_norm", rows)]),
      Chart("Tokens per second", [Curve("tokens", "tokens_per_second", rows)]),
    ]
    let others = Set(rows.flatMap { Array($0.values.keys) }).subtracting(known)
    charts += others.sorted().map { Chart($0, [Curve($0, $0, rows)]) }
    return charts.compactMap { $0?.svg }.joined(separator: "\n")
  }

  private var sampleList: String {
    guard !samples.isEmpty else { return "" }
    let list = samples.map { sample in
      "<h3>Step \(sample.step)</h3><pre>\(HTMLText.escaped(sample.prompt))</pre>"
        + "<pre class=\"reply\">\(HTMLText.escaped(sample.reply))</pre>"
    }
    return "<h2>Samples</h2>" + list.joined(separator: "\n")
  }

  private var lineage: JSONValue {
    [
      "dataset": .string("\(manifest.dataset.name)@\(manifest.dataset.version)"),
      "dataset commit": .string(manifest.dataset.commit),
      "dataset root": .string(manifest.dataset.root),
      "base": .string(manifest.baseName), "base sha256": .string(manifest.baseHash),
      "configuration sha256": .string(manifest.config.hash.hex),
      "prompt template": .string("\(manifest.templateName) (\(manifest.templateHash))"),
      "tool": .string(manifest.toolVersion), "run": .string(manifest.id),
    ]
  }

  private func table(_ json: JSONValue) -> String {
    let rows = (json.members ?? []).map { member in
      let value = member.value.string ?? CanonicalJSON.text(of: member.value)
      return "<tr><th>\(HTMLText.escaped(member.name))</th>"
        + "<td>\(HTMLText.escaped(value))</td></tr>"
    }
    return "<table>\(rows.joined(separator: "\n"))</table>"
  }

  private static let style = """
    :root{color-scheme:light dark;--ink:#1c1c1e;--paper:#fff;--soft:#e2e2e6;--a:#0a63c9;--b:#c2410c;\
    --warn:#fff4d6;--stop:#ffe0e0}
    @media(prefers-color-scheme:dark){:root{--ink:#ececf0;--paper:#161618;--soft:#38383e;\
    --a:#6db3ff;--b:#ffa366;--warn:#3d3310;--stop:#4a1c1c}}
    body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);\
    max-width:720px;margin:2rem auto;padding:0 1rem}
    figure{margin:1.5rem 0}svg{width:100%}polyline{fill:none;stroke-width:1.6;stroke-linecap:round}
    polyline.c0{stroke:var(--a)}polyline.c1{stroke:var(--b)}.key.c0{color:var(--a)}
    .key.c1{color:var(--b)}.grid{stroke:var(--soft)}.tick{font-size:11px;fill:currentColor}
    pre{white-space:pre-wrap;background:var(--soft);padding:.6rem;border-radius:4px}
    .reply{border-left:3px solid var(--a)}.warning{background:var(--warn);padding:.5rem}
    .stop{background:var(--stop);padding:.5rem}table{border-collapse:collapse;width:100%}
    th,td{text-align:left;padding:.2rem .5rem;border-bottom:1px solid var(--soft);\
    overflow-wrap:anywhere}
    """
}
