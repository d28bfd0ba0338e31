internal import ExpertPlatform
package import ExpertRecord

/// The sample that a person looks at: 1 % of a dataset, at least 10 records.
package enum ReviewSample {
  /// The share and the least number that the documents ask for.
  package static let share = 0.01
  package static let least = 10

  /// How many of `count` records to look at.
  package static func size(of count: Int, share: Double = share, least: Int = least) -> Int {
    min(count, max(least, Int((Double(count) * share).rounded(.up))))
  }

  /// The sample, by the smallest hashes of seed and identifier: it depends neither on the order of
  /// the records nor on those that are not in it, so a sample of a grown dataset overlaps the old.
  package static func sample(_ rids: [RecordID], count: Int, seed: UInt64) -> [RecordID] {
    let keyed = rids.map { rid -> (key: [UInt8], rid: RecordID) in
      var hasher = SHA256()
      hasher.update("expert-gen/spot-check/v1\0\(seed)\0")
      hasher.update(rid.bytes)
      return (hasher.finalize().bytes, rid)
    }
    return keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.prefix(count).map(\.rid)
  }
}
