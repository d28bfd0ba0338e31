internal import ExpertEvaluation
internal import ExpertRecord
internal import ExpertStore

/// The evaluations that a store keeps, found by number or by content.
struct StoredReports {
  /// An evaluation with the name of the dataset that its records came from.
  typealias Entry = (dataset: String, evaluation: StoredEvaluation)

  private let store: Store

  init(_ store: Store) { self.store = store }

  /// The evaluations of one dataset, or of all, oldest first.
  func list(_ dataset: String?) throws -> [Entry] {
    let names = try dataset.map { [$0] } ?? store.datasets().map(\.name)
    return try names.flatMap { name in
      try store.evaluations(of: name).map { (dataset: name, evaluation: $0) }
    }.sorted { $0.evaluation.id < $1.evaluation.id }
  }

  /// The report of a number.
  func report(_ number: Int64) throws -> EvaluationReport {
    guard let found = try list(nil).first(where: { $0.evaluation.id == number }) else {
      throw Failure(
        .usage, "unknown-name",
        "there is no evaluation \(number); see expert-gen eval list")
    }
    return try report(found.evaluation)
  }

  private func report(_ evaluation: StoredEvaluation) throws -> EvaluationReport {
    try EvaluationReport(
      json: try store.report(of: evaluation), path: "evaluation \(evaluation.id)")
  }

  /// Whether the store keeps this very report, texts apart.
  func contains(_ report: EvaluationReport) throws -> Bool {
    guard let name = report.provenance.dataset,
      try store.datasets().contains(where: { $0.name == name })
    else { return false }
    let wanted = CanonicalJSON.bytes(of: report.json(withTexts: false))
    return try list(name).contains { entry in
      guard entry.evaluation.figures.examples == report.examples else { return false }
      return CanonicalJSON.bytes(of: try store.report(of: entry.evaluation)) == wanted
    }
  }
}
