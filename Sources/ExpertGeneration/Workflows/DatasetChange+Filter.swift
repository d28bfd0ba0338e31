package import ExpertCuration
internal import ExpertRecord
package import ExpertStore

extension DatasetChange {
  /// What judging a version did.
  package struct FilterResult: Sendable {
    package var tally: CurationTally
    /// The new version; `nil` when nothing was dropped.
    package var commit: Commit?
  }

  /// Judges every record of the version and commits the removal of those that fail, each with its
  /// reason. A split in the version's name limits what is judged.
  package func filter(
    _ rules: CurationRules, operation: String, heldOut: HeldOutIndex? = nil,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> FilterResult {
    var records = try store.records(of: version)
    let total = records.count
    let pass = CurationPass(rules, heldOut: heldOut, expected: total)
    var tally = CurationTally()
    var removals: [RecordChange] = []
    while true {
      let group = try records.nextGroup()
      if group.isEmpty { break }
      let findings = pass.judge(
        group.map { Candidate(record: $0.record, attributes: $0.attributes) })
      for (record, finding) in zip(group, findings) {
        tally.add(finding)
        guard let rejection = finding.rejection else { continue }
        removals.append(.remove(rid: record.rid, reason: RemovalReason(rejection)))
      }
      progress(tally.total, total)
    }
    let commit = try commit(
      removals, operation: operation,
      message: "dropped \(removals.count) of \(tally.total) records",
      detail: ["rules": rules.json, "tally": tally.json])
    return FilterResult(tally: tally, commit: commit)
  }
}

extension RemovalReason {
  /// The reason a filter gave.
  init(_ rejection: Rejection) {
    self.init(filter: rejection.filter, score: rejection.score, detail: rejection.detail)
  }
}
