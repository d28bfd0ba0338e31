internal import Foundation

/// The learning rate of every optimiser step, as transformers' schedules give it.
package struct LearningRateSchedule: Sendable, Hashable {
  /// The names of transformers' `lr_scheduler_type`.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case linear
    case cosine
    case cosineWithMinimum = "cosine_with_min_lr"
    case constant
    case constantWithWarmup = "constant_with_warmup"
  }

  package var kind: Kind
  /// The learning rate at the end of warmup.
  package var peak: Double
  /// Steps of linear rise from 0.
  package var warmup: Int
  /// Steps of the whole run.
  package var steps: Int
  /// The share of the peak where `cosine_with_min_lr` ends.
  package var minRatio: Double

  package init(kind: Kind, peak: Double, warmup: Int, steps: Int, minRatio: Double = 0) {
    self.kind = kind
    self.peak = peak
    self.warmup = warmup
    self.steps = steps
    self.minRatio = minRatio
  }

  /// The learning rate of step `step`, counted from 0: with a warmup the first update has rate 0.
  package func rate(at step: Int) -> Double { peak * factor(at: step) }

  /// The share of the peak at step `step`.
  package func factor(at step: Int) -> Double {
    if kind != .constant, step < warmup { return Double(step) / Double(max(1, warmup)) }
    switch kind {
    case .constant, .constantWithWarmup: return 1
    case .linear: return max(0, Double(steps - step) / Double(max(1, steps - warmup)))
    case .cosine: return max(0, cosine(at: step))
    case .cosineWithMinimum: return max(0, cosine(at: step) * (1 - minRatio) + minRatio)
    }
  }

  /// Half a wave from 1 to 0 after warmup.
  private func cosine(at step: Int) -> Double {
    let progress = Double(step - warmup) / Double(max(1, steps - warmup))
    return 0.5 * (1 + cos(.pi * progress))
  }
}
