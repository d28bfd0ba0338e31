package import ExpertPlatform
package import ExpertRecord

/// A named line of versions; all its records are of one kind.
package struct Dataset: Sendable, Hashable {
  package let id: Int64
  package let name: String
  package let kind: RecordKind
}

/// One version of a dataset. Immutable; its hash covers everything here that is no bookkeeping.
package struct Commit: Sendable, Hashable {
  package let id: Int64
  package let datasetID: Int64
  package let hash: Digest
  /// Counts the dataset's commits from 1: the 3 of `NAME@v3`.
  package let number: Int
  package let root: Digest
  package let recordCount: Int
  /// One more than the highest of the parents: the only order of versions.
  package let generation: Int
  package let operation: String
  package let message: String
  package let author: String
  /// For people to read; nothing is ordered by it.
  package let time: String
  package let semver: String
  package let parents: [Digest]

  /// `v3`
  package var name: String { "v\(number)" }
}

/// What a commit says of itself.
package struct CommitNote: Sendable, Hashable {
  /// `create`, `import`, `filter`, `review`, `stratify` …
  package var operation: String
  package var author: String
  package var message: String
  /// Whatever explains the commit as data: options, counts, the file it came from.
  package var detail: JSONValue?

  package init(
    operation: String, author: String = "", message: String = "", detail: JSONValue? = nil
  ) {
    self.operation = operation
    self.author = author
    self.message = message
    self.detail = detail
  }
}

/// A version that a user named, perhaps one split of it.
package struct VersionRef: Sendable, Hashable {
  package let dataset: Dataset
  package let commit: Commit
  package let split: Split?

  /// The unambiguous spelling: `NAME@v3:train`.
  package var description: String {
    "\(dataset.name)@\(commit.name)" + (split.map { ":\($0.rawValue)" } ?? "")
  }
}

/// One record of a version, as it is read.
package struct StoredRecord: Sendable, Hashable {
  package let rid: RecordID
  package let hash: Digest
  package let record: Record
  package let attributes: RecordAttributes
}

/// One change of a version.
package enum RecordChange: Sendable, Hashable {
  case add(rid: RecordID, record: Record, attributes: RecordAttributes)
  /// A new text under the same rid; `nil` attributes stay as they are.
  case edit(rid: RecordID, record: Record, attributes: RecordAttributes?)
  case relabel(rid: RecordID, attributes: RecordAttributes)
  case remove(rid: RecordID, reason: RemovalReason?)

  package var rid: RecordID {
    switch self {
    case .add(let rid, _, _), .edit(let rid, _, _), .relabel(let rid, _), .remove(let rid, _): rid
    }
  }
}

/// Why a record left a version.
package struct RemovalReason: Sendable, Hashable {
  package var filter: String
  package var score: Double?
  package var detail: String

  package init(filter: String, score: Double? = nil, detail: String) {
    self.filter = filter
    self.score = score
    self.detail = detail
  }
}
