package import ExpertRecord

/// How much of a dataset remains when everything too similar to something before it is dropped:
/// the meaning of `--diversity-threshold`.
package struct DiversityReport: Sendable, Hashable, CustomStringConvertible {
  package var kept: Int
  package var total: Int
  package var threshold: Double

  package init(kept: Int, total: Int, threshold: Double) {
    self.kept = kept
    self.total = total
    self.threshold = threshold
  }

  /// Kept over total; 1 for an empty dataset, which has no copy in it.
  package var score: Double { total == 0 ? 1 : Double(kept) / Double(total) }

  package var description: String {
    "diversity \(score.rounded(places: 3)): \(kept) of \(total) records kept at the similarity "
      + "threshold \(threshold.rounded(places: 3))"
  }

  package var json: JSONValue {
    [
      "kept": .number(Double(kept)), "total": .number(Double(total)),
      "threshold": .number(threshold), "score": .number(score),
    ]
  }

  /// Judges texts in order, greedily, and counts.
  package static func measure(
    _ texts: [String], threshold: Double = 0.85, threads: Int = 2
  ) -> DiversityReport {
    let index = DuplicateIndex(threshold: threshold, expectedRows: texts.count)
    _ = index.judge(texts, ids: Array(texts.indices), threads: threads)
    return DiversityReport(kept: index.count, total: texts.count, threshold: index.threshold)
  }
}
