internal import ExpertCuration
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// The split of each row of a file, decided before the file is imported: by clusters of near copies
/// over the rows and the records that the dataset holds, so that no near copy of a training record
/// comes to stand in the test split.
struct ImportSplits: Sendable {
  /// Split by line; rows that say their split themselves are not in it.
  private(set) var splits: [Int: Split] = [:]
  /// Rows that are near copies of records in two different splits, and why they are refused.
  private(set) var leaks: [Int: String] = [:]

  /// What is known of one member: a row by its line, or a record that is there already.
  private struct Members {
    var lines: [Int?] = []
    var known: [SplitMember] = []
    var pairs: [(Int, Int)] = []
    private var texts: [String] = []

    mutating func add(_ record: Record, hash: Digest, split: Split?, line: Int?) {
      lines.append(line)
      known.append(SplitMember(hash: hash, frozen: split))
      texts.append(DuplicateText.of(record))
    }

    /// Searches what was added since the last call; in groups, so that texts need not be held.
    mutating func link(_ index: DuplicateIndex, atLeast least: Int) {
      guard texts.count >= least, !texts.isEmpty else { return }
      pairs += index.link(texts, ids: Array(known.count - texts.count..<known.count))
      texts.removeAll(keepingCapacity: true)
    }
  }

  /// Reads the rows once. `existing` are the records of the version that the import builds on.
  init(
    rows: RowFile, reader: RowReader, existing: RecordStream?, assigner: SplitAssigner,
    threshold: Double
  ) throws {
    var members = Members()
    let index = DuplicateIndex(threshold: threshold)
    if var existing {
      try existing.forEach { record in
        members.add(
          record.record, hash: record.hash, split: record.attributes.split, line: nil)
        members.link(index, atLeast: Self.group)
      }
    }
    let take: (Row) -> Void = { row in
      guard case .record(let line, let record, let attributes) = row else { return }
      members.add(record, hash: record.contentHash, split: attributes.split, line: line)
      members.link(index, atLeast: Self.group)
    }
    while let piece = try rows.next() { reader.feed(piece, take) }
    reader.finish(take)
    members.link(index, atLeast: 0)
    let assignment = assigner.assign(members.known, pairs: members.pairs)
    for (place, line) in members.lines.enumerated() {
      guard let line else { continue }
      splits[line] = assignment.splits[place]
      leaks[line] = assignment.leaks[place]?.detail
    }
  }

  /// Texts searched at once.
  private static let group = 8_192
}
