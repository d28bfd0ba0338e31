internal import ExpertTokenizer

/// One text that is being continued.
final class TextUnderWay {
  let number: Int
  let stream: DecodingStream
  private(set) var finish: FinishReason?
  private let request: GenerationRequest
  private let ends: [Int32]
  /// Ids that the tokenizer has: embeddings are often padded to a round number of rows.
  private let knownIDs: Int
  private var sampler: Sampler
  private var decoder: StreamingDecoder
  private var stops: StopFinder
  private var tokens: [Int32] = []
  private var text = ""
  /// Of the tokens whose text has not been told yet.
  private var likelihoods: [TokenLikelihood] = []

  init(
    _ request: GenerationRequest, number: Int, stream: DecodingStream, tokenizer: Tokenizer,
    ends: [Int32]
  ) {
    self.request = request
    self.number = number
    self.stream = stream
    self.ends = ends
    knownIDs = tokenizer.idCount
    sampler = Sampler(
      request.sampling, stream: request.stream ?? number, prompt: request.prompt)
    decoder = StreamingDecoder(tokenizer)
    stops = StopFinder(request.stops)
  }

  /// The token that the model has not read yet.
  var last: Int32 { tokens.last ?? 0 }

  var result: GenerationResult {
    GenerationResult(
      text: text, tokens: tokens, finish: finish ?? .length,
      promptTokens: request.prompt.count)
  }

  /// Chooses the next token from the logits [V] and tells its text.
  func take(
    _ all: Slice<UnsafeMutableBufferPointer<Float>>, _ onText: Generator.OnText
  ) throws {
    let logits = UnsafeMutableBufferPointer(rebasing: all.prefix(knownIDs))
    guard request.maxTokens > 0 else { return finish = .length }
    guard logits.contains(where: \.isFinite) else { throw GenerationError.notFinite }
    let token = sampler.next(logits)
    if ends.contains(token) {
      try tell(stops.feed(decoder.finish()) + stops.finish(), onText)
      finish = finish ?? .stop
      return
    }
    tokens.append(token)
    if let count = request.likelihoods {
      likelihoods.append(TokenLikelihood(token, of: logits, count: count))
    }
    try tell(stops.feed(try decoder.append(token)), onText)
    if stops.found { finish = .stop }
    if finish == nil, tokens.count >= request.maxTokens || stream.length >= stream.capacity {
      try tell(stops.feed(decoder.finish()) + stops.finish(), onText)
      finish = finish ?? .length
    }
  }

  /// The likelihoods of the tokens since the last call.
  func newLikelihoods() -> [TokenLikelihood] {
    defer { likelihoods = [] }
    return likelihoods
  }

  private func tell(_ piece: String, _ onText: Generator.OnText) throws {
    guard !piece.isEmpty else { return }
    text += piece
    if try !onText(number, piece) { finish = .cancelled }
  }
}
