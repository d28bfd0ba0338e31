internal import ExpertCuration
package import ExpertRecord
package import ExpertStore

/// One record of a test set, as it is put to a model and scored.
package struct EvaluationCase: Sendable, Hashable {
  package var rid: String
  package var record: Record
  package var split: Split?
  package var difficulty: Difficulty?
  /// The kind of answer: as declared, else as its shape shows (a reference that is a JSON object or
  /// list is one).
  package var answerKind: AnswerKind
  package var origin: RecordOrigin
  /// What the model is asked, for people to read; a chat template makes its own text of the record.
  package var prompt: String
  /// The right answer.
  package var reference: String

  package init(rid: String, record: Record, attributes: RecordAttributes = RecordAttributes()) {
    let view = RecordView(Candidate(record: record, attributes: attributes))
    self.rid = rid
    self.record = record
    split = attributes.split
    difficulty = attributes.difficulty
    answerKind =
      attributes.answerKind == nil && AnswerMatch.isDocument(view.answer) ? .json : view.kind
    origin = RecordOrigin(attributes)
    prompt = view.prompts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    reference = view.answer
  }

  package init(_ stored: StoredRecord) {
    self.init(rid: stored.rid.description, record: stored.record, attributes: stored.attributes)
  }
}

/// What a model makes of one case.
package struct SystemAnswer: Sendable, Hashable {
  package var text: String
  /// The summed −ln p of the reference's tokens, in nats, where the source computes it.
  package var nll: Double?
  /// The reference's tokens.
  package var tokens: Int?
  /// The rewards of a preference record's answers, where the source computes them.
  package var rewards: PreferenceScores.Pair?

  package init(
    text: String, nll: Double? = nil, tokens: Int? = nil, rewards: PreferenceScores.Pair? = nil
  ) {
    self.text = text
    self.nll = nll
    self.tokens = tokens
    self.rewards = rewards
  }
}

/// Answers cases: the base alone, or with an adapter attached.
///
/// The answers stand in the order of the cases, one for each. A source batches as it likes; the
/// caller hands over at most `EvaluationRun.group` cases at once and may cancel between groups.
package protocol AnswerSource: Sendable {
  /// The source's name, for messages: `base`, `expert`.
  var name: String { get }
  func answers(to cases: [EvaluationCase]) async throws -> [SystemAnswer]
}
