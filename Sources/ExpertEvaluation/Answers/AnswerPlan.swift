package import ExpertModel
internal import ExpertPlatform
package import ExpertRecord

/// What makes one answer of a preference pair better than the other in a model's eyes.
package enum RewardKind: String, Sendable, Hashable, CaseIterable {
  /// The mean log-likelihood of an answer's tokens: what the model itself ranks by, without a
  /// reference (the ranking accuracy of Chen et al. 2024; SimPO's reward without its factor). Base
  /// and expert are measured alike.
  case likelihood
  /// β times how much likelier than under the base the whole answer is: DPO's implicit reward, as
  /// TRL reports it. The base has none.
  case implicit
}

/// What is asked of a model in an evaluation, and with which settings.
package struct AnswerPlan: Sendable, Hashable {
  /// The settings of every answer; the prompt comes from the case.
  package var request: GenerationRequest
  /// Answers under way at once.
  package var streams: Int
  /// Whether answers are wanted, or only what the references score.
  package var generates: Bool
  /// Whether the likelihood of references is wanted.
  package var scores: Bool
  package var rewards: RewardKind
  /// DPO's β, for implicit rewards.
  package var beta: Double

  package init(
    request: GenerationRequest = GenerationRequest(prompt: []), streams: Int = 16,
    generates: Bool = true, scores: Bool = true, rewards: RewardKind = .likelihood,
    beta: Double = 0.1
  ) {
    self.request = request
    self.streams = streams
    self.generates = generates
    self.scores = scores
    self.rewards = rewards
    self.beta = beta
  }

  /// The plan for a suite: what no metric reads is not computed.
  package mutating func restrict(to suite: EvaluationSuite) {
    guard !suite.wanted.isEmpty else { return }
    generates = suite.wanted.contains(where: \.needsAnswer)
    scores = suite.wanted.contains { !$0.needsAnswer }
  }

  /// The settings that decide the answers, for telling old ones from new ones.
  package var json: JSONValue {
    let sampling = request.sampling
    return [
      "beta": .number(beta), "generates": .bool(generates),
      "max_tokens": .number(Double(request.maxTokens)), "min_p": .number(sampling.minP),
      "repetition_penalty": .number(sampling.repetitionPenalty),
      "rewards": .string(rewards.rawValue), "scores": .bool(scores),
      "seed": .string("\(sampling.seed)"), "stops": .array(request.stops.map(JSONValue.string)),
      "temperature": .number(sampling.temperature), "top_k": .number(Double(sampling.topK)),
      "top_p": .number(sampling.topP),
    ]
  }

  /// The request of one case. What is drawn depends on the seed and the record alone, so that a run
  /// that was interrupted goes on as if it had not been.
  func request(_ prompt: [Int32], of rid: String) -> GenerationRequest {
    var request = request
    request.prompt = prompt
    request.sampling.seed ^= SHA256.hash(rid).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    request.stream = 0
    return request
  }
}
