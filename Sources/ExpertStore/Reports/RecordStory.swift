internal import ExpertPlatform
package import ExpertRecord

/// Everything the store knows of one record: where it came from, what was thought of it, how it
/// changed, and which versions hold it.
package struct RecordStory: Sendable {
  package let rid: RecordID
  package let dataset: Dataset
  package internal(set) var origin: RecordOrigin
  package internal(set) var verdict: CandidateStory?
  /// Each commit that changed the record, oldest first.
  package internal(set) var events: [RecordEvent] = []
  /// Every version that holds it, by number.
  package internal(set) var versions: [Int] = []
  package internal(set) var tags: [String] = []
  package internal(set) var branches: [String] = []
  /// The newest text and attributes, even when no branch holds them any more.
  package internal(set) var latest: StoredRecord?
  /// Reasons given when it was dropped, as a candidate or from a version.
  package internal(set) var rejections: [RejectionRow] = []
}

/// Where a record came from.
package enum RecordOrigin: Sendable {
  case job(JobOrigin)
  case file(FileOrigin)
  /// It was added by hand.
  case unknown
}

/// The request that a record was an answer to.
package struct JobOrigin: Sendable {
  package let job: Job
  package let slot: Int
  package let round: Int
  package let ordinal: Int
  package let cell: JSONValue
  package let templateName: String?
  package let templateVersion: Int?
  package let templateHash: String?
  package let request: JSONValue
  package let reply: JSONValue?
  /// The answer came from another job's slot and cost nothing.
  package let reused: Bool
  package let attempts: [AttemptRow]
  /// What the answer cost, all its records together.
  package let costMicros: Int64?
  /// Records that the answer held.
  package let siblings: Int
}

/// The row that a record was read from.
package struct FileOrigin: Sendable {
  package let file: String
  package let sha256: String
  /// Counted from 1; `nil` where the file had more lines than were looked through.
  package let line: Int?
}

/// What judging said.
package struct CandidateStory: Sendable {
  /// `unjudged`, `accepted`, `rejected` or `surplus`.
  package let verdict: String
  package let duplicateOf: RecordID?
  package let duplicateMethod: String?
  package let similarity: Double?
}

/// One change of a record.
package struct RecordEvent: Sendable {
  package enum Kind: String, Sendable {
    case added
    case edited
    case moved
    case relabelled
    case removed
  }

  package let commit: Commit
  package let kind: Kind
  package let before: StoredRecord?
  package let after: StoredRecord?
}

/// A drop with its reason.
package struct RejectionRow: Sendable, Hashable {
  package let rid: RecordID?
  package let slot: Int?
  package let ordinal: Int?
  package let filter: String
  package let score: Double?
  package let detail: String
  /// The rejected piece, where it was no record.
  package let text: String?
  package let record: Record?
}
