internal import ExpertCuration
internal import ExpertRecord
package import ExpertStore

extension DatasetChange {
  /// The label of records that a person accepted or edited.
  package static let reviewedLabel = "reviewed"

  /// The records to put before a person: a sample of those that nobody has reviewed yet.
  package func sample(count: Int?, seed: UInt64) throws -> [ReviewItem] {
    var records = try store.records(of: version)
    let total = records.count
    var waiting: [StoredRecord] = []
    try records.forEach { record in
      if !record.attributes.labels.contains(Self.reviewedLabel) { waiting.append(record) }
    }
    let size = count ?? SpotCheck.size(of: total)
    return SpotCheck.sample(waiting.map(\.hash), count: size, seed: seed).map { place in
      let record = waiting[place]
      return ReviewItem(rid: record.rid, record: record.record, attributes: record.attributes)
    }
  }

  /// Commits what a session decided: accepted and edited records are labelled, rejected ones leave
  /// with the person's reason. `nil` when nothing was decided.
  package func apply(_ outcome: ReviewOutcome) throws -> Commit? {
    var changes = outcome.accepted.map { item in
      RecordChange.relabel(rid: item.rid, attributes: Self.reviewed(item.attributes))
    }
    changes += outcome.edited.map { item in
      .edit(rid: item.rid, record: item.record, attributes: Self.reviewed(item.attributes))
    }
    changes += outcome.rejected.map { rejected in
      .remove(
        rid: rejected.item.rid,
        reason: RemovalReason(filter: "review", detail: rejected.reason))
    }
    let counts: [JSONValue.Member] = [
      .init("accepted", .number(Double(outcome.accepted.count))),
      .init("edited", .number(Double(outcome.edited.count))),
      .init("rejected", .number(Double(outcome.rejected.count))),
    ]
    return try commit(
      changes, operation: "review",
      message: "accepted \(outcome.accepted.count), edited \(outcome.edited.count), "
        + "rejected \(outcome.rejected.count)",
      detail: .object(counts))
  }

  private static func reviewed(_ attributes: RecordAttributes) -> RecordAttributes {
    RecordAttributes(
      split: attributes.split, difficulty: attributes.difficulty,
      answerKind: attributes.answerKind, labels: attributes.labels + [reviewedLabel],
      weight: attributes.weight, meta: attributes.meta)
  }
}
