package import ExpertModel

/// Parameters that share a learning rate and a weight decay.
package struct ParameterGroup: Sendable {
  package var parameters: [Parameter]
  /// Learning rate over the schedule's: LoRA+ gives B a higher one (Hayou et al. 2024).
  package var learningRateRatio: Double
  /// Overrides the optimiser's weight decay.
  package var weightDecay: Double?

  package init(
    _ parameters: [Parameter], learningRateRatio: Double = 1, weightDecay: Double? = nil
  ) {
    self.parameters = parameters
    self.learningRateRatio = learningRateRatio
    self.weightDecay = weightDecay
  }
}

extension [ParameterGroup] {
  /// The parameters of an adapter that are trained: two groups where LoRA+ asks for it, else one.
  package static func forAdapter(_ parameters: [Parameter], loraPlusRatio: Double = 1) -> Self {
    let trained = parameters.filter(\.isTrained)
    guard loraPlusRatio != 1 else { return [ParameterGroup(trained)] }
    return [
      ParameterGroup(trained.filter { !$0.isOutputSide }),
      ParameterGroup(trained.filter(\.isOutputSide), learningRateRatio: loraPlusRatio),
    ]
  }
}
