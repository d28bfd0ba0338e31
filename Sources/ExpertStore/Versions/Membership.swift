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
  private var stale: [Bool]
  private(set) var count = 0
  private(set) var highestSeq: Int64 = 0
  /// Below 0 in a damaged store only.
  private var lowestSeq: Int64 = 0

  init() {
    buckets = Array(repeating: [], count: 1 << Self.bucketBits)
    hashes = Array(repeating: nil, count: 1 << Self.bucketBits)
    stale = Array(repeating: false, count: 1 << Self.bucketBits)
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
    stale[index] = true
    highestSeq = max(highestSeq, member.seq)
    lowestSeq = min(lowestSeq, member.seq)
  }

  /// Takes a member out, where there is one.
  mutating func remove(_ rid: RecordID) {
    let index = Self.bucket(of: rid)
    let i = Self.place(of: rid, in: buckets[index])
    guard i < buckets[index].count, buckets[index][i].rid == rid else { return }
    buckets[index].remove(at: i)
    count -= 1
    stale[index] = true
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
    // Places are mostly 1, 2, 3…: then counting puts a million in order in a tenth of the time.
    lowestSeq >= 0 && highestSeq <= Int64(4 * count) ? counted() : sorted()
  }

  private func sorted() -> [Member] {
    buckets.joined().sorted { ($0.seq, $0.rid) < ($1.seq, $1.rid) }
  }

  /// A counting sort; the buckets are in the order of the rids, so equal places keep it.
  private func counted() -> [Member] {
    var next = [Int32](repeating: 0, count: Int(highestSeq) + 2)
    for bucket in buckets { for member in bucket { next[Int(member.seq) + 1] += 1 } }
    for i in next.indices.dropFirst() { next[i] += next[i - 1] }
    return [Member](unsafeUninitializedCapacity: count) { all, filled in
      for bucket in buckets {
        for member in bucket {
          let seq = Int(member.seq)
          all.initializeElement(at: Int(next[seq]), to: member)
          next[seq] += 1
        }
      }
      filled = count
    }
  }

  /// Members whose bucket hash must be computed before the root is known.
  var staleMembers: Int { zip(stale, buckets).reduce(0) { $0 + ($1.0 ? $1.1.count : 0) } }

  /// The Merkle root over (rid, record hash, attributes hash).
  mutating func root(hash: (Int64) throws -> Digest) throws -> Digest {
    for index in stale.indices where stale[index] {
      hashes[index] = buckets[index].isEmpty ? nil : try Merkle.bucket(buckets[index], hash: hash)
    }
    stale = Array(repeating: false, count: stale.count)
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
