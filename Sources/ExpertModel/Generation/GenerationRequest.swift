/// A prompt to be continued.
package struct GenerationRequest: Sendable, Hashable {
  package var prompt: [Int32]
  /// The most tokens to add; the context's end comes first where it is nearer.
  package var maxTokens: Int
  package var sampling: SamplingOptions
  /// Strings that end the text and are no part of it.
  package var stops: [String]
  /// Which stream of random numbers tokens are drawn with; `nil`: that of the request's place among
  /// the others.
  package var stream: Int?
  /// How many alternatives of each token are told with its likelihood; `nil`: no likelihoods.
  package var likelihoods: Int?

  package init(
    prompt: [Int32], maxTokens: Int = 512, sampling: SamplingOptions = .init(),
    stops: [String] = [], stream: Int? = nil, likelihoods: Int? = nil
  ) {
    self.prompt = prompt
    self.maxTokens = maxTokens
    self.sampling = sampling
    self.stops = stops
    self.stream = stream
    self.likelihoods = likelihoods
  }
}

extension GenerationRequest {
  /// Refuses what the model cannot go on from; a soft prompt takes part of its context.
  func check(_ config: ModelConfig, softPrompt: Int) throws(GenerationError) {
    if let problem = sampling.problem { throw .badSampling(problem) }
    guard !prompt.isEmpty else { throw .emptyPrompt }
    let context = config.contextLength - softPrompt
    guard prompt.count < context else {
      throw .promptTooLong(tokens: prompt.count, context: context)
    }
    for id in prompt where id < 0 || Int(id) >= config.vocabularySize {
      throw .unknownToken(id: id, vocabulary: config.vocabularySize)
    }
  }
}

/// Why a text ended, in the words of the OpenAI API.
package enum FinishReason: String, Sendable, Hashable {
  /// The model's own end, or a stop string.
  case stop
  /// The tokens or the context are used up.
  case length
  /// The caller asked for it.
  case cancelled
}

/// What was generated for one request.
package struct GenerationResult: Sendable, Hashable {
  package var text: String
  /// The new tokens, the end token not among them.
  package var tokens: [Int32]
  package var finish: FinishReason
  package var promptTokens: Int
}

/// What keeps a prompt from being continued.
package enum GenerationError: Error, Sendable, Hashable, CustomStringConvertible {
  case emptyPrompt
  case promptTooLong(tokens: Int, context: Int)
  case unknownToken(id: Int32, vocabulary: Int)
  case badSampling(String)
  /// Every logit of a step was NaN or infinite.
  case notFinite

  package var description: String {
    switch self {
    case .emptyPrompt: "the prompt is empty; a model needs at least one token to go on from"
    case .promptTooLong(let tokens, let context):
      "the prompt has \(tokens) tokens and leaves no room in the model's context of \(context); "
        + "shorten it"
    case .unknownToken(let id, let vocabulary):
      "token \(id) is outside the model's vocabulary of \(vocabulary); tokenizer and model do not "
        + "belong together"
    case .badSampling(let problem): problem
    case .notFinite:
      "the model computed NaN; its weights are damaged (model verify NAME looks at every weight)"
    }
  }
}
