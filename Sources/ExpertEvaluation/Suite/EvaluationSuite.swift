package import ExpertRecord

/// Which metrics say how good an answer is: chosen by the kind of answer and of record.
package struct EvaluationSuite: Sendable, Hashable {
  /// Metrics that are wanted for every case instead of the chosen ones; empty: the chosen ones.
  package var wanted: [Metric]

  package init(wanted: [Metric] = []) { self.wanted = wanted }

  /// The metrics of a case, the deciding one first: it makes the benchmark score and the wins.
  package func metrics(for answer: AnswerKind, record: RecordKind) -> [Metric] {
    guard wanted.isEmpty else { return wanted }
    let pairs: [Metric] = record == .preference ? [.rewardAccuracy, .rewardMargin] : []
    return pairs + Self.metrics(for: answer) + [.perplexity]
  }

  private static func metrics(for answer: AnswerKind) -> [Metric] {
    switch answer {
    case .literal: [.normalisedMatch, .exactMatch, .squadF1]
    case .label: [.accuracy, .weightedF1, .macroF1]
    case .json: [.jsonEquality, .jsonValidity, .exactMatch]
    // No normalisation may touch these: it would take a < b for a > b.
    case .sql, .code: [.exactMatch, .chrF(ChrF()), .bleu(BLEU())]
    case .prose:
      [.chrF(ChrF()), .bleu(BLEU()), .nltkBLEU(SentenceBLEU()), .rouge(Rouge())]
    }
  }

  /// The deciding metric of a case.
  package func deciding(_ outcome: ExampleOutcome) -> Metric? {
    metrics(for: outcome.answerKind, record: outcome.recordKind).first
  }

  /// Every metric that some case wants, with the places of those cases, in the order of
  /// `Metric.all` and then of the first case that wants it.
  func columns(_ outcomes: [ExampleOutcome]) -> [(metric: Metric, places: [Int])] {
    var order: [Metric] = []
    var places: [Metric: [Int]] = [:]
    for (place, outcome) in outcomes.enumerated() {
      for metric in metrics(for: outcome.answerKind, record: outcome.recordKind) {
        if places[metric] == nil { order.append(metric) }
        places[metric, default: []].append(place)
      }
    }
    let listed = wanted.isEmpty ? Metric.all.filter { places[$0] != nil } : []
    return (listed + order.filter { !listed.contains($0) }).map { ($0, places[$0] ?? []) }
  }
}
