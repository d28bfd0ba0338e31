package import ExpertTensors

/// A trained tensor: its values and the place where its gradient is added up.
package struct Parameter: Sendable {
  /// The tensor's name in the saved adapter.
  package let name: String
  package let value: FloatBuffer
  package let gradient: FloatBuffer

  /// Throws where the two differ in size.
  package init(
    name: String, value: FloatBuffer, gradient: FloatBuffer
  ) throws(TrainingError) {
    guard value.count == gradient.count else {
      throw .wrongSize(
        name: "the gradient of \(name)", found: gradient.count, expected: value.count)
    }
    self.name = name
    self.value = value
    self.gradient = gradient
  }
}

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
  /// Two groups where LoRA+ asks for it, else one. B is known by PEFT's name.
  package static func forAdapter(_ parameters: [Parameter], loraPlusRatio: Double) -> Self {
    guard loraPlusRatio != 1 else { return [ParameterGroup(parameters)] }
    let isB = { (parameter: Parameter) in parameter.name.contains("lora_B") }
    return [
      ParameterGroup(parameters.filter { !isB($0) }),
      ParameterGroup(parameters.filter(isB), learningRateRatio: loraPlusRatio),
    ]
  }
}
