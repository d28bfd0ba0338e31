package import ExpertTensors

extension Distillation {
  /// What the settings of `train distill` describe; `nil` where the teacher's replies are learned as
  /// they stand (`SupervisedObjective`).
  package init?(config: TrainingConfig) {
    guard let divergence = Divergence(config: config) else { return nil }
    self.init(
      divergence: divergence, temperature: Float(config.temperature),
      alpha: Float(config.distillAlpha))
  }
}

extension Distillation.Divergence {
  /// At its ends the generalised Jensen-Shannon divergence is the plain one, as in TRL: forward at
  /// β = 0, reverse at 1.
  fileprivate init?(config: TrainingConfig) {
    switch (config.distillLoss, config.jsdBeta) {
    case ("kl", _), ("top-k", _), ("jsd", 0): self = .forward
    case ("reverse-kl", _), ("jsd", 1): self = .reverse
    case ("jsd", let beta): self = .jensenShannon(beta: Float(beta))
    default: return nil
    }
  }
}
