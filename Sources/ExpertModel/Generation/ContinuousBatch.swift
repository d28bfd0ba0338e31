package import ExpertPlatform
package import ExpertTokenizer

/// Continues prompts that come and go: a text joins between two tokens of the others, and each step
/// reads the weights once for all texts of one adapter.
///
/// Prompts are read in pieces between the steps, so that a long one holds nobody up for long. It
/// owns working memory and belongs to one thread; for a list of prompts that is known from the
/// start, `Generator` is simpler.
package final class ContinuousBatch {
  /// Where one text goes. All three are called by the thread that steps.
  package struct Sink {
    /// Whether anybody still waits for the text; asked before every step.
    package var isWanted: () -> Bool
    /// A piece of text with the likelihoods of its tokens, where those were asked for.
    package var text: (_ text: String, _ tokens: [TokenLikelihood]) -> Void
    package var end: (Result<GenerationResult, any Error>) -> Void

    package init(
      isWanted: @escaping () -> Bool,
      text: @escaping (_ text: String, _ tokens: [TokenLikelihood]) -> Void,
      end: @escaping (Result<GenerationResult, any Error>) -> Void
    ) {
      self.isWanted = isWanted
      self.text = text
      self.end = end
    }
  }

  /// How much is under way at once.
  package struct Limits: Sendable, Hashable {
    package var streams: Int
    /// Tokens of keys and values that all texts under way may come to; a single text may always run.
    package var cacheTokens: Int
    /// Prompt tokens that are read between two steps.
    package var promptChunk: Int

    package init(streams: Int = 16, cacheTokens: Int = 65_536, promptChunk: Int = 256) {
      self.streams = max(1, streams)
      self.cacheTokens = cacheTokens
      self.promptChunk = max(1, promptChunk)
    }
  }

  private struct Waiting {
    var request: GenerationRequest
    var adapter: Adapter?
    var sink: Sink
    /// Tokens of its cache.
    var capacity: Int
  }

  private final class Entry {
    let text: TextUnderWay
    let adapter: Adapter?
    let sink: Sink
    let capacity: Int
    var unread: ArraySlice<Int32>

    init(_ waiting: Waiting, _ text: TextUnderWay) {
      self.text = text
      adapter = waiting.adapter
      sink = waiting.sink
      capacity = waiting.capacity
      unread = waiting.request.prompt[...]
    }
  }

  private let decoder: Decoder
  private let tokenizer: Tokenizer
  private let limits: Limits
  private var waiting: [Waiting] = []
  private var entries: [Entry] = []
  private var config: ModelConfig { decoder.model.config }

  package init(
    _ model: BaseModel, tokenizer: Tokenizer, limits: Limits = Limits(), pool: ThreadPool
  ) {
    self.tokenizer = tokenizer
    self.limits = limits
    decoder = Decoder(
      model, maxStreams: limits.streams, longestPrompt: limits.promptChunk, pool: pool)
  }

  /// Texts under way.
  package var activeCount: Int { entries.count }
  /// Texts that wait for their turn.
  package var waitingCount: Int { waiting.count }
  package var isIdle: Bool { entries.isEmpty && waiting.isEmpty }

  /// Takes a request; its text begins with one of the next steps.
  package func add(
    _ request: GenerationRequest, adapter: Adapter?, sink: Sink
  ) throws(GenerationError) {
    let soft = adapter?.promptLength ?? 0
    try request.check(config, softPrompt: soft)
    let wanted = request.maxTokens.addingReportingOverflow(soft + request.prompt.count)
    let capacity = wanted.overflow ? config.contextLength : wanted.partialValue
    waiting.append(
      Waiting(
        request: request, adapter: adapter, sink: sink,
        capacity: min(capacity, config.contextLength)))
  }

  /// One token for every text whose prompt was read, and a piece of the prompts that were not.
  package func step() {
    dropUnwanted()
    admit()
    readPrompts()
    decode()
    entries.removeAll { entry in
      guard entry.text.finish != nil else { return false }
      entry.sink.end(.success(entry.text.result))
      return true
    }
  }

  /// Ends everything, each text as cancelled.
  package func cancelAll() {
    for entry in entries { entry.sink.end(.failure(CancellationError())) }
    for entry in waiting { entry.sink.end(.failure(CancellationError())) }
    entries = []
    waiting = []
  }

  private func dropUnwanted() {
    waiting.removeAll { Self.isUnwanted($0.sink) }
    entries.removeAll { Self.isUnwanted($0.sink) }
  }

  private static func isUnwanted(_ sink: Sink) -> Bool {
    guard !sink.isWanted() else { return false }
    sink.end(.failure(CancellationError()))
    return true
  }

  private func admit() {
    while let next = waiting.first, entries.count < limits.streams {
      let reserved = entries.reduce(0) { $0 + $1.capacity }
      guard entries.isEmpty || reserved + next.capacity <= limits.cacheTokens else { return }
      waiting.removeFirst()
      let text = TextUnderWay(
        next.request, number: 0, stream: decoder.stream(capacity: next.capacity),
        tokenizer: tokenizer, ends: config.endTokens)
      entries.append(Entry(next, text))
    }
  }

  /// Prompts in the order in which they came, until the piece between two steps is full.
  private func readPrompts() {
    var left = limits.promptChunk
    for entry in entries where !entry.unread.isEmpty && left > 0 {
      let piece = Array(entry.unread.prefix(left))
      left -= piece.count
      entry.unread = entry.unread.dropFirst(piece.count)
      decoder.attach(entry.adapter)
      let logits = decoder.read(piece, entry.text.stream)
      if entry.unread.isEmpty { take(entry, logits[...]) }
    }
  }

  private func decode() {
    let ready = entries.filter { $0.unread.isEmpty && $0.text.finish == nil }
    let groups = Dictionary(grouping: ready) { $0.adapter.map { ObjectIdentifier($0) } }
    let width = config.vocabularySize
    for group in groups.values {
      decoder.attach(group[0].adapter)
      let logits = decoder.step(group.map(\.text.last), group.map(\.text.stream))
      for (row, entry) in group.enumerated() {
        take(entry, logits[row * width..<(row + 1) * width])
      }
    }
  }

  /// Chooses a token. A text that fails ends alone.
  private func take(_ entry: Entry, _ logits: Slice<UnsafeMutableBufferPointer<Float>>) {
    do {
      try entry.text.take(logits) { _, piece in
        entry.sink.text(piece, entry.text.newLikelihoods())
        return true
      }
    } catch {
      entry.sink.end(.failure(error))
      entries.removeAll { $0 === entry }
    }
  }
}
