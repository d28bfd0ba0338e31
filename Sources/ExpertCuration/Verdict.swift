package import ExpertRecord

/// What a filter says of a record: kept, or dropped with a reason that can be read.
package enum Verdict: Sendable, Hashable {
  case keep
  case drop(Rejection)
}

/// Why a record was dropped. Nothing disappears without one.
package struct Rejection: Sendable, Hashable {
  /// The filter's name: `schema`, `length`, `json`, `refusal`, `near-duplicate` …
  package var filter: String
  /// What the filter measured, where it measures.
  package var score: Double?
  /// What was found, in words a user understands.
  package var detail: String

  package init(filter: String, score: Double? = nil, detail: String) {
    self.filter = filter
    self.score = score
    self.detail = detail
  }
}

/// A record on its way to acceptance, with what the plan declared of it.
package struct Candidate: Sendable, Hashable {
  package var record: Record
  package var attributes: RecordAttributes

  package init(record: Record, attributes: RecordAttributes = RecordAttributes()) {
    self.record = record
    self.attributes = attributes
  }
}

/// Judges one record by itself. Pure: the same record gets the same verdict.
package protocol RecordFilter: Sendable {
  /// The name that rejections carry and `--filter` takes.
  var name: String { get }
  func judge(_ candidate: Candidate) -> Verdict
}
