package import ExpertPlatform
internal import ExpertTensors

/// Feeds streams of text to a base model, with an adapter or without, and gives the logits of what
/// comes next.
///
/// It owns working memory, so it serves one caller at a time; any number may share the model.
package final class Decoder {
  package let model: BaseModel
  package private(set) var adapter: Adapter?
  package let pool: ThreadPool
  private let memory: SharedMemory
  private let states: FloatBuffer
  private let logits: FloatBuffer
  private let maxStreams: Int

  /// Tokens of a prompt that are read at once.
  private static let chunk = 1024

  package init(
    _ model: BaseModel, adapter: Adapter? = nil, maxStreams: Int = 1, longestPrompt: Int = 1024,
    pool: ThreadPool
  ) {
    self.model = model
    self.adapter = adapter
    self.pool = pool
    self.maxStreams = maxStreams
    let rows = max(maxStreams, min(Self.chunk, longestPrompt))
    memory = SharedMemory(model.config, capacity: rows)
    states = FloatBuffer(count: maxStreams * model.config.hiddenSize)
    logits = FloatBuffer(count: maxStreams * model.config.vocabularySize)
  }

  /// Goes on with another adapter, or with the base alone. Nothing is copied. A stream keeps what it
  /// has read with the former one: begin a new stream with a new adapter.
  package func attach(_ adapter: Adapter?) { self.adapter = adapter }

  /// An empty stream with room for `capacity` tokens, those of a soft prompt included.
  package func stream(capacity: Int) -> DecodingStream {
    DecodingStream(model.config, capacity: capacity, element: model.cacheElement)
  }

  /// Reads more tokens of one stream and returns the logits [V] of the next; they last until the
  /// next call. A soft prompt comes before the first token.
  package func read(
    _ tokens: [Int32], _ stream: DecodingStream
  ) -> UnsafeMutableBufferPointer<Float> {
    let prompt = stream.length == 0 ? adapter?.promptLength ?? 0 : 0
    var rest = ((0..<prompt).map { Int32(-1 - $0) } + tokens)[...]
    var last = 0
    while !rest.isEmpty {
      let part = Array(rest.prefix(memory.capacity))
      readPart(part, stream)
      last = part.count - 1
      rest = rest.dropFirst(part.count)
    }
    return logits(ofRows: [last])
  }

  /// Reads one token of each stream and returns the logits [streams, V], which last until the next
  /// call.
  package func step(
    _ tokens: [Int32], _ streams: [DecodingStream]
  ) -> UnsafeMutableBufferPointer<Float> {
    precondition(streams.count <= maxStreams, "more streams than the decoder was made for")
    let positions = streams.map { Int32($0.length) }
    let shape = model.attentionShape
    model.run(
      tokens, positions: positions, memory: memory, adapter: adapter, pool: pool
    ) { layer, memory in
      for (row, stream) in streams.enumerated() {
        store(memory.queryKeyValue + row * shape.queryStride, 1, in: stream, layer)
      }
      Attention.decode(
        q: memory.queryKeyValue, shape: shape, caches: streams.map { $0.caches[layer] },
        lengths: streams.map { $0.length + 1 }, into: memory.attention, pool: pool)
    }
    for stream in streams { stream.advance(by: 1) }
    return logits(ofRows: Array(streams.indices))
  }

  private func readPart(_ tokens: [Int32], _ stream: DecodingStream) {
    let start = stream.length
    let positions = tokens.indices.map { Int32(start + $0) }
    let shape = model.attentionShape
    model.run(
      tokens, positions: positions, memory: memory, adapter: adapter, pool: pool
    ) { layer, memory in
      store(memory.queryKeyValue, tokens.count, in: stream, layer)
      Attention.prefill(
        q: memory.queryKeyValue, shape: shape, cache: stream.caches[layer],
        tokens: tokens.count, start: start, into: memory.attention, pool: pool)
    }
    stream.advance(by: tokens.count)
  }

  private func store(
    _ queryKeyValue: MutableFloats, _ tokens: Int, in stream: DecodingStream, _ layer: Int
  ) {
    let shape = model.attentionShape
    stream.caches[layer].store(
      k: queryKeyValue + shape.keyOffset, v: queryKeyValue + shape.valueOffset,
      stride: shape.keyStride, tokens: tokens, at: stream.length, pool: pool)
  }

  private func logits(ofRows rows: [Int]) -> UnsafeMutableBufferPointer<Float> {
    model.finish(rows: rows, of: memory.hidden.base, into: states.base, pool: pool)
    model.head.forward(states.base, rows: rows.count, into: logits.base, pool: pool)
    return UnsafeMutableBufferPointer(
      start: logits.base, count: rows.count * model.config.vocabularySize)
  }
}
