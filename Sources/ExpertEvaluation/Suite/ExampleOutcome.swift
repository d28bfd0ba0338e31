package import ExpertRecord

/// What came of one case: what was asked and answered, and the scores.
package struct ExampleOutcome: Sendable, Hashable {
  package var rid: String
  package var split: Split?
  package var difficulty: Difficulty?
  package var answerKind: AnswerKind
  package var recordKind: RecordKind
  package var origin: RecordOrigin
  package var prompt: String
  package var references: [String]
  /// The answer of the base; `nil` where only one system was scored.
  package var base: SystemAnswer?
  package var expert: SystemAnswer
  /// The scores by the metrics' names, and `benchmark`: that of the deciding metric as a share of
  /// the best; filled in by `EvaluationReport.init(scoring:)`.
  package var baseScores: [String: Double] = [:]
  package var expertScores: [String: Double] = [:]

  package init(
    rid: String, split: Split? = nil, difficulty: Difficulty? = nil,
    answerKind: AnswerKind = .prose, recordKind: RecordKind = .instruction,
    origin: RecordOrigin = RecordOrigin(), prompt: String = "", references: [String],
    base: SystemAnswer? = nil, expert: SystemAnswer
  ) {
    self.rid = rid
    self.split = split
    self.difficulty = difficulty
    self.answerKind = answerKind
    self.recordKind = recordKind
    self.origin = origin
    self.prompt = prompt
    self.references = references
    self.base = base
    self.expert = expert
  }

  package init(_ asked: EvaluationCase, base: SystemAnswer?, expert: SystemAnswer) {
    self.init(
      rid: asked.rid, split: asked.split, difficulty: asked.difficulty,
      answerKind: asked.answerKind, recordKind: asked.record.kind, origin: asked.origin,
      prompt: asked.prompt, references: [asked.reference], base: base, expert: expert)
  }

  func prediction(of answer: SystemAnswer) -> Prediction {
    Prediction(
      text: answer.text, references: references, nll: answer.nll, tokens: answer.tokens,
      rewards: answer.rewards)
  }
}
