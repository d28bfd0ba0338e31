internal import ExpertPlatform
internal import ExpertRecord

/// One record of a version: which it is, its text, its attributes, its place in the order.
struct Member: Sendable, Hashable {
  var rid: RecordID
  var object: Int64
  var attrs: Int64
  /// Grows with each record that joins the dataset; kept through edits.
  var seq: Int64
}

/// The records of one version, in buckets by the first 12 bits of the rid, with the hash of each
/// bucket: 40 bytes a record.
struct Membership: Sendable {
  static let bucketBits = 12
  private(set) var buckets: [[Member]]
  private var hashes: [Digest?]
  private var stale: Set<Int> = []
  private(set) var count = 0
  private(set) var highestSeq: Int64 = 0

  init() {
    buckets = Array(repeating: [], count: 1 << Self.bucketBits)
    hashes = Array(repeating: nil, count: 1 << Self.bucketBits)
  }

  static func bucket(of rid: RecordID) -> Int { Int(rid.high >> (64 - UInt64(bucketBits))) }

  subscript(rid: RecordID) -> Member? {
    let bucket = buckets[Self.bucket(of: rid)]
    let i = Self.place(of: rid, in: bucket)
    return i < bucket.count && bucket[i].rid == rid ? bucket[i] : nil
  }

  /// Adds a member or replaces the one with its rid.
  mutating func put(_ member: Member) {
    let index = Self.bucket(of: member.rid)
    let i = Self.place(of: member.rid, in: buckets[index])
    if i < buckets[index].count, buckets[index][i].rid == member.rid {
      buckets[index][i] = member
    } else {
      buckets[index].insert(member, at: i)
      count += 1
    }
    stale.insert(index)
    highestSeq = max(highestSeq, member.seq)
  }

  /// Takes a member out, where there is one.
  mutating func remove(_ rid: RecordID) {
    let index = Self.bucket(of: rid)
    let i = Self.place(of: rid, in: buckets[index])
    guard i < buckets[index].count, buckets[index][i].rid == rid else { return }
    buckets[index].remove(at: i)
    count -= 1
    stale.insert(index)
  }

  /// The first place whose rid is not below; new rids mostly come in order, so the end is tried
  /// first.
  private static func place(of rid: RecordID, in bucket: [Member]) -> Int {
    guard let last = bucket.last, !(last.rid < rid) else { return bucket.count }
    var low = 0
    var high = bucket.count
    while low < high {
      let middle = (low + high) / 2
      if bucket[middle].rid < rid { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// All members in the order of the dataset: by the time they joined, then by rid.
  func ordered() -> [Member] {
    var all: [Member] = []
    all.reserveCapacity(count)
    for bucket in buckets { all += bucket }
    all.sort { ($0.seq, $0.rid) < ($1.seq, $1.rid) }
    return all
  }

  /// Members whose bucket hash must be computed before the root is known.
  var staleMembers: Int { stale.reduce(0) { $0 + buckets[$1].count } }

  /// The Merkle root over (rid, record hash, attributes hash).
  mutating func root(hash: (Int64) throws -> Digest) throws -> Digest {
    for index in stale {
      hashes[index] = buckets[index].isEmpty ? nil : try Merkle.bucket(buckets[index], hash: hash)
    }
    stale = []
    return Merkle.root(hashes)
  }
}

/// The hashes of a version: Documentation/Formats/store.md, "Root".
enum Merkle {
  /// Leaves of 80 bytes in the order of their rids.
  static func bucket(_ members: [Member], hash: (Int64) throws -> Digest) throws -> Digest {
    var leaves: [UInt8] = []
    leaves.reserveCapacity(members.count * 80)
    for member in members {
      for word in [member.rid.high, member.rid.low] {
        withUnsafeBytes(of: word.bigEndian) { leaves.append(contentsOf: $0) }
      }
      try hash(member.object).append(to: &leaves)
      try hash(member.attrs).append(to: &leaves)
    }
    return .tagged(.bucket, leaves)
  }

  /// The number and hash of each bucket that is not empty.
  static func root(_ buckets: [Digest?]) -> Digest {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(buckets.count * 34)
    for (i, hash) in buckets.enumerated() {
      guard let hash else { continue }
      bytes.append(UInt8(i >> 8))
      bytes.append(UInt8(i & 0xff))
      hash.append(to: &bytes)
    }
    return .tagged(.root, bytes)
  }
}
