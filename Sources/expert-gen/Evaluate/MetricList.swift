internal import ArgumentParser
internal import ExpertEvaluation
internal import ExpertRecord

/// The metrics that a command line names.
enum MetricList {
  /// The metrics of a list such as `bleu,chrf:eps=yes`.
  static func metrics(_ list: String?) throws -> [Metric] {
    var metrics: [Metric] = []
    for name in list?.split(separator: ",") ?? [] {
      let metric = try Metric(name: String(name))
      if !metrics.contains(metric) { metrics.append(metric) }
    }
    guard list == nil || !metrics.isEmpty else { throw ValidationError("--metrics names none") }
    return metrics
  }

  /// Refuses metrics of pairs for records that are none, before a model is loaded for nothing.
  static func check(_ suite: EvaluationSuite, kind: RecordKind) throws {
    for metric in suite.wanted where [.rewardAccuracy, .rewardMargin].contains(metric) {
      guard kind != .preference else { continue }
      throw EvaluationError.missingField(metric: metric.name, row: 1, field: "pair of answers")
    }
  }

  /// A metric that was asked for and has nothing to score is an error and no missing line.
  static func require(
    _ report: EvaluationReport, _ suite: EvaluationSuite, source: String
  ) throws {
    for metric in suite.wanted where !report.rows.contains(where: { $0.name == metric.name }) {
      throw EvaluationError.missingField(
        metric: metric.name, row: 1, field: PredictionFile.field(for: metric))
    }
    guard !report.rows.isEmpty else {
      throw EvaluationError.nothingToScore(what: "\(source) holds no references")
    }
  }
}
