package import ExpertModel

/// Elastic weight consolidation: λ/2 Σ F (θ − θ*)² keeps near their old values the weights that an
/// earlier task hangs on (Kirkpatrick et al. 2017). A term for any objective, added once a step.
package struct EWCPenalty: WeightPenalty, Sendable {
  package let lambda: Double
  package let fisher: Fisher

  /// Throws `badValue` where the Fisher is of an adapter with other tensors.
  package init(
    _ fisher: Fisher, lambda: Double, for adapter: Adapter
  ) throws(TrainingError) {
    self.fisher = fisher
    self.lambda = lambda
    for parameter in adapter.trained {
      let found = fisher.tensors[parameter.name]?.shape
      guard found == parameter.shape else {
        throw .badValue(
          place: TrainingOption.ewcFrom.flag,
          found: "\(parameter.name) \(found.map { "\($0)" } ?? "missing")",
          expected: "an adapter of the same method, rank and modules (\(parameter.shape))")
      }
    }
  }

  /// Its value; adds its gradient λF(θ − θ*) to the parameters'.
  package func apply(to adapter: Adapter) -> Double {
    var sum = 0.0
    for parameter in adapter.trained {
      guard let tensor = fisher.tensors[parameter.name] else { continue }
      for place in 0..<parameter.count {
        let distance = Double(parameter.value[place]) - Double(tensor.anchor[place])
        let pull = lambda * Double(tensor.importance[place]) * distance
        sum += pull * distance
        parameter.gradient[place] += Float(pull)
      }
    }
    return sum / 2
  }
}
