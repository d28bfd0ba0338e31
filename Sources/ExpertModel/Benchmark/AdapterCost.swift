package import ExpertPlatform

/// What an adapter costs where it is used, measured by decoding with it and without.
package struct AdapterCost: Sendable, Hashable {
  /// Milliseconds that a token of one stream takes longer: the median over pairs of steps.
  package var milliseconds: Double
  /// Bytes that loading it added to the process.
  package var bytes: Int
  /// Streams at once that were tried and ran.
  package var batchSizes: [Int]

  /// Steps of each kind: enough for a steady median, a second or two on a small model.
  private static let rounds = 24
  private static let batchSizes = [1, 2, 4, 8, 16]
  /// Room for a soft prompt and all steps.
  private static let room = 64

  /// Measures an adapter that is ready for `model`; `bytes` is what was found when it was loaded.
  package init(of adapter: Adapter, on model: BaseModel, bytes: Int, pool: ThreadPool) {
    self.bytes = bytes
    milliseconds = Self.latency(adapter, model, pool)
    batchSizes = Self.batchSizes
    for size in Self.batchSizes { Self.run(size, adapter, model, pool) }
  }

  /// A step with the adapter follows one without, so that both meet the same machine.
  private static func latency(
    _ adapter: Adapter, _ model: BaseModel, _ pool: ThreadPool
  ) -> Double {
    let lanes = [nil, adapter].map { Lane(adapter: $0, model, streams: 1, pool) }
    for lane in lanes { _ = lane.step() }
    let times = (0..<rounds).map { _ in lanes.map { $0.step() } }
    return times.map { 1000 * ($0[1] - $0[0]) }.sorted()[rounds / 2]
  }

  private static func run(
    _ streams: Int, _ adapter: Adapter, _ model: BaseModel, _ pool: ThreadPool
  ) {
    _ = Lane(adapter: adapter, model, streams: streams, pool).step()
  }

  /// Streams that decode side by side.
  private struct Lane {
    private let decoder: Decoder
    private let streams: [DecodingStream]

    init(adapter: Adapter?, _ model: BaseModel, streams: Int, _ pool: ThreadPool) {
      let decoder = Decoder(
        model, adapter: adapter, maxStreams: streams, longestPrompt: room, pool: pool)
      self.decoder = decoder
      self.streams = (0..<streams).map { _ in
        let stream = decoder.stream(capacity: room + (adapter?.promptLength ?? 0))
        _ = decoder.read([0], stream)
        return stream
      }
    }

    /// Seconds of one token of every stream.
    func step() -> Double {
      let start = ContinuousClock.now
      _ = decoder.step([Int32](repeating: 0, count: streams.count), streams)
      return (ContinuousClock.now - start) / .seconds(1)
    }
  }
}
