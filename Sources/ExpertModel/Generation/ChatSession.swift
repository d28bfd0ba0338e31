package import ExpertPlatform
package import ExpertTokenizer

/// A conversation that goes on: of a prompt that begins like the last one, only what is new is
/// read.
package final class ChatSession {
  private let decoder: Decoder
  private let tokenizer: Tokenizer
  private var stream: DecodingStream?
  /// The tokens that the stream has read.
  private var read: [Int32] = []

  package init(
    _ model: BaseModel, adapter: Adapter? = nil, tokenizer: Tokenizer, pool: ThreadPool
  ) {
    self.tokenizer = tokenizer
    decoder = Decoder(model, adapter: adapter, pool: pool)
  }

  /// Goes on with another adapter, or with the base alone; what was read is read again.
  package func attach(_ adapter: Adapter?) {
    decoder.attach(adapter)
    stream = nil
    read = []
  }

  /// Continues a prompt as `Generator` does.
  package func answer(
    _ request: GenerationRequest, onText: (String) throws -> Bool
  ) throws -> GenerationResult {
    let config = decoder.model.config
    let soft = decoder.adapter?.promptLength ?? 0
    try request.check(config, softPrompt: soft)
    let stream = stream(for: request, soft: soft, config)
    let known = Swift.min(Self.common(read, request.prompt), request.prompt.count - 1)
    stream.rewind(to: known == 0 ? 0 : soft + known)
    read = Array(request.prompt.prefix(known))
    let text = TextUnderWay(
      request, number: 0, stream: stream, tokenizer: tokenizer, ends: config.endTokens)
    let tell: Generator.OnText = { try onText($1) }
    try text.take(decoder.read(Array(request.prompt.dropFirst(known)), stream)[...], tell)
    while text.finish == nil {
      try text.take(decoder.step([text.last], [stream])[...], tell)
    }
    // The last token was chosen, not read.
    read = Array((request.prompt + text.result.tokens).prefix(stream.length - soft))
    return text.result
  }

  /// The stream, or a longer one where the conversation has outgrown it: then all is read again.
  private func stream(
    for request: GenerationRequest, soft: Int, _ config: ModelConfig
  ) -> DecodingStream {
    let needed = min(soft + request.prompt.count + request.maxTokens, config.contextLength)
    if let stream, stream.capacity >= needed { return stream }
    let capacity = min(config.contextLength, max(2048, needed + needed / 2))
    let longer = decoder.stream(capacity: capacity)
    stream = longer
    read = []
    return longer
  }

  private static func common(_ a: [Int32], _ b: [Int32]) -> Int {
    zip(a, b).prefix { $0 == $1 }.count
  }
}
