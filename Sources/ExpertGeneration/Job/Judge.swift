package import ExpertCuration
package import ExpertRecord

/// Gives verdicts on candidates in the order in which they are put to it: filters first, then
/// duplicates against everything kept before.
///
/// One owner at a time: it holds the duplicate index. Use it from one task.
package final class Judge {
  /// What is said of one candidate.
  package struct Ruling: Sendable, Hashable {
    /// `nil` = passed.
    package var rejection: Rejection?
    /// The most similar kept record, where one is similar enough to share its cluster.
    package var twin: Twin?
  }

  /// A kept record that a candidate is like.
  package struct Twin: Sendable, Hashable {
    package var rid: RecordID
    package var similarity: Double
    package var method: String
  }

  /// From this similarity on two records share a cluster, and so a split, even where a higher
  /// `--diversity-threshold` keeps both.
  package static let clusterThreshold = 0.85

  private let filters: FilterPipeline
  private let threshold: Double
  private let index: DuplicateIndex
  private var exact = ExactDuplicates()
  /// The record id of each id in the index.
  private var kept: [RecordID] = []
  /// The splits that kept records have, or follow because of a near copy.
  private var splits: [RecordID: Split] = [:]

  package init(filters: FilterPipeline, diversityThreshold: Double, expectedRows: Int = 0) {
    self.filters = filters
    threshold = diversityThreshold
    index = DuplicateIndex(
      threshold: min(diversityThreshold, Self.clusterThreshold), expectedRows: expectedRows)
  }

  /// Records that are kept already.
  package var count: Int { kept.count }

  /// The split of a kept record, where it has one already.
  package func split(of rid: RecordID) -> Split? { splits[rid] }

  /// Keeps a record without judging it: one that a version already holds.
  package func learn(_ record: Record, rid: RecordID, split: Split?) {
    splits[rid] = split
    _ = exact.check(record, id: kept.count)
    index.insert(DuplicateText.of(record), id: kept.count)
    kept.append(rid)
  }

  /// Judges a family: candidates made from one item of a reply. They are compared with everything
  /// kept before, not with each other, save for being the very same text. Those that pass are
  /// kept from then on.
  package func judge(family: [(rid: RecordID, candidate: Candidate)]) -> [Ruling] {
    let first = kept.count
    var passed: [(rid: RecordID, record: Record)] = []
    let rulings = family.map { member -> Ruling in
      let ruling = judge(member.candidate, id: first + passed.count)
      if ruling.rejection == nil { passed.append((member.rid, member.candidate.record)) }
      return ruling
    }
    for (ruling, member) in zip(rulings, family) where ruling.rejection == nil {
      splits[member.rid] = ruling.twin.flatMap { splits[$0.rid] }
    }
    for (offset, member) in passed.enumerated() {
      index.insert(DuplicateText.of(member.record), id: first + offset)
      kept.append(member.rid)
    }
    return rulings
  }

  private func judge(_ candidate: Candidate, id: Int) -> Ruling {
    if case .drop(let rejection) = filters.judge(candidate) {
      return Ruling(rejection: rejection)
    }
    let key = ExactDuplicates.key(candidate.record)
    if let earlier = exact.match(key: key) { return exactTwin(of: earlier) }
    let twins = index.matches(of: DuplicateText.of(candidate.record)).map {
      Twin(rid: kept[$0.id], similarity: $0.similarity, method: $0.method)
    }
    let twin = twins.max { $0.similarity < $1.similarity }
    if let twin, twin.similarity >= threshold {
      return Ruling(rejection: near(twin), twin: twin)
    }
    let frozen = Set(twins.compactMap { splits[$0.rid] })
    if frozen.count > 1 { return Ruling(rejection: leak(frozen), twin: twin) }
    _ = exact.check(key: key, id: id)
    return Ruling(twin: twin)
  }

  private func exactTwin(of earlier: Int) -> Ruling {
    guard earlier < kept.count else {
      return Ruling(
        rejection: Rejection(filter: "duplicate", detail: "stands twice in the same reply"))
    }
    let twin = Twin(rid: kept[earlier], similarity: 1, method: "exact")
    return Ruling(
      rejection: Rejection(
        filter: "duplicate", score: 1, detail: "the same text as record \(twin.rid)"),
      twin: twin)
  }

  private func leak(_ splits: Set<Split>) -> Rejection {
    let names = splits.map(\.rawValue).sorted().joined(separator: " and ")
    return Rejection(
      filter: "leak", detail: "near copies of it are in \(names); it would carry one into the other"
    )
  }

  private func near(_ twin: Twin) -> Rejection {
    let percent = Int((twin.similarity * 1000).rounded(.down))
    return Rejection(
      filter: "near-duplicate", score: twin.similarity,
      detail: "\(percent / 10).\(percent % 10) % like record \(twin.rid)")
  }
}
