internal import CKernels
internal import ExpertPlatform
internal import Foundation

/// The check of the kernels when a process first multiplies: one small product of every kind, in
/// both directions and of few and many rows, is compared with plain C. It takes about a
/// millisecond.
package enum KernelCheck {
  /// Largest relative errors: sums of fp32 in another order, and inputs rounded to bf16.
  private static let limits: (fp32: Float, bf16: Float) = (1e-5, 2e-2)

  /// The best instruction set, at most `best`, whose kernels agree with plain C; a set that fails
  /// is named on the standard error stream.
  static func trusted(_ best: InstructionSet) -> InstructionSet {
    for isa in InstructionSet.allCases.reversed() where isa <= best {
      let found = failures(of: isa)
      if found.isEmpty { return isa }
      warn(
        "expert-gen: products with \(isa.name) are wrong on this processor "
          + "(\(found.joined(separator: ", "))); slower ones are used instead\n")
    }
    return .scalar
  }

  /// What disagrees with plain C where `isa` is used.
  package static func failures(of isa: InstructionSet) -> [String] {
    guard isa != .scalar else { return [] }
    return samples().flatMap { sample in
      sample.ways(isa).flatMap { compute in
        sample.disagreements(isa, compute).map { "\(sample.name) \($0)" }
      }
    }
  }

  private static func warn(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// One small matrix of each kind.
  private static func samples() -> [KernelSample] {
    [
      KernelSample("fp32 panels", expert_weights(EXPERT_PANELS_F32, outputs: 70, inputs: 100)),
      KernelSample("bf16 panels", expert_weights(EXPERT_PANELS_BF16, outputs: 70, inputs: 100)),
      KernelSample("bf16 rows", expert_weights(EXPERT_ROWS_BF16, outputs: 70, inputs: 100)),
      KernelSample("fp32 rows", expert_weights(EXPERT_ROWS_F32, outputs: 70, inputs: 100)),
      KernelSample(
        "four-bit codes", expert_weights(EXPERT_PANELS_4BIT, outputs: 70, inputs: 100, least: true)),
      KernelSample("eight-bit codes", expert_weights(EXPERT_PANELS_8BIT, outputs: 70, inputs: 100)),
      KernelSample(
        "rotated rows",
        expert_weights(EXPERT_PANELS_ROTATED, outputs: 70, inputs: 96, group: 96, wide: true)),
    ]
  }

  fileprivate static func limit(_ compute: expert_compute) -> Float {
    compute == EXPERT_COMPUTE_BF16 ? limits.bf16 : limits.fp32
  }
}

/// A small matrix of one kind with known values.
private struct KernelSample {
  let name: String
  private let weights: expert_weights
  private let memory: (RawBuffer, RawBuffer)
  private static let rows = 17

  init(_ name: String, _ description: expert_weights) {
    self.name = name
    var weights = description
    let size = weights.panels * 32 * weights.padded * 4
    memory = (RawBuffer(count: size), RawBuffer(count: size))
    Self.fill(&weights, memory.0.base, memory.1.base)
    weights.values = UnsafeRawPointer(memory.0.base)
    weights.scales = UnsafeRawPointer(memory.1.base)
    self.weights = weights
  }

  /// In what this kind is multiplied.
  func ways(_ isa: InstructionSet) -> [expert_compute] {
    switch weights.kind {
    case EXPERT_PANELS_ROTATED: [EXPERT_COMPUTE_INT8]
    case EXPERT_PANELS_F32, EXPERT_ROWS_F32: [EXPERT_COMPUTE_F32]
    default: [EXPERT_COMPUTE_F32] + (isa == .avx512bf16 ? [EXPERT_COMPUTE_BF16] : [])
    }
  }

  /// The products that differ from plain C by more than rounding.
  func disagreements(_ isa: InstructionSet, _ compute: expert_compute) -> [String] {
    let whole = compute == EXPERT_COMPUTE_INT8
    return [(EXPERT_FORWARD, Self.rows), (EXPERT_BACKWARD, Self.rows), (EXPERT_FORWARD, 3)]
      .filter { direction, _ in direction == EXPERT_FORWARD || !whole }
      .filter { direction, rows in
        let fast = multiply(isa, compute, direction, rows)
        let plain = multiply(.scalar, whole ? compute : EXPERT_COMPUTE_F32, direction, rows)
        return !Self.near(fast, plain, KernelCheck.limit(compute))
      }
      .map { direction, rows in
        (direction == EXPERT_FORWARD ? "forward" : "backward") + " of \(rows) rows"
      }
  }

  private func multiply(
    _ isa: InstructionSet, _ compute: expert_compute, _ direction: expert_direction, _ rows: Int
  ) -> FloatBuffer {
    let ahead = direction == EXPERT_FORWARD
    let (depth, lanes) =
      ahead ? (weights.inputs, weights.outputs) : (weights.outputs, weights.inputs)
    let out = FloatBuffer(count: rows * lanes)
    let x = FloatBuffer((0..<rows * depth).map { Self.value($0 &+ 77) })
    withUnsafePointer(to: weights) { weights in
      var product = expert_product()
      product.isa = isa.kernels
      product.compute = compute
      product.direction = direction
      product.weights = weights
      product.rows = rows
      product.depth = depth
      product.lanes = lanes
      product.out = out.base
      product.out_stride = lanes
      product.alpha = 1
      let pool = ThreadPool(threads: 1)
      if rows < Self.rows, compute != EXPERT_COMPUTE_INT8,
        expert_gemv_can(product.isa, weights) != 0
      {
        FewRowsProduct(product: product).run(x.base, rowStride: depth, pool: pool)
      } else {
        TiledProduct(product: product).run(x.base, rowStride: depth, pool: pool)
      }
    }
    return out
  }

  private static func near(_ a: FloatBuffer, _ b: FloatBuffer, _ limit: Float) -> Bool {
    var (difference, largest) = (Float(0), Float(0))
    for place in 0..<a.count {
      guard a.base[place].isFinite else { return false }
      difference = max(difference, abs(a.base[place] - b.base[place]))
      largest = max(largest, abs(b.base[place]))
    }
    return difference <= limit * largest
  }

  /// A value in [-1, 1) from a number, the same everywhere (Knuth's multiplicative hash).
  private static func value(_ place: Int) -> Float {
    Float(UInt32(truncatingIfNeeded: place &* 2_654_435_761) >> 8) * 0x1p-23 - 1
  }

  private static func fill(
    _ weights: inout expert_weights, _ values: UnsafeMutableRawPointer,
    _ scales: UnsafeMutableRawPointer
  ) {
    let codes = values.assumingMemoryBound(to: UInt16.self)
    for row in 0..<weights.outputs {
      let floats = (0..<weights.inputs).map { value(row * weights.inputs + $0) }
      switch weights.kind {
      case EXPERT_PANELS_F32:
        expert_put_row_f32(&weights, values.assumingMemoryBound(to: Float.self), row, floats)
      case EXPERT_PANELS_BF16: expert_put_row_bf16(&weights, codes, row, floats)
      case EXPERT_PANELS_4BIT: expert_quantize_row_4bit(&weights, floats, row, codes, scales)
      case EXPERT_PANELS_8BIT: expert_quantize_row_8bit(&weights, floats, row, codes, scales)
      case EXPERT_PANELS_ROTATED:
        expert_put_row_rotated(
          &weights, values.assumingMemoryBound(to: UInt8.self),
          scales.assumingMemoryBound(to: Float.self), row, floats.map { Int8($0 * 127) }, 1 / 127)
      case EXPERT_ROWS_BF16:
        for (k, float) in floats.enumerated() {
          codes[row * weights.inputs + k] = expert_float_to_bf16(float)
        }
      default:
        for (k, float) in floats.enumerated() {
          values.storeBytes(of: float, toByteOffset: (row * weights.inputs + k) * 4, as: Float.self)
        }
      }
    }
  }
}
