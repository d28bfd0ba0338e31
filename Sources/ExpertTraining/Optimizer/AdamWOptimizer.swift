internal import ExpertModel
package import ExpertPlatform
package import ExpertTensors

/// AdamW over the parameters of an adapter, with its moments in 32 bits, or in 8.
///
/// The formula is `AdamW`'s, which the 32-bit moments go through; see `EightBitMoment` for what
/// the others trade. Every element is worked on alone, so the result is the same with any number of
/// threads.
package final class AdamWOptimizer {
  package let groups: [ParameterGroup]
  package let rule: AdamW
  /// Updates done so far; the next one is number `updates + 1` in the corrections.
  package internal(set) var updates = 0
  let states: [[AdamState]]
  private let pool: ThreadPool

  /// Moments start at zero. With `eightBit`, tensors of 4096 elements and more have theirs in
  /// 8 bits.
  package init(
    _ groups: [ParameterGroup], rule: AdamW = AdamW(weightDecay: 0.01), eightBit: Bool = false,
    pool: ThreadPool = .shared
  ) {
    self.groups = groups
    self.rule = rule
    self.pool = pool
    states = groups.map { group in
      group.parameters.map { AdamState(count: $0.count, eightBit: eightBit) }
    }
  }

  /// Bytes of the moments.
  package var stateBytes: Int { states.joined().reduce(0) { $0 + $1.bytes } }

  /// One update by the gradients as they stand.
  ///
  /// `learningRate` is that of the schedule; each gradient is multiplied by `gradientScale` first,
  /// the coefficient of clipping.
  package func step(learningRate: Double, gradientScale: Double = 1) {
    updates += 1
    for (group, states) in zip(groups, states) {
      var rule = rule
      rule.weightDecay = group.weightDecay ?? rule.weightDecay
      let step = AdamStep(
        rule: rule, number: updates, learningRate: learningRate * group.learningRateRatio,
        gradientScale: gradientScale)
      for (parameter, state) in zip(group.parameters, states) {
        state.update(parameter, step, pool)
      }
    }
  }

  /// Sets every gradient to zero.
  package func clearGradients() {
    for parameter in groups.lazy.flatMap(\.parameters) { parameter.clearGradient() }
  }
}

/// What all elements of a group share in one update.
struct AdamStep: Sendable {
  var rule: AdamW
  /// Counted from 1.
  var number: Int
  var learningRate: Double
  var gradientScale: Double
}
