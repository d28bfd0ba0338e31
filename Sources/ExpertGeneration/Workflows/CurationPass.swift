package import ExpertCuration
package import ExpertRecord

/// What a curation pass asks of records.
package struct CurationRules: Sendable, Hashable {
  /// The filters' settings; `nil` judges no record by itself.
  package var filters: FilterConfig?
  /// Whether a record with the same normalised text as an earlier one is dropped.
  package var dropsExactDuplicates: Bool
  /// Records at or over this similarity to an earlier one are dropped; `nil` searches none.
  package var maxSimilarity: Double?

  package init(
    filters: FilterConfig? = FilterConfig(), dropsExactDuplicates: Bool = true,
    maxSimilarity: Double? = nil
  ) {
    self.filters = filters
    self.dropsExactDuplicates = dropsExactDuplicates
    self.maxSimilarity = maxSimilarity
  }

  /// The rules as they are kept with a version.
  package var json: JSONValue {
    [
      "filters": filters?.json ?? .null,
      "exact_duplicates": .bool(dropsExactDuplicates),
      "max_similarity": maxSimilarity.map(JSONValue.number) ?? .null,
    ]
  }
}

/// What a pass says of one record.
package struct CurationFinding: Sendable, Hashable {
  package var verdict: Verdict
  /// The place, in order of judging, of the earlier record that this one repeats.
  package var duplicateOf: Int?

  /// The rejection, where the record is dropped.
  package var rejection: Rejection? {
    if case .drop(let rejection) = verdict { rejection } else { nil }
  }
}

/// Judges records in the order in which they come: filters first, then exact, then near duplicates
/// of those kept before. Greedy, so an earlier record always wins over a later one.
///
/// One owner at a time; hold it in one task.
package final class CurationPass {
  private let rules: CurationRules
  private let pipeline: FilterPipeline
  private var exact = ExactDuplicates()
  private let near: DuplicateIndex?
  private var judged = 0

  package init(_ rules: CurationRules, heldOut: HeldOutIndex? = nil, expected: Int = 0) {
    self.rules = rules
    pipeline =
      rules.filters.map { FilterPipeline.standard($0, heldOut: heldOut) } ?? FilterPipeline([])
    near = rules.maxSimilarity.map { DuplicateIndex(threshold: $0, expectedRows: expected) }
  }

  /// One finding for each candidate, in order.
  package func judge(_ candidates: [Candidate]) -> [CurationFinding] {
    var findings = candidates.map { judgeAlone($0) }
    judged += candidates.count
    guard let near else { return findings }
    let first = judged - candidates.count
    let waiting = findings.indices.filter { findings[$0].verdict == .keep }
    let texts = waiting.map { DuplicateText.of(candidates[$0].record) }
    let verdicts = near.judge(texts, ids: waiting.map { first + $0 })
    for (index, verdict) in zip(waiting, verdicts) {
      guard let match = verdict.match else { continue }
      findings[index] = CurationFinding(
        verdict: .drop(match.rejection(threshold: near.threshold)), duplicateOf: match.id)
    }
    return findings
  }

  private func judgeAlone(_ candidate: Candidate) -> CurationFinding {
    let verdict = pipeline.judge(candidate)
    defer { place += 1 }
    guard verdict == .keep, rules.dropsExactDuplicates,
      let earlier = exact.check(candidate.record, id: place)
    else { return CurationFinding(verdict: verdict) }
    let rejection = Rejection(
      filter: "exact-duplicate", score: 1, detail: "the same text as record \(earlier + 1)")
    return CurationFinding(verdict: .drop(rejection), duplicateOf: earlier)
  }

  /// The place of the next record, counted over all calls.
  private var place = 0
}

/// How a pass went: nothing is dropped without standing here.
package struct CurationTally: Sendable, Hashable {
  package private(set) var kept = 0
  package private(set) var dropped: [String: Int] = [:]

  package init() {}

  /// Counts one finding.
  package mutating func add(_ finding: CurationFinding) {
    if let rejection = finding.rejection {
      dropped[rejection.filter, default: 0] += 1
    } else {
      kept += 1
    }
  }

  package var total: Int { kept + dropped.values.reduce(0, +) }

  /// The documents' diversity score: kept over total.
  package var diversity: Double { total == 0 ? 1 : Double(kept) / Double(total) }

  /// The tally as `--json` prints it.
  package var json: JSONValue {
    [
      "total": .number(Double(total)), "kept": .number(Double(kept)),
      "diversity": .number(diversity),
      "dropped": .object(
        dropped.sorted { $0.key < $1.key }.map { .init($0.key, .number(Double($0.value))) }),
    ]
  }
}
