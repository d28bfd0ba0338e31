internal import CKernels
package import ExpertPlatform
internal import Foundation

/// AdamW with decoupled weight decay (Loshchilov and Hutter 2019):
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
/// p ← p(1 − lr·wd) − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε).
package struct AdamW: Sendable, Hashable {
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Double
  package var weightDecay: Double

  /// By default the usual constants, without decay.
  package init(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// One step, numbered from 1, on `count` parameters; m and v begin as zeros. `gradientScale`
  /// multiplies the gradient first (clipping).
  package func step(
    _ number: Int, learningRate: Double, gradientScale: Double = 1, parameters: MutableFloats,
    gradient: Floats, first: MutableFloats, second: MutableFloats, count: Int,
    kernels: Kernels = .current, pool: ThreadPool
  ) {
    var constants = expert_adamw(
      beta1: Float(beta1), beta2: Float(beta2), epsilon: Float(epsilon),
      rest1: Float(1 - beta1), rest2: Float(1 - beta2),
      keep: Float(1 - learningRate * weightDecay),
      step: Float(learningRate / (1 - pow(beta1, Double(number)))),
      inverse_root_correction2: Float(1 / (1 - pow(beta2, Double(number))).squareRoot()),
      gradient_scale: Float(gradientScale))
    withUnsafePointer(to: &constants) { constants in
      pool.run(count, grain: 16_384) { range in
        let start = range.lowerBound
        kernels.table.pointee.adamw(
          constants, parameters + start, gradient + start, first + start, second + start,
          range.count)
      }
    }
  }
}
