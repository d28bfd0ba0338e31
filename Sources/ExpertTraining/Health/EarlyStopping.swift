/// Ends a run whose evaluations no longer get better, in the meaning of transformers'
/// `EarlyStoppingCallback`.
package struct EarlyStopping: Sendable, Hashable {
  /// Evaluations without a gain after which the run ends; `nil` never ends it.
  package let patience: Int?
  /// What counts as a gain: more than this.
  package let threshold: Double
  /// The lowest loss so far, and its step.
  package private(set) var best: Double?
  package private(set) var bestStep: Int?
  /// Evaluations since the last gain.
  package private(set) var waited = 0

  package init(patience: Int?, threshold: Double = 0) {
    self.patience = patience
    self.threshold = threshold
  }

  /// Takes an evaluation; whether the run should end.
  package mutating func observe(evalLoss: Double, step: Int) -> Bool {
    let isBetter = best.map { evalLoss < $0 } ?? evalLoss.isFinite
    let isGain = best.map { evalLoss < $0 - threshold } ?? evalLoss.isFinite
    waited = isGain ? 0 : waited + 1
    if isBetter {
      best = evalLoss
      bestStep = step
    }
    return patience.map { waited >= $0 } ?? false
  }
}
