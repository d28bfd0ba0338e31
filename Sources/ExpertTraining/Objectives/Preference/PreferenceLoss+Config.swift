extension PreferenceLoss {
  /// The loss that the settings of `train dpo` describe; `nil` for KTO, which takes no pairs.
  package init?(config: TrainingConfig) {
    let kind: Kind
    switch config.lossType {
    case "sigmoid": kind = .sigmoid
    case "robust": kind = .robust
    case "ipo": kind = .ipo
    case "hinge": kind = .hinge
    case "simpo": kind = .simpo(gamma: config.simpoGamma)
    case "orpo": kind = .orpo
    default: return nil
    }
    self.init(
      kind, beta: config.beta, labelSmoothing: config.labelSmoothing, sftWeight: config.rpoAlpha)
  }
}
