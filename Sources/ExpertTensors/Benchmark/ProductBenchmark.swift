package import ExpertPlatform

/// Measures products of frozen matrices, with random weights.
package struct ProductBenchmark: Sendable {
  /// How a matrix is held and in which direction it multiplies.
  package struct Way: Sendable, Hashable, Codable {
    package var precision: String
    /// "mapped" or "packed".
    package var layout: String
    /// "forward" or "backward".
    package var direction: String
  }

  /// What one product reached.
  package struct Rate: Sendable, Hashable, Codable {
    package var way: Way
    package var rows: Int
    package var outputs: Int
    package var inputs: Int
    package var seconds: Double
    /// Multiplications and additions per second.
    package var flops: Double
    /// Bytes of weights read per second.
    package var bytes: Double
    /// The share of the machine's peak: of its operations for many rows, of its memory's bandwidth
    /// for few.
    package var share: Double
  }

  /// The linear layers of Qwen3-0.6B, (outputs, inputs): query, key and value stacked; output; gate
  /// and up stacked; down.
  package static let qwenShapes = [(4096, 1024), (1024, 2048), (6144, 1024), (1024, 3072)]

  private let pool: ThreadPool
  private let peaks: MachinePeaks
  private let isa: InstructionSet

  /// A benchmark on the threads of `pool`, whose peaks were measured before.
  package init(peaks: MachinePeaks, isa: InstructionSet = .current, pool: ThreadPool) {
    self.peaks = peaks
    self.isa = isa
    self.pool = pool
  }

  /// Products of many rows, as in training and in reading a prompt, in every way.
  package func manyRows(
    _ rows: [Int] = [256, 512, 1024], shapes: [(Int, Int)] = ProductBenchmark.qwenShapes
  ) -> [Rate] {
    let ways: [(Precision, WeightLayout)] = [
      (.bf16, .packed), (.bf16, .mapped), (.fp32, .packed), (.int8, .packed), (.int4, .packed),
      (.nf4, .packed), (.w8a8, .packed),
    ]
    return shapes.flatMap { outputs, inputs in
      let view = Self.randomWeight(outputs: outputs, inputs: inputs)
      return ways.flatMap { precision, layout in
        let matrix = FrozenMatrix(
          [view], precision: precision, layout: layout, isa: isa, pool: pool)
        return rows.flatMap { rows in
          [true, false].map { rate(matrix, layout, rows: rows, forward: $0) }
        }
      }
    }
  }

  /// Products of few rows: W [65536, 1024], larger than the caches at every precision.
  package func fewRows(_ rows: [Int] = [1, 4]) -> [Rate] {
    let view = Self.randomWeight(outputs: 65_536, inputs: 1024)
    let ways: [(Precision, WeightLayout)] = [
      (.fp32, .packed), (.bf16, .packed), (.bf16, .mapped), (.int8, .packed), (.int4, .packed),
      (.nf4, .packed), (.w8a8, .packed),
    ]
    return ways.flatMap { precision, layout in
      let matrix = FrozenMatrix([view], precision: precision, layout: layout, isa: isa, pool: pool)
      return rows.map { rate(matrix, layout, rows: $0, forward: true) }
    }
  }

  private func rate(
    _ matrix: FrozenMatrix, _ layout: WeightLayout, rows: Int, forward: Bool
  ) -> Rate {
    let left = FloatBuffer(count: rows * (forward ? matrix.inputs : matrix.outputs))
    let out = FloatBuffer(count: rows * (forward ? matrix.outputs : matrix.inputs))
    for place in 0..<left.count { left.base[place] = Float(place % 17) / 8 - 1 }
    let seconds = bestTime(repeats: 5) {
      if forward {
        matrix.forward(left.base, rows: rows, into: out.base, pool: pool)
      } else {
        matrix.backward(left.base, rows: rows, into: out.base, pool: pool)
      }
    }
    let flops = 2 * Double(rows * matrix.outputs * matrix.inputs) / seconds
    let bytes = Double(matrix.readBytes) / seconds
    return Rate(
      way: Way(
        precision: matrix.precision.rawValue, layout: layout == .mapped ? "mapped" : "packed",
        direction: forward ? "forward" : "backward"),
      rows: rows, outputs: matrix.outputs, inputs: matrix.inputs, seconds: seconds, flops: flops,
      bytes: bytes,
      share: rows <= 8 ? bytes / peaks.readBytes : flops / peaks.flops(matrix.precision))
  }

  /// A bf16 weight with values of ordinary size.
  private static func randomWeight(outputs: Int, inputs: Int) -> TensorView {
    let memory = RawBuffer(count: outputs * inputs * 2)
    let bits = memory.base.bindMemory(to: UInt16.self, capacity: outputs * inputs)
    var state: UInt64 = 1
    for place in 0..<outputs * inputs {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Sign and fraction at random; exponents of magnitudes from 2⁻⁸ to 2⁻⁴.
      let random = UInt16(truncatingIfNeeded: state >> 48)
      bits[place] = random & 0x807f | (0x3b80 + (random >> 7 & 3) << 7)
    }
    return TensorView(
      name: "random", shape: [outputs, inputs], type: .bf16,
      bytes: UnsafeRawBufferPointer(start: memory.base, count: memory.count), owner: memory)
  }
}
