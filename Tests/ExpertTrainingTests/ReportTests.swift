import ExpertRecord
import ExpertTestSupport
import ExpertTraining
import Foundation
import Testing

@Suite struct ReportTests {
  private static func rows(_ count: Int) -> [MetricRow] {
    (1...count).map { step in
      var values = [
        "loss": 2 / Double(step), "learning_rate": 1e-4, "grad_norm": 1.5,
        "tokens_per_second": 300, "rewards/margins": 0.1,
      ]
      if step % 10 == 0 { values["eval_loss"] = 2.5 / Double(step) }
      if step == 7 { values["loss"] = .nan }
      return MetricRow(step: step, time: 0, values: values)
    }
  }

  private static func html(
    _ rows: [MetricRow], samples: [TrainingSample] = [], base: String = "qwen3"
  ) throws -> String {
    var manifest = try RunManifestTests.manifest()
    manifest.baseName = base
    return RunReport(manifest: manifest, rows: rows, samples: samples).html
  }

  @Test func theReportShowsCurvesSettingsFindingsAndSamples() throws {
    let html = try Self.html(
      Self.rows(50), samples: [TrainingSample(step: 10, prompt: "2 + 2?", reply: "4")])
    for part in [
      "<figcaption>Loss", "Learning rate", "Gradient norm", "Tokens per second", "rewards/margins",
      "lora_alpha", "c0ffee", "overfitting", "2 + 2?", "prefers-color-scheme:dark",
    ] {
      #expect(html.contains(part), "\(part)")
    }
    #expect(html.components(separatedBy: "<svg").count == 6)
    // The loss that was no number makes a gap: two lines of training and one of evaluation.
    #expect(html.components(separatedBy: "<polyline class=\"c0\"").count == 7)
    #expect(html.components(separatedBy: "<polyline class=\"c1\"").count == 2)
  }

  @Test func nothingIsLoadedAndNoScriptRuns() throws {
    let html = try Self.html(Self.rows(5))
    #expect(html.contains("default-src 'none'"))
    for word in ["<script", "http://", "https://", "url(", "@import", "src="] {
      #expect(!html.contains(word), "\(word)")
    }
  }

  @Test func hostileTextsStayTexts() throws {
    let hostile = "</pre><script>alert(1)</script>\" onload='x'&\u{1b}[31m"
    let html = try Self.html(
      Self.rows(3) + [MetricRow(step: 4, time: 0, values: [hostile: 1])],
      samples: [TrainingSample(step: 1, prompt: hostile, reply: hostile)], base: hostile)
    #expect(!html.contains("<script"))
    #expect(!html.contains("onload='"))
    #expect(!html.contains("\u{1b}"))
    #expect(html.contains("&lt;script&gt;"))
  }

  @Test func aRunWithoutRowsHasAReportToo() throws {
    #expect(try Self.html([]).contains("<h2>Settings</h2>"))
  }

  @Test func longRunsAreThinnedAndKeepTheirSpikes() throws {
    var rows = (1...50_000).map {
      MetricRow(step: $0, time: 0, values: ["loss": 1 + 0.1 * Double($0 % 2)])
    }
    rows[31_234].values["loss"] = 900
    let html = try Self.html(rows)
    #expect(html.utf8.count < 60_000)
    #expect(html.contains(">1000</text>"))
  }

  @Test func theFileIsWrittenWhole() throws {
    let folder = try TemporaryFolder()
    let report = RunReport(manifest: try RunManifestTests.manifest(), rows: Self.rows(5))
    try report.write(to: RunFolder(folder.path))
    let text = try String(contentsOfFile: folder.file("report.html"), encoding: .utf8)
    #expect(text == report.html)
  }
}
