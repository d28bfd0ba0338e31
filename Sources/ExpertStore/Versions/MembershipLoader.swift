internal import ExpertPlatform
internal import ExpertRecord

extension Context {
  /// The records of a version: the nearest snapshot (or the first commit) with the deltas since.
  func membership(of commit: Int64) throws -> Membership {
    if let latest = confined.latest, latest.commit == commit { return latest.members }
    var chain: [Int64] = []
    var members = Membership()
    var place: Int64? = commit
    while let id = place {
      if let latest = confined.latest, latest.commit == id {
        members = latest.members
        break
      }
      if try hasSnapshot(id) {
        try loadSnapshot(id, into: &members)
        break
      }
      chain.append(id)
      place = try firstParent(of: id)
    }
    for id in chain.reversed() { try applyDelta(id, to: &members) }
    return members
  }

  private func hasSnapshot(_ commit: Int64) throws -> Bool {
    try connection.int(
      "SELECT EXISTS(SELECT 1 FROM snapshot WHERE commit_id = ?)", .integer(commit))
      == 1
  }

  func applyDelta(_ commit: Int64, to members: inout Membership) throws {
    let row = try connection.statement(
      "SELECT rid, seq, object_id, attrs_id FROM delta WHERE commit_id = ? ORDER BY rid")
    row.bind(1, commit)
    defer { row.reset() }
    while try row.step() {
      let rid = try recordID(row, 0)
      if row.isNull(2) {
        members.remove(rid)
      } else {
        members.put(Member(rid: rid, object: row.int(2), attrs: row.int(3), seq: row.int(1)))
      }
    }
  }

  func recordID(_ row: SQLStatement, _ column: Int32) throws -> RecordID {
    guard let rid = row.withBytes(column, RecordID.init(stored:)) else {
      throw SQLFailure(code: 11, message: "a row has no record identifier")
    }
    return rid
  }

  /// What the snapshot of a commit says; `nil` where it has none.
  func snapshotMembership(_ commit: Int64) throws -> Membership? {
    guard try hasSnapshot(commit) else { return nil }
    var members = Membership()
    try loadSnapshot(commit, into: &members)
    return members
  }

  private func loadSnapshot(_ commit: Int64, into members: inout Membership) throws {
    let buckets = try connection.all(
      "SELECT object_id FROM snapshot WHERE commit_id = ? ORDER BY bucket", .integer(commit)
    ) { $0.int(0) }
    for object in buckets {
      let rows = SnapshotBucket.decode(try objects.bytes(of: object, connection))
      guard let rows else { throw ObjectDamage(id: object, reason: "is no snapshot") }
      for row in rows { members.put(row) }
    }
  }
}

extension RecordID {
  /// Reads the 16 bytes of a column.
  init?(stored bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}

/// The members of one bucket as bytes: rid, then object, attributes and place as LEB128 numbers.
/// The numbers are rows of this store, so a snapshot means nothing outside it.
enum SnapshotBucket {
  /// About this many members a bucket; more are split by further bits of the rid.
  private static let target = 512

  /// The bits of the rid that choose a bucket among `count` members.
  static func bits(count: Int) -> Int {
    var bits = 0
    while bits < Membership.bucketBits, count >> bits > target { bits += 1 }
    return bits
  }

  static func encode(_ members: some Sequence<Member>) -> [UInt8] {
    var out: [UInt8] = []
    for member in members {
      member.rid.withBytes { out.append(contentsOf: $0) }
      for number in [member.object, member.attrs, member.seq] { append(UInt64(number), to: &out) }
    }
    return out
  }

  static func decode(_ bytes: [UInt8]) -> [Member]? {
    var members: [Member] = []
    var i = 0
    while i < bytes.count {
      guard i + 16 <= bytes.count,
        let rid = bytes.withUnsafeBytes({ RecordID(stored: .init(rebasing: $0[i..<i + 16])) })
      else { return nil }
      i += 16
      guard let object = number(bytes, &i), let attrs = number(bytes, &i),
        let seq = number(bytes, &i)
      else { return nil }
      members.append(Member(rid: rid, object: object, attrs: attrs, seq: seq))
    }
    return members
  }

  private static func append(_ number: UInt64, to out: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      out.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    out.append(UInt8(rest))
  }

  private static func number(_ bytes: [UInt8], _ i: inout Int) -> Int64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while i < bytes.count, shift < 63 {
      let byte = bytes[i]
      i += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return Int64(bitPattern: value) }
      shift += 7
    }
    return nil
  }
}
