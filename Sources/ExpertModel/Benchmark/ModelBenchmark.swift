package import ExpertPlatform
package import ExpertTensors

/// Measures a whole model: how fast it reads a prompt and how fast it writes.
package struct ModelBenchmark: Sendable {
  /// What was measured.
  package struct Report: Sendable, Hashable {
    /// Tokens of the prompt that was read.
    package var promptTokens: Int
    /// Tokens read a second.
    package var prefill: Double
    /// Multiplications and additions a second while reading.
    package var prefillFlops: Double
    /// Streams that were written at once.
    package var streams: Int
    /// Tokens written a second, of all streams together.
    package var decode: Double
    /// Bytes of weights read a second while writing.
    package var decodeBytes: Double
  }

  /// The shape of Qwen3-0.6B, from its config.json.
  package static let qwen3 = ModelConfig(
    architecture: .qwen3, hiddenSize: 1024, intermediateSize: 3072, layers: 28,
    attentionHeads: 16, keyValueHeads: 8, headSize: 128, vocabularySize: 151_936,
    normEpsilon: 1e-6, ropeTheta: 1e6, contextLength: 40_960, tiedEmbeddings: true,
    attentionBias: false)

  private let model: BaseModel
  private let pool: ThreadPool

  package init(_ model: BaseModel, pool: ThreadPool) {
    self.model = model
    self.pool = pool
  }

  /// A model of a shape with random weights, as if they came from a bf16 file.
  package static func random(
    _ config: ModelConfig, precision: Precision?, pool: ThreadPool
  ) throws -> BaseModel {
    let weights = RandomWeights(config)
    return try BaseModel(config, precision: precision, pool: pool) { weights.tensor($0) }
  }

  /// Reads a prompt three times and writes `written` tokens on each stream; the best times count.
  package func run(promptTokens: Int, streams: Int = 1, written: Int = 64) -> Report {
    let decoder = Decoder(
      model, maxStreams: streams, longestPrompt: promptTokens, pool: pool)
    let prompt = (0..<promptTokens).map { Int32(($0 * 7919 + 13) % model.config.vocabularySize) }
    var best = Double.infinity
    for _ in 0..<3 {
      let stream = decoder.stream(capacity: promptTokens)
      best = min(best, Self.time { _ = decoder.read(prompt, stream) })
    }
    let step = writing(decoder, streams, written)
    return Report(
      promptTokens: promptTokens, prefill: Double(promptTokens) / best,
      prefillFlops: flops(promptTokens) / best, streams: streams,
      decode: Double(streams) / step, decodeBytes: Double(model.readBytes) / step)
  }

  /// Seconds of one step: the median, so that one pause of the machine says nothing.
  private func writing(_ decoder: Decoder, _ count: Int, _ written: Int) -> Double {
    let streams = (0..<count).map { _ in decoder.stream(capacity: written + 16) }
    for (place, stream) in streams.enumerated() {
      _ = decoder.read([Int32(place + 1), 5, 7, 11, 13, 17, 19, 23], stream)
    }
    var token: Int32 = 1
    let times = (0..<written).map { _ in
      Self.time {
        let logits = decoder.step([Int32](repeating: token, count: count), streams)
        let first = UnsafeMutableBufferPointer(
          rebasing: logits.prefix(model.config.vocabularySize))
        token = Sampler.likeliest(first)
      }
    }
    return times.sorted()[times.count / 2]
  }

  /// Multiplications and additions, counted as two, of reading a prompt: the layers' products, the
  /// scores and values of half of all pairs, and the head once.
  private func flops(_ tokens: Int) -> Double {
    let c = model.config
    let head = c.vocabularySize * c.hiddenSize
    let layers = c.weightCount - head * (c.tiedEmbeddings ? 1 : 2)
    let attention = 2 * c.layers * c.querySize * tokens * tokens
    return Double(2 * layers * tokens + attention + 2 * head)
  }

  private static func time(_ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}

extension BaseModel {
  /// Bytes of weights that writing one token reads.
  package var readBytes: Int {
    layers.reduce(head.readBytes) { sum, layer in
      sum + layer.queryKeyValue.readBytes + layer.attentionOutput.readBytes
        + layer.gateUp.readBytes + layer.down.readBytes
    }
  }
}
