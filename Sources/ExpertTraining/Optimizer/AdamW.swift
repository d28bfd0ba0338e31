package import ExpertPlatform
internal import ExpertTensors

/// The constants of AdamW, in PyTorch's meaning and with its defaults.
package struct AdamWOptions: Sendable, Hashable {
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Double
  package var weightDecay: Double
  /// Moments in 8 bits instead of 32: a quarter of the memory, see `EightBitMoment`.
  package var usesEightBitStates: Bool

  package init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01, usesEightBitStates: Bool = false
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.usesEightBitStates = usesEightBitStates
  }
}

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), in PyTorch's order of operations:
///
///     p ← p(1 − lr·wd)
///     m ← m + (1 − β₁)(g − m)          v ← β₂v + (1 − β₂)g²
///     p ← p − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
///
/// Every element is worked on alone, so the result is the same with any number of threads.
package final class AdamW {
  package let groups: [ParameterGroup]
  package let options: AdamWOptions
  /// Updates done so far; the next one is number `updates + 1` in the corrections.
  package internal(set) var updates = 0
  let states: [[AdamState]]
  private let pool: ThreadPool

  /// Moments start at zero.
  package init(
    _ groups: [ParameterGroup], options: AdamWOptions = .init(), pool: ThreadPool = .shared
  ) {
    self.groups = groups
    self.options = options
    self.pool = pool
    states = groups.map { group in
      group.parameters.map {
        AdamState(count: $0.value.count, eightBit: options.usesEightBitStates)
      }
    }
  }

  /// Bytes of the moments.
  package var stateBytes: Int { states.joined().reduce(0) { $0 + $1.bytes } }

  /// One update by the gradients as they stand.
  ///
  /// - Parameters:
  ///   - learningRate: that of the schedule.
  ///   - gradientScale: what each gradient is multiplied by first: the coefficient of clipping.
  package func step(learningRate: Double, gradientScale: Float = 1) {
    updates += 1
    for (group, states) in zip(groups, states) {
      let step = AdamStep(
        options, learningRate: learningRate * group.learningRateRatio,
        weightDecay: group.weightDecay ?? options.weightDecay, update: updates,
        gradientScale: gradientScale)
      for (parameter, state) in zip(group.parameters, states) {
        // Whole blocks of the 8-bit states stay with one thread.
        pool.run(parameter.value.count, grain: 64 * EightBitMoment.block) { range in
          state.update(parameter, step, range)
        }
      }
    }
  }

  /// Sets every gradient to zero.
  package func zeroGradients() {
    for parameter in groups.lazy.flatMap(\.parameters) {
      parameter.gradient.base.update(repeating: 0, count: parameter.gradient.count)
    }
  }
}

/// The numbers of one update that all elements of a group share.
struct AdamStep: Sendable {
  let decay: Float
  let beta2: Float
  let oneMinusBeta1: Float
  let oneMinusBeta2: Float
  let rootCorrection: Float
  let epsilon: Float
  let size: Float
  let gradientScale: Float

  init(
    _ options: AdamWOptions, learningRate: Double, weightDecay: Double, update: Int,
    gradientScale: Float
  ) {
    decay = Float(1 - learningRate * weightDecay)
    beta2 = Float(options.beta2)
    oneMinusBeta1 = Float(1 - options.beta1)
    oneMinusBeta2 = Float(1 - options.beta2)
    rootCorrection = Float((1 - Self.power(options.beta2, update)).squareRoot())
    epsilon = Float(options.epsilon)
    size = Float(learningRate / (1 - Self.power(options.beta1, update)))
    self.gradientScale = gradientScale
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

  /// One element of all four arrays.
  @inline(__always)
  func apply(_ p: inout Float, _ gradient: Float, _ m: inout Float, _ v: inout Float) {
    let g = gradient * gradientScale
    m += oneMinusBeta1 * (g - m)
    v = beta2 * v + oneMinusBeta2 * g * g
    p = p * decay - size * m / (v.squareRoot() / rootCorrection + epsilon)
  }
}
