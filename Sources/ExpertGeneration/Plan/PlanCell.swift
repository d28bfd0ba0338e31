package import ExpertRecord

/// One part of a task, and what its answers look like.
package struct Topic: Sendable, Hashable {
  /// A short name; for the procedural provider, one of the domain's skills.
  package var name: String
  /// What the topic covers, for a model that reads prose.
  package var summary: String?
  /// The kind of answer its records give: it decides which filters judge them.
  package var answerKind: AnswerKind?
  /// The topic's part of all records, relative to the others'.
  package var weight: Double

  package init(
    _ name: String, summary: String? = nil, answerKind: AnswerKind? = nil, weight: Double = 1
  ) {
    self.name = name
    self.summary = summary
    self.answerKind = answerKind
    self.weight = weight
  }
}

/// One cell of a plan: what the requests in it ask for, and how many records it should give.
package struct PlanCell: Sendable, Hashable {
  package var topic: Topic
  package var difficulty: Difficulty
  /// Whose voice the records take; `nil` where the plan names nobody.
  package var persona: String?
  /// The share of all records, in 0…1; the shares of a plan sum to 1.
  package var share: Double

  package init(topic: Topic, difficulty: Difficulty, persona: String? = nil, share: Double) {
    self.topic = topic
    self.difficulty = difficulty
    self.persona = persona
    self.share = share
  }

  /// What the store keeps with each slot, and what identifies the cell in tallies. Its members are
  /// in the order of their names, as the store gives them back: values are equal only member by
  /// member.
  package var json: JSONValue {
    let members: [(name: String, text: String?)] = [
      ("answer_kind", topic.answerKind?.rawValue), ("difficulty", difficulty.rawValue),
      ("persona", persona), ("summary", topic.summary), ("topic", topic.name),
    ]
    return .object(
      members.compactMap { member in member.text.map { .init(member.name, .string($0)) } })
  }
}

/// How many records of each difficulty a plan wants.
package struct DifficultyMix: Sendable, Hashable {
  package var shares: [(difficulty: Difficulty, share: Double)] {
    [(.easy, easy), (.medium, medium), (.hard, hard)].filter { $0.share > 0 }
  }
  private var easy: Double
  private var medium: Double
  private var hard: Double

  /// The documents' distribution: easy 0.3, medium 0.5, hard 0.2.
  package static let mixed = DifficultyMix(easy: 0.3, medium: 0.5, hard: 0.2)

  /// Shares are scaled to sum to 1; at least one must be positive, none negative.
  package init(easy: Double, medium: Double, hard: Double) {
    let total = easy + medium + hard
    precondition(
      total > 0 && min(easy, medium, hard) >= 0, "a difficulty mix needs positive shares")
    self.easy = easy / total
    self.medium = medium / total
    self.hard = hard / total
  }

  /// All of one difficulty.
  package static func only(_ difficulty: Difficulty) -> DifficultyMix {
    DifficultyMix(
      easy: difficulty == .easy ? 1 : 0, medium: difficulty == .medium ? 1 : 0,
      hard: difficulty == .hard ? 1 : 0)
  }
}
