/// How much a single answer displeases that is known to be good or bad (Ethayarajh et al. 2024,
/// equation 7), as TRL's `loss_type` kto.
package struct KTOLoss: Sendable, Hashable {
  package var beta: Double
  /// Weight of the good answers.
  package var desirableWeight: Double
  /// Weight of the bad ones.
  package var undesirableWeight: Double

  package init(beta: Double = 0.1, desirableWeight: Double = 1, undesirableWeight: Double = 1) {
    self.beta = beta
    self.desirableWeight = desirableWeight
    self.undesirableWeight = undesirableWeight
  }

  /// The loss that the settings of `train dpo --loss-type kto` describe.
  package init(config: TrainingConfig) {
    self.init(
      beta: config.beta, desirableWeight: config.desirableWeight,
      undesirableWeight: config.undesirableWeight)
  }

  /// w(1 − σ(±β(r − z))) of an answer with log-ratio r = log π/ρ, and its derivative by r; the
  /// `divergence` z, an estimate of KL(π‖ρ), is a constant.
  package func evaluate(
    ratio: Double, isDesirable: Bool, divergence: Double
  ) -> (loss: Double, slope: Double) {
    let weight = isDesirable ? desirableWeight : undesirableWeight
    let sign: Double = isDesirable ? 1 : -1
    let value = Logistic.sigmoid(sign * beta * (ratio - divergence))
    return (weight * (1 - value), -weight * sign * beta * value * (1 - value))
  }

  /// z of a microbatch: the mean log-ratio of answers to other prompts, not below 0.
  static func divergence(_ ratios: [Double]) -> Double {
    max(0, ratios.reduce(0, +) / Double(max(1, ratios.count)))
  }
}
