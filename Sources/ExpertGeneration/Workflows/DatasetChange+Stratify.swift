package import ExpertCuration
internal import ExpertPlatform
package import ExpertRecord
package import ExpertStore

extension DatasetChange {
  /// Keeps a sample with a wanted mix of difficulties; the others leave the branch and stay in the
  /// store. Without a total as many are kept as the mix allows.
  package func stratify(
    _ stratifier: Stratifier, total: Int?
  ) throws -> (drawn: Stratifier.Result, commit: Commit?) {
    var rows: [(rid: RecordID, hash: Digest, difficulty: Difficulty?)] = []
    var records = try store.records(of: version)
    try records.forEach { rows.append(($0.rid, $0.hash, $0.attributes.difficulty)) }
    let drawn = stratifier.draw(rows.map { ($0.hash, $0.difficulty) }, total: total)
    let kept = Set(drawn.rows)
    let removals = rows.indices.filter { !kept.contains($0) }.map { place in
      RecordChange.remove(
        rid: rows[place].rid,
        reason: RemovalReason(filter: "stratify", detail: "not drawn into the wanted mix"))
    }
    let commit = try commit(
      removals, operation: "stratify", message: drawn.summary,
      detail: ["seed": .string(String(stratifier.seed))])
    return (drawn, commit)
  }
}

extension FileCuration {
  /// Writes a sample with a wanted mix of difficulties, in the order of the input.
  package static func stratify(
    input: String, output: String, _ stratifier: Stratifier, total: Int?,
    format: RowFormat = .auto, map: FieldMap = .none
  ) throws -> Stratifier.Result {
    let source = try RowFile(input)
    let kept = try WholeFile(output)
    let reader = RowReader(format: format, map: map)
    var rows: [Candidate] = []
    func take(_ row: Row) {
      if case .record(_, let record, let attributes) = row {
        rows.append(Candidate(record: record, attributes: attributes))
      }
    }
    while let piece = try source.next() { reader.feed(piece, take) }
    reader.finish(take)
    let drawn = stratifier.draw(
      rows.map { ($0.record.contentHash, $0.attributes.difficulty) }, total: total)
    for place in drawn.rows { try kept.append(bytes(rows[place])) }
    try kept.commit()
    return drawn
  }
}
