package import ExpertCuration
internal import ExpertPlatform
package import ExpertRecord
package import ExpertStore

extension DatasetChange {
  /// What splitting did.
  package struct SplitResult: Sendable {
    /// Records of each split.
    package var counts: [Split: Int] = [:]
    /// Records that would have joined two frozen splits and left the version.
    package var leaks = 0
    /// The new version; `nil` when every record was in its split already.
    package var commit: Commit?
  }

  /// Assigns train, valid and test to whole clusters of duplicates. Splits of records that a
  /// tagged or pinned version holds stay as they are.
  ///
  /// With `groupBy`, records whose attributes have the same value under that name (`template`) stay
  /// together too: what is tested is then of a kind that was not trained on.
  package func split(
    _ assigner: SplitAssigner, threshold: Double, groupBy: String? = nil
  ) throws -> SplitResult {
    let frozen = try frozenSplits()
    var rows: [StoredRecord] = []
    var records = try store.records(of: version, split: nil)
    try records.forEach { rows.append($0) }
    let index = DuplicateIndex(threshold: threshold, expectedRows: rows.count)
    let pairs = index.link(
      rows.map { DuplicateText.of($0.record) }, ids: Array(rows.indices))
    let members = rows.map { SplitMember(hash: $0.hash, frozen: frozen[$0.rid]) }
    let groups = groupBy.map { Self.pairs(of: rows, sharing: $0) } ?? []
    let assignment = assigner.assign(members, pairs: pairs + groups)
    var result = SplitResult()
    var changes: [RecordChange] = []
    for (place, row) in rows.enumerated() {
      guard let split = assignment.splits[place] else {
        result.leaks += 1
        changes.append(
          .remove(rid: row.rid, reason: assignment.leaks[place].map(RemovalReason.init)))
        continue
      }
      result.counts[split, default: 0] += 1
      guard row.attributes.split != split else { continue }
      var attributes = row.attributes
      attributes.split = split
      changes.append(.relabel(rid: row.rid, attributes: attributes))
    }
    result.commit = try commit(
      changes, operation: "split",
      message: Split.allCases.map { "\($0.rawValue) \(result.counts[$0] ?? 0)" }
        .joined(separator: ", "),
      detail: [
        "seed": .string(String(assigner.seed)), "threshold": .number(threshold),
        "group_by": groupBy.map(JSONValue.string) ?? .null,
      ])
    return result
  }

  /// Ties each row to the first that has the same value of an attribute.
  private static func pairs(of rows: [StoredRecord], sharing name: String) -> [(Int, Int)] {
    var first: [JSONValue: Int] = [:]
    return rows.enumerated().compactMap { place, row in
      guard let value = row.attributes.meta.first(where: { $0.name == name })?.value else {
        return nil
      }
      if let earlier = first[value] { return (earlier, place) }
      first[value] = place
      return nil
    }
  }

  /// The splits that tagged and pinned versions have fixed.
  private func frozenSplits() throws -> [RecordID: Split] {
    var splits: [RecordID: Split] = [:]
    for commit in try store.frozenVersions(of: version.dataset.name) {
      var records = try store.records(
        of: store.resolve("\(version.dataset.name)@\(commit.name)"), split: nil)
      try records.forEach { if let split = $0.attributes.split { splits[$0.rid] = split } }
    }
    return splits
  }
}
