package import ExpertPlatform
package import ExpertRecord

/// What a job is to do. The key decides whether it is the same job as one in the store.
package struct JobSpec: Sendable, Hashable {
  package var key: Digest
  package var dataset: String
  package var kind: RecordKind
  /// The whole description of the job, kept as an object.
  package var config: JSONValue

  package init(key: Digest, dataset: String, kind: RecordKind, config: JSONValue) {
    self.key = key
    self.dataset = dataset
    self.kind = kind
    self.config = config
  }
}

package enum JobState: String, Sendable, Hashable, CaseIterable {
  case open
  case paused
  case done
  case stopped
}

/// A job as the store has it.
package struct Job: Sendable, Hashable {
  package let id: Int64
  package let key: Digest
  package let dataset: Dataset
  package let state: JobState
  package let note: String?
  package let config: JSONValue
  /// Requests that were under way when the program ended before: they may be asked again.
  package let lostInFlight: Int
}

/// The prompt template that a request was made from.
package struct TemplateSource: Sendable, Hashable {
  package var name: String
  package var version: Int
  package var digest: Digest
  package var text: String

  package init(name: String, version: Int, digest: Digest, text: String) {
    self.name = name
    self.version = version
    self.digest = digest
    self.text = text
  }

  var json: JSONValue {
    [
      "name": .string(name), "sha256": .string(digest.hex), "text": .string(text),
      "version": .number(Double(version)),
    ]
  }
}

/// A request to come: its place in the job, what it asks for, and what makes it the same request.
package struct SlotPlan: Sendable, Hashable {
  package var n: Int
  package var round: Int
  package var cell: JSONValue
  package var template: TemplateSource?
  package var request: JSONValue
  package var idempotencyKey: Digest

  package init(
    n: Int, round: Int, cell: JSONValue, template: TemplateSource?, request: JSONValue,
    idempotencyKey: Digest
  ) {
    self.n = n
    self.round = round
    self.cell = cell
    self.template = template
    self.request = request
    self.idempotencyKey = idempotencyKey
  }
}

package enum SlotState: String, Sendable, Hashable, CaseIterable {
  case planned
  case received
  case failed
}

/// A slot as the store has it.
package struct Slot: Sendable, Hashable {
  package let id: Int64
  package let n: Int
  package let round: Int
  package let cell: JSONValue
  package let request: JSONValue
  package let idempotencyKey: Digest
  package let state: SlotState
  /// The answer came from another job and cost nothing.
  package let reused: Bool
  /// How often the request was tried so far.
  package let attempts: Int
}

/// One try of a request, whatever came of it.
package struct AttemptRow: Sendable, Hashable {
  /// `ok`, `http 429`, `timeout` …
  package var status: String
  package var provider: String?
  package var model: String?
  package var providerRequestID: String?
  package var tokensIn: Int?
  package var tokensOut: Int?
  package var costMicros: Int64?
  package var error: String?

  package init(
    status: String, provider: String? = nil, model: String? = nil,
    providerRequestID: String? = nil, tokensIn: Int? = nil, tokensOut: Int? = nil,
    costMicros: Int64? = nil, error: String? = nil
  ) {
    self.status = status
    self.provider = provider
    self.model = model
    self.providerRequestID = providerRequestID
    self.tokensIn = tokensIn
    self.tokensOut = tokensOut
    self.costMicros = costMicros
    self.error = error
  }
}

/// A record that an answer held, before it was judged.
package struct CandidateRow: Sendable, Hashable {
  package var ordinal: Int
  package var rid: RecordID
  package var record: Record
  package var attributes: RecordAttributes

  package init(ordinal: Int, rid: RecordID, record: Record, attributes: RecordAttributes) {
    self.ordinal = ordinal
    self.rid = rid
    self.record = record
    self.attributes = attributes
  }
}

/// A piece of an answer that is no record, and why.
package struct RejectedPiece: Sendable, Hashable {
  package var ordinal: Int?
  package var filter: String
  package var score: Double?
  package var detail: String
  package var text: String?

  package init(
    ordinal: Int? = nil, filter: String, score: Double? = nil, detail: String,
    text: String? = nil
  ) {
    self.ordinal = ordinal
    self.filter = filter
    self.score = score
    self.detail = detail
    self.text = text
  }
}

/// An answer that arrived, with everything that is stored together with it.
package struct Receipt: Sendable, Hashable {
  package var n: Int
  package var reply: JSONValue
  package var tokensIn: Int?
  package var tokensOut: Int?
  package var costMicros: Int64?
  package var attempts: [AttemptRow]
  package var candidates: [CandidateRow]
  package var rejections: [RejectedPiece]

  package init(
    n: Int, reply: JSONValue, tokensIn: Int? = nil, tokensOut: Int? = nil,
    costMicros: Int64? = nil, attempts: [AttemptRow] = [], candidates: [CandidateRow] = [],
    rejections: [RejectedPiece] = []
  ) {
    self.n = n
    self.reply = reply
    self.tokensIn = tokensIn
    self.tokensOut = tokensOut
    self.costMicros = costMicros
    self.attempts = attempts
    self.candidates = candidates
    self.rejections = rejections
  }
}

/// A request that gave no answer.
package struct SlotFailure: Sendable, Hashable {
  package var n: Int
  package var attempts: [AttemptRow]
  /// `true`: it is asked again when the job goes on; `false`: the slot is given up.
  package var mayBeAskedAgain: Bool

  package init(n: Int, attempts: [AttemptRow], mayBeAskedAgain: Bool) {
    self.n = n
    self.attempts = attempts
    self.mayBeAskedAgain = mayBeAskedAgain
  }
}
