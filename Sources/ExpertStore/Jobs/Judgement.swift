package import ExpertPlatform
package import ExpertRecord

/// A candidate that waits for its verdict.
package struct StoredCandidate: Sendable, Hashable {
  package let id: Int64
  package let n: Int
  package let ordinal: Int
  package let rid: RecordID
  package let hash: Digest
  package let record: Record
  package let attributes: RecordAttributes
  /// The plan cell of the slot it came from.
  package let cell: JSONValue
}

/// What became of a candidate.
package enum CandidateVerdict: Sendable, Hashable {
  case accepted
  case rejected(filter: String, score: Double?, detail: String)
  /// Good, but its cell or the job had enough.
  case surplus

  /// The number in the candidate's row.
  var code: Int64 {
    switch self {
    case .accepted: 1
    case .rejected: 2
    case .surplus: 3
    }
  }
}

/// The record that a candidate repeats.
package struct DuplicateOf: Sendable, Hashable {
  package var rid: RecordID?
  package var object: Digest?
  /// `exact`, `minhash` …
  package var method: String
  package var similarity: Double?

  package init(
    rid: RecordID? = nil, object: Digest? = nil, method: String, similarity: Double? = nil
  ) {
    self.rid = rid
    self.object = object
    self.method = method
    self.similarity = similarity
  }
}

/// One verdict to store.
package struct Judgement: Sendable, Hashable {
  package var candidate: Int64
  package var verdict: CandidateVerdict
  package var duplicateOf: DuplicateOf?
  /// The candidate's attributes as judging left them; `nil` leaves them as they are.
  package var attributes: RecordAttributes?

  package init(
    candidate: Int64, verdict: CandidateVerdict, duplicateOf: DuplicateOf? = nil,
    attributes: RecordAttributes? = nil
  ) {
    self.candidate = candidate
    self.verdict = verdict
    self.duplicateOf = duplicateOf
    self.attributes = attributes
  }
}

/// Where a job stands.
package struct JobTally: Sendable, Hashable {
  package var slots: [SlotState: Int] = [:]
  package var reusedSlots = 0
  package var candidates = 0
  package var unjudged = 0
  package var accepted = 0
  package var rejected = 0
  package var surplus = 0
  /// Rejections by filter, of candidates and of pieces that were no records.
  package var rejectionsByFilter: [String: Int] = [:]
  /// Accepted records by plan cell.
  package var acceptedByCell: [JSONValue: Int] = [:]
  package var tokensIn = 0
  package var tokensOut = 0
  /// What every attempt cost together, failed ones included; attempts of unknown price count 0.
  package var costMicros: Int64 = 0
  package var attempts = 0
  package var lostInFlight = 0
}
