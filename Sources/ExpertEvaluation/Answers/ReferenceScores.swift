internal import ExpertModel
internal import ExpertRecord
internal import ExpertTokenizer

/// How likely a model finds answers that others wrote.
struct ReferenceScores {
  private let system: AnsweringModel
  private let scorer: Scorer

  init(_ system: AnsweringModel) {
    self.system = system
    scorer = Scorer(system.model, adapter: system.adapter, pool: system.pool)
  }

  /// The score of the last answer of each conversation; `nil` where it does not fit the context or
  /// has no token to score.
  func scores(_ conversations: [Conversation]) throws -> [TextScore?] {
    let texts = try conversations.map { conversation in
      let rendered = try system.tokenizer.render(conversation, template: system.template)
      return ScoredText(ids: rendered.ids, scored: rendered.supervised)
    }
    let fitting = texts.indices.filter {
      !texts[$0].ids.isEmpty && texts[$0].ids.count <= system.context
    }
    let scores = try scorer.score(fitting.map { texts[$0] })
    var result = [TextScore?](repeating: nil, count: texts.count)
    for (place, score) in zip(fitting, scores) where score.tokens > 0 { result[place] = score }
    return result
  }

  /// The rewards of the answers of preference records; `nil` for other records and for answers
  /// without a score.
  func rewards(
    _ records: [Record], _ plan: AnswerPlan
  ) throws -> [PreferenceScores.Pair?] {
    let pairs = records.indices.filter { records[$0].kind == .preference }
    let conversations = pairs.flatMap { Self.answers(of: records[$0]) }
    let own = try scores(conversations)
    let values =
      plan.rewards == .likelihood
      ? own.map { $0.map(Self.mean) } : try implicit(own, of: conversations, beta: plan.beta)
    var result = [PreferenceScores.Pair?](repeating: nil, count: records.count)
    for (place, record) in pairs.enumerated() {
      guard let chosen = values[2 * place], let rejected = values[2 * place + 1] else { continue }
      result[record] = PreferenceScores.Pair(chosen: chosen, rejected: rejected)
    }
    return result
  }

  /// β times how much likelier the answers are than under the base alone.
  private func implicit(
    _ own: [TextScore?], of conversations: [Conversation], beta: Double
  ) throws -> [Double?] {
    let reference = try ReferenceScores(system.base).scores(conversations)
    return zip(own, reference).map { own, reference in
      guard let own, let reference else { return nil }
      return beta * (reference.negativeLogLikelihood - own.negativeLogLikelihood)
    }
  }

  private static func mean(_ score: TextScore) -> Double {
    -score.negativeLogLikelihood / Double(score.tokens)
  }

  /// The conversations with the better and the worse answer.
  private static func answers(of record: Record) -> [Conversation] {
    guard case .preference(let pair) = record else { return [] }
    return [
      Conversation(prompt: pair.prompt, answer: pair.chosen),
      Conversation(prompt: pair.prompt, answer: pair.rejected),
    ]
  }
}
