internal import ExpertComposition
internal import ExpertModel

/// A check's report as tables for people.
struct CompositionTables {
  private let report: CompositionReport

  init(_ report: CompositionReport) { self.report = report }

  var all: [TableText] {
    [experts] + [pairs, suites].filter { !$0.rows.isEmpty }
  }

  /// What concerns all experts together.
  var lines: [String] {
    guard let joint = report.joint, report.experts.count > 1 else { return [] }
    let share = report.interaction.map {
      "; \(Figures.decimal($0 * 100, 0)) % of the change comes from being together"
    }
    return [
      "together: KL \(Figures.decimal(joint.divergence, 4)), same token "
        + "\(Figures.decimal(joint.agreement * 100, 0)) %" + (share ?? "")
    ]
  }

  private var experts: TableText {
    TableText(
      ["EXPERT", "WEIGHT", "LAYERS", "PARAMETERS", "CHANGE", "KL", "SAME TOKEN", "TARGETS"],
      numeric: [1, 2, 3, 4, 5, 6],
      rows: report.experts.map { expert in
        [
          expert.name, Figures.decimal(expert.weight, 2),
          Figures.count(expert.parts.reduce(0) { $0 + $1.places }),
          Figures.count(expert.parts.reduce(0) { $0 + $1.parameters }),
          expert.parts.map(Self.change).joined(separator: " "),
          expert.drift.map { Figures.decimal($0.divergence, 4) } ?? "-",
          expert.drift.map { Figures.decimal($0.agreement * 100, 0) + " %" } ?? "-",
          expert.parts.map(Self.targets).joined(separator: "; "),
        ]
      })
  }

  private static func change(_ part: AdapterSummary) -> String {
    let share = part.relativeNorm ?? part.scaling ?? part.relativePrompt
    return share.map { Figures.decimal($0 * 100, 2) + " %" } ?? "-"
  }

  private static func targets(_ part: AdapterSummary) -> String {
    part.promptLength > 0
      ? "\(part.promptLength) vectors before the text"
      : part.targets.map(\.rawValue).joined(separator: ",")
  }

  private var pairs: TableText {
    TableText(
      ["PAIR", "SHARED LAYERS", "SHARE", "COSINE", "TARGETS"], numeric: [1, 2, 3],
      rows: report.pairs.map { pair in
        [
          "\(pair.first), \(pair.second)", Figures.count(pair.overlap.shared),
          Figures.decimal(pair.overlap.share * 100, 0) + " %",
          pair.overlap.cosine.map { Figures.decimal($0, 2) } ?? "-",
          pair.overlap.targets.map(\.rawValue).joined(separator: ","),
        ]
      })
  }

  private var suites: TableText {
    TableText(
      ["SUITE OF", "CASES", "BASE", "ALONE", "TOGETHER", "SOURCE"], numeric: [1, 2, 3, 4],
      rows: report.suites.map { suite in
        [
          suite.expert, Figures.count(suite.examples), Figures.decimal(suite.base, 3),
          Figures.decimal(suite.alone, 3), Figures.decimal(suite.joint, 3), suite.source,
        ]
      })
  }
}
