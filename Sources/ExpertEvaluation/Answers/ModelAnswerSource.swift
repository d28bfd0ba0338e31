internal import ExpertModel
package import ExpertPlatform
internal import ExpertRecord
internal import ExpertTokenizer

/// Answers cases with a model of ours: many at a time, each finished answer kept in a file at once.
///
/// Answers of base and expert are made by two sources over one loaded base. Work is synchronous and
/// ends between two tokens when the task is cancelled.
package struct ModelAnswerSource: AnswerSource {
  package let name: String
  private let system: AnsweringModel
  private let plan: AnswerPlan
  private let identity: Digest
  private let file: AnswerFile?
  private let onAnswer: @Sendable (Int) -> Void

  /// A source whose answers `identity` stands for (see `identity(of:_:_:)`); `onAnswer` is told how
  /// many more cases are done.
  package init(
    name: String, _ system: AnsweringModel, plan: AnswerPlan, identity: Digest,
    file: AnswerFile? = nil, onAnswer: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    self.name = name
    self.system = system
    self.plan = plan
    self.identity = identity
    self.file = file
    self.onAnswer = onAnswer
  }

  /// The hash of everything that decides a system's answers: the hashes of base and adapter, how
  /// weights are held, the template and the plan.
  package static func identity(
    base: String, adapter: String?, precision: String, template: String, _ plan: AnswerPlan
  ) -> Digest {
    SHA256.hash(
      CanonicalJSON.bytes(of: [
        "adapter": .optional(adapter), "base": .string(base), "plan": plan.json,
        "precision": .string(precision), "template": .string(template),
      ]))
  }

  package func answers(to cases: [EvaluationCase]) async throws -> [SystemAnswer] {
    var answers = cases.map { file?.answer(of: identity, to: $0.record.contentHash) }
    let open = cases.indices.filter { answers[$0] == nil }
    if open.count < cases.count { onAnswer(cases.count - open.count) }
    guard !open.isEmpty else { return answers.compactMap(\.self) }
    let asked = open.map { cases[$0] }
    let measured = try measure(asked)
    try answer(asked) { place, text in
      var answer = measured[place]
      answer.text = text
      answers[open[place]] = answer
      try file?.keep(answer, of: identity, to: asked[place].record.contentHash)
      onAnswer(1)
    }
    return answers.compactMap(\.self)
  }

  /// Answers without text: what the model makes of the references.
  private func measure(_ cases: [EvaluationCase]) throws -> [SystemAnswer] {
    var answers = cases.map { _ in SystemAnswer(text: "") }
    guard plan.scores else { return answers }
    let scores = ReferenceScores(system)
    let records = cases.map(\.record)
    for (place, score) in try scores.scores(records.map { Conversation($0) }).enumerated() {
      answers[place].nll = score?.negativeLogLikelihood
      answers[place].tokens = score?.tokens
    }
    // The base is the reference of implicit rewards, so it has none of its own.
    guard plan.rewards == .likelihood || system.adapter != nil else { return answers }
    for (place, pair) in try scores.rewards(records, plan).enumerated() {
      answers[place].rewards = pair
    }
    return answers
  }

  /// Lets the model answer; a prompt that leaves no room in the context gets the empty answer.
  private func answer(
    _ cases: [EvaluationCase], _ done: (Int, String) throws -> Void
  ) throws {
    guard plan.generates else {
      for place in cases.indices { try done(place, "") }
      return
    }
    let prompts = try cases.map { try system.prompt($0.record) }
    var places: [Int] = []
    for (place, prompt) in prompts.enumerated() {
      if prompt.isEmpty || prompt.count >= system.context {
        try done(place, "")
      } else {
        places.append(place)
      }
    }
    let generator = Generator(
      system.model, adapter: system.adapter, tokenizer: system.tokenizer,
      maxStreams: min(plan.streams, max(1, places.count)),
      longestPrompt: (prompts.map(\.count).max() ?? 1) + (system.adapter?.promptLength ?? 0),
      pool: system.pool)
    try generator.generate(
      places.map { plan.request(prompts[$0], of: cases[$0].rid) },
      onText: { _, _ in
        try Task.checkCancellation()
        return true
      },
      onResult: { number, result in
        try done(places[number], AnsweringModel.answer(in: result.text))
      })
  }
}
