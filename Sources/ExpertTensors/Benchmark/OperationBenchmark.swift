package import ExpertPlatform

/// Measures operations at the shape of Qwen3-0.6B: 16 query and 8 key heads of 128, hidden 1024,
/// feed-forward 3072.
package struct OperationBenchmark: Sendable {
  /// What one operation reached.
  package struct Rate: Sendable, Hashable, Codable {
    package var operation: String
    /// The lengths of sequences, or the number of rows.
    package var shape: String
    package var seconds: Double
    /// Multiplications and additions per second; 0 where bytes count.
    package var flops: Double
    /// Bytes read and written per second; 0 where operations count.
    package var bytes: Double
  }

  private let pool: ThreadPool
  private let kernels: Kernels

  /// A benchmark on the threads of `pool`.
  package init(kernels: Kernels = .current, pool: ThreadPool) {
    self.kernels = kernels
    self.pool = pool
  }

  /// Attention forward and backward, exact and with bf16 factors. The useful work is counted:
  /// 4·H·D operations for each visible pair forward, 10·H·D backward.
  package func attention(
    _ batches: [[Int]] = [[256, 256, 256, 256], [1024], [4096]]
  ) -> [Rate] {
    batches.flatMap { lengths in
      [false, true].flatMap { attention(lengths, narrow: $0) }
    }
  }

  private func attention(_ lengths: [Int], narrow: Bool) -> [Rate] {
    var shape = AttentionShape(heads: 16, keyHeads: 8, headSize: 128)
    shape.narrow = narrow
    let segments = AttentionSegments(lengths: lengths)
    let (x, d) = (noise(segments.rows * 4096), FloatBuffer(count: segments.rows * 4096))
    let (out, slope) = (FloatBuffer(count: segments.rows * 2048), noise(segments.rows * 2048))
    let totals = FloatBuffer(count: segments.rows * 16)
    let (k, v) = (x.base + shape.keyOffset, x.base + shape.valueOffset)
    let forward = bestTime(repeats: 3) {
      Attention.forward(
        q: x.base, k: k, v: v, shape: shape, segments: segments, into: out.base,
        logSumExp: totals.base, kernels: kernels, pool: pool)
    }
    let backward = bestTime(repeats: 3) {
      Attention.backward(
        slope.base, q: x.base, k: k, v: v, out: out.base, logSumExp: totals.base, shape: shape,
        segments: segments, dq: d.base, dk: d.base + shape.keyOffset,
        dv: d.base + shape.valueOffset, kernels: kernels, pool: pool)
    }
    let pairs = lengths.reduce(0.0) { $0 + Double($1) * Double($1 + 1) / 2 }
    let name = "attention " + (narrow ? "bf16 " : "fp32 ")
    let label = lengths.map(String.init).joined(separator: "+")
    return [
      Rate(
        operation: name + "forward", shape: label, seconds: forward,
        flops: pairs * 4 * 2048 / forward, bytes: 0),
      Rate(
        operation: name + "backward", shape: label, seconds: backward,
        flops: pairs * 10 * 2048 / backward, bytes: 0),
    ]
  }

  /// One token of one stream against a long cache: the bytes of keys and values read.
  package func decoding(tokens: Int = 32_768) -> [Rate] {
    let shape = AttentionShape(heads: 16, keyHeads: 8, headSize: 128)
    let (x, out) = (noise(256 * 4096), FloatBuffer(count: 2048))
    return [(LayerCache.Element.fp32, 4, "fp32"), (.bf16, 2, "bf16")].map { element, size, name in
      let cache = LayerCache(keyHeads: 8, headSize: 128, capacity: tokens, element: element)
      for start in stride(from: 0, to: tokens, by: 256) {
        cache.store(
          k: x.base + shape.keyOffset, v: x.base + shape.valueOffset, stride: 4096,
          tokens: min(256, tokens - start), at: start, kernels: kernels, pool: pool)
      }
      let seconds = bestTime(repeats: 5) {
        Attention.decode(
          q: x.base, shape: shape, caches: [cache], lengths: [tokens], into: out.base,
          kernels: kernels, pool: pool)
      }
      return Rate(
        operation: "decoding " + name, shape: "\(tokens) tokens", seconds: seconds, flops: 0,
        bytes: Double(tokens * 2048 * size) / seconds)
    }
  }

  /// Passes over rows: the bytes that they read and write.
  package func elementwise(rows: Int = 1024) -> [Rate] {
    let (hidden, gated, y) = (
      noise(rows * 1024), noise(rows * 6144), FloatBuffer(count: rows * 6144)
    )
    let weight = noise(1024)
    let norm = bestTime(repeats: 5) {
      RMSNorm(width: 1024, epsilon: 1e-6, kernels: kernels).forward(
        hidden.base, weight: weight.base, tokens: rows, into: y.base, pool: pool)
    }
    let swiglu = bestTime(repeats: 5) {
      SwiGLU.forward(
        gated.base, rows: rows, width: 3072, into: y.base, kernels: kernels, pool: pool)
    }
    return [
      Rate(
        operation: "RMSNorm forward", shape: "\(rows) rows", seconds: norm, flops: 0,
        bytes: Double(rows * 1024 * 8) / norm),
      Rate(
        operation: "SwiGLU forward", shape: "\(rows) rows", seconds: swiglu, flops: 0,
        bytes: Double(rows * 3072 * 12) / swiglu),
    ]
  }

  /// Microseconds that an empty loop of `tasks` tasks takes.
  package func dispatch(tasks: Int) -> Double {
    bestTime(repeats: 5) { for _ in 0..<1_000 { pool.run(tasks) { _ in } } } * 1_000
  }

  /// Values between −1 and 1.
  private func noise(_ count: Int) -> FloatBuffer {
    let buffer = FloatBuffer(count: count)
    var state: UInt64 = 1
    for place in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      buffer.base[place] = Float(Int64(state >> 40) - (1 << 23)) / Float(1 << 23)
    }
    return buffer
  }
}
