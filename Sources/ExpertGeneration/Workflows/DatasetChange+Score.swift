internal import ExpertCuration
package import ExpertRecord
package import ExpertStore

extension DatasetChange {
  /// The name under which a record's perplexity stands in its `meta`.
  package static let perplexityField = "perplexity"

  /// What scoring did.
  package struct ScoreResult: Sendable {
    /// Records of each difficulty by their perplexity.
    package var counts: [Difficulty: Int] = [:]
    /// Records that have no answer to score: they keep the difficulty that they had.
    package var unscored = 0
    /// The perplexity that half of the scored records do not reach.
    package var median: Double?
    /// The new version; `nil` when every record was scored so before.
    package var commit: Commit?
  }

  /// Labels each record with its perplexity under a base model and the difficulty that follows:
  /// below 5 easy, below 15 medium, else hard. `perplexities` gives the scores of a group of records
  /// in order, `nil` where there is none; `detail` says which model scored, for the version's log.
  package func score(
    detail: JSONValue, progress: (Int, Int) -> Void = { _, _ in },
    perplexities: ([StoredRecord]) throws -> [Double?]
  ) throws -> ScoreResult {
    var records = try store.records(of: version)
    let total = records.count
    var result = ScoreResult()
    var scores: [Double] = []
    var changes: [RecordChange] = []
    var done = 0
    while true {
      let group = try records.nextGroup()
      if group.isEmpty { break }
      // A model takes seconds for a group: parts of it show progress and can be interrupted.
      for start in stride(from: 0, to: group.count, by: 16) {
        let part = Array(group[start...].prefix(16))
        for (record, score) in zip(part, try perplexities(part)) {
          guard let score else {
            result.unscored += 1
            continue
          }
          scores.append(score)
          let labelled = record.attributes.scored(score)
          result.counts[Difficulty(perplexity: score), default: 0] += 1
          if labelled != record.attributes {
            changes.append(.relabel(rid: record.rid, attributes: labelled))
          }
        }
        done += part.count
        progress(done, total)
      }
    }
    result.median = scores.isEmpty ? nil : scores.sorted()[scores.count / 2]
    result.commit = try commit(
      changes, operation: "score", message: result.summary, detail: detail)
    return result
  }
}

extension DatasetChange.ScoreResult {
  /// One line a person reads.
  package var summary: String {
    let parts = Difficulty.allCases.map { "\($0.rawValue) \(counts[$0] ?? 0)" }
    return "difficulty by perplexity: " + parts.joined(separator: ", ")
      + (unscored == 0 ? "" : "; \(unscored) have no answer to score")
  }
}

extension RecordAttributes {
  /// The same attributes with a perplexity, rounded to four decimals so that the last bits of a
  /// sum make no new version, and the difficulty that it tells.
  fileprivate func scored(_ perplexity: Double) -> RecordAttributes {
    var attributes = self
    let field = DatasetChange.perplexityField
    attributes.difficulty = Difficulty(perplexity: perplexity)
    let value: JSONValue = perplexity.isFinite ? .number((perplexity * 1e4).rounded() / 1e4) : .null
    if let place = attributes.meta.firstIndex(where: { $0.name == field }) {
      attributes.meta[place].value = value
    } else {
      attributes.meta.append(.init(field, value))
    }
    return attributes
  }
}
