internal import ExpertPlatform
package import ExpertRecord

/// The records of a version in the order they joined the dataset, read in small groups: the version
/// stays in the store, only its list of members (40 bytes a record) is held.
///
/// Objects never change, so the stream stays right while others write.
package struct RecordStream {
  package let version: VersionRef
  /// How many records the stream will give.
  package var count: Int { members.count }
  private let store: Store
  private let members: [Member]
  private var next = 0

  /// Records read from the store at once.
  private static let group = 256

  init(store: Store, version: VersionRef, members: [Member]) {
    self.store = store
    self.version = version
    self.members = members
  }

  /// The next records, at most a few hundred; empty at the end.
  package mutating func nextGroup() throws -> [StoredRecord] {
    let range = next..<min(next + Self.group, members.count)
    next = range.upperBound
    guard !range.isEmpty else { return [] }
    let kind = version.dataset.kind
    return try store.read { context in
      try members[range].map { try context.stored($0, kind) }
    }
  }

  /// Calls `body` for each record that is left.
  package mutating func forEach(_ body: (StoredRecord) throws -> Void) throws {
    while true {
      let group = try nextGroup()
      if group.isEmpty { return }
      for record in group { try body(record) }
    }
  }
}

extension Store {
  /// Reads the records of a version, or of the split it names.
  package func records(of version: VersionRef) throws -> RecordStream {
    try records(of: version, split: version.split)
  }

  /// Reads the records of one split of a version; `nil` reads all.
  package func records(of version: VersionRef, split: Split?) throws -> RecordStream {
    let members = try read { try $0.members(of: version.commit.id, split: split) }
    return RecordStream(store: self, version: version, members: members)
  }

  /// How many records a version has, or the split that it names.
  package func count(of version: VersionRef) throws -> Int {
    guard let split = version.split else { return version.commit.recordCount }
    return try read { try $0.members(of: version.commit.id, split: split).count }
  }

  /// One record of a version.
  package func record(_ rid: RecordID, of version: VersionRef) throws -> StoredRecord? {
    try read { context in
      try context.membership(of: version.commit.id)[rid].map {
        try context.stored($0, version.dataset.kind)
      }
    }
  }
}

extension Context {
  /// The members of a version in order, of one split where one is given.
  func members(of commit: Int64, split: Split?) throws -> [Member] {
    let all = try membership(of: commit).ordered()
    guard let split else { return all }
    var splits: [Int64: Split?] = [:]
    return try all.filter { member in
      if let known = splits[member.attrs] { return known == split }
      let found = try attributes(member.attrs).split
      splits[member.attrs] = found
      return found == split
    }
  }

  func stored(_ member: Member, _ kind: RecordKind) throws -> StoredRecord {
    StoredRecord(
      rid: member.rid, hash: try objects.hash(of: member.object, connection),
      record: try record(member.object, kind), attributes: try attributes(member.attrs))
  }
}
