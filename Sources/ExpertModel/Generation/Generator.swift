package import ExpertPlatform
package import ExpertTokenizer

/// Continues prompts, many at a time: as one text ends, the next takes its place, so that the
/// weights are read once for all texts under way.
package final class Generator {
  /// A piece of text for request number `request`; the answer says whether to go on with it.
  package typealias OnText = (_ request: Int, _ text: String) throws -> Bool

  private let decoder: Decoder
  private let tokenizer: Tokenizer
  private let maxStreams: Int
  private var config: ModelConfig { decoder.model.config }

  /// `maxStreams` texts at most are under way at once.
  package init(
    _ model: BaseModel, adapter: Adapter? = nil, tokenizer: Tokenizer, maxStreams: Int = 1,
    longestPrompt: Int = 1024, pool: ThreadPool
  ) {
    self.tokenizer = tokenizer
    self.maxStreams = max(1, maxStreams)
    decoder = Decoder(
      model, adapter: adapter, maxStreams: self.maxStreams, longestPrompt: longestPrompt,
      pool: pool)
  }

  /// Answers the requests that follow with another adapter, or with the base alone.
  package func attach(_ adapter: Adapter?) { decoder.attach(adapter) }

  /// Continues every request. Results come in the order of the requests; texts come to `onText` in
  /// whole characters as they are made.
  package func generate(
    _ requests: [GenerationRequest], onText: OnText = { _, _ in true }
  ) throws -> [GenerationResult] {
    for request in requests {
      try request.check(config, softPrompt: decoder.adapter?.promptLength ?? 0)
    }
    var results = [GenerationResult?](repeating: nil, count: requests.count)
    var waiting = requests.indices.makeIterator()
    var active: [TextUnderWay] = []
    while true {
      while active.count < maxStreams, let number = waiting.next() {
        let text = try begin(requests[number], number: number, onText)
        if text.finish == nil { active.append(text) } else { results[number] = text.result }
      }
      if active.isEmpty { return results.compactMap(\.self) }
      try step(active, onText)
      for text in active where text.finish != nil { results[text.number] = text.result }
      active.removeAll { $0.finish != nil }
    }
  }

  private func begin(
    _ request: GenerationRequest, number: Int, _ onText: OnText
  ) throws -> TextUnderWay {
    let prompt = decoder.adapter?.promptLength ?? 0
    let room = min(prompt + request.prompt.count + request.maxTokens, config.contextLength)
    let text = TextUnderWay(
      request, number: number, stream: decoder.stream(capacity: room), tokenizer: tokenizer,
      ends: config.endTokens)
    let logits = decoder.read(request.prompt, text.stream)
    try text.take(logits[...], onText)
    return text
  }

  private func step(_ active: [TextUnderWay], _ onText: OnText) throws {
    let logits = decoder.step(active.map(\.last), active.map(\.stream))
    let width = config.vocabularySize
    for (row, text) in active.enumerated() {
      try text.take(logits[row * width..<(row + 1) * width], onText)
    }
  }
}
