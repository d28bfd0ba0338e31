internal import ExpertTensors

/// The two moments of one parameter, in 32 or in 8 bits.
enum AdamState: Sendable {
  case full(mean: FloatBuffer, variance: FloatBuffer)
  case eightBit(mean: EightBitMoment, variance: EightBitMoment)

  /// Tensors below this many elements keep full states, as in bitsandbytes (`min_8bit_size`): the
  /// gain would be nothing, and small tensors are often the sensitive ones.
  static let smallestEightBit = 4096

  init(count: Int, eightBit: Bool) {
    if eightBit, count >= Self.smallestEightBit {
      self = .eightBit(
        mean: EightBitMoment(count: count, map: .signed),
        variance: EightBitMoment(count: count, map: .unsigned))
    } else {
      self = .full(mean: FloatBuffer(count: count), variance: FloatBuffer(count: count))
    }
  }

  var bytes: Int {
    switch self {
    case .full(let mean, let variance): 4 * (mean.count + variance.count)
    case .eightBit(let mean, let variance): mean.bytes + variance.bytes
    }
  }

  /// Updates the elements of a range; with 8 bits, `range` starts at a block.
  func update(_ parameter: Parameter, _ step: AdamStep, _ range: Range<Int>) {
    switch self {
    case .full(let mean, let variance):
      let (p, g) = (parameter.value.base, parameter.gradient.base)
      let (m, v) = (mean.base, variance.base)
      for i in range { step.apply(&p[i], g[i], &m[i], &v[i]) }
    case .eightBit(let mean, let variance):
      for start in stride(from: range.lowerBound, to: range.upperBound, by: EightBitMoment.block) {
        let end = min(start + EightBitMoment.block, range.upperBound)
        Self.updateBlock(parameter, step, start..<end, mean, variance)
      }
    }
  }

  /// Reads a block of both moments, updates, and stores them with new scales.
  private static func updateBlock(
    _ parameter: Parameter, _ step: AdamStep, _ range: Range<Int>,
    _ mean: EightBitMoment, _ variance: EightBitMoment
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * EightBitMoment.block) { memory in
      guard let m = memory.baseAddress else { return }
      let v = m + EightBitMoment.block
      mean.read(range, into: m)
      variance.read(range, into: v)
      let (p, g) = (parameter.value.base, parameter.gradient.base)
      for i in range {
        let at = i - range.lowerBound
        step.apply(&p[i], g[i], &m[at], &v[at])
      }
      mean.write(range, from: m)
      variance.write(range, from: v)
    }
  }
}
