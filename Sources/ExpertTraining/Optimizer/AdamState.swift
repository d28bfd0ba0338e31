internal import ExpertModel
internal import ExpertPlatform
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

  /// Updates a parameter and its moments.
  func update(_ parameter: Parameter, _ step: AdamStep, _ pool: ThreadPool) {
    switch self {
    case .full(let mean, let variance):
      step.rule.step(
        step.number, learningRate: step.learningRate, gradientScale: step.gradientScale,
        parameters: parameter.value, gradient: parameter.gradient, first: mean.base,
        second: variance.base, count: parameter.count, pool: pool)
    case .eightBit(let mean, let variance):
      let numbers = EightBitStep(step)
      let blocks = (parameter.count + EightBitMoment.block - 1) / EightBitMoment.block
      pool.run(blocks, grain: 64) { range in
        for block in range {
          let start = block * EightBitMoment.block
          let end = min(start + EightBitMoment.block, parameter.count)
          numbers.updateBlock(parameter, start..<end, mean, variance)
        }
      }
    }
  }
}

/// The numbers of one update in single precision, in PyTorch's order of operations.
private struct EightBitStep {
  let decay: Float
  let beta2: Float
  let oneMinusBeta1: Float
  let oneMinusBeta2: Float
  let rootCorrection: Float
  let epsilon: Float
  let size: Float
  let gradientScale: Float

  init(_ step: AdamStep) {
    let rule = step.rule
    decay = Float(1 - step.learningRate * rule.weightDecay)
    beta2 = Float(rule.beta2)
    oneMinusBeta1 = Float(1 - rule.beta1)
    oneMinusBeta2 = Float(1 - rule.beta2)
    rootCorrection = Float((1 - Self.power(rule.beta2, step.number)).squareRoot())
    epsilon = Float(rule.epsilon)
    size = Float(step.learningRate / (1 - Self.power(rule.beta1, step.number)))
    gradientScale = Float(step.gradientScale)
  }

  /// `base` to a whole power, by squaring: the same on every machine.
  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }

  /// Reads a block of both moments, updates, and stores them with new scales.
  func updateBlock(
    _ parameter: Parameter, _ range: Range<Int>, _ mean: EightBitMoment,
    _ variance: EightBitMoment
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * EightBitMoment.block) { memory in
      guard let m = memory.baseAddress else { return }
      let v = m + EightBitMoment.block
      mean.read(range, into: m)
      variance.read(range, into: v)
      let (p, g) = (parameter.value + range.lowerBound, parameter.gradient + range.lowerBound)
      for i in 0..<range.count { apply(&p[i], g[i], &m[i], &v[i]) }
      mean.write(range, from: m)
      variance.write(range, from: v)
    }
  }

  @inline(__always)
  private func apply(_ p: inout Float, _ gradient: Float, _ m: inout Float, _ v: inout Float) {
    let g = gradient * gradientScale
    m += oneMinusBeta1 * (g - m)
    v = beta2 * v + oneMinusBeta2 * g * g
    p = p * decay - size * m / (v.squareRoot() / rootCorrection + epsilon)
  }
}
