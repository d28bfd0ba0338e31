package import ExpertModel
package import ExpertPlatform

/// What turns the gradients of a step into new weights: LoRA-FA's projection, clipping, AdamW, and
/// DoRA's norms.
package final class StepUpdate {
  package let optimizer: AdamWOptimizer
  package let schedule: LearningRateSchedule
  private let model: BaseModel
  private let adapter: Adapter
  private let maxGradNorm: Double
  private let projections: [(b: Parameter, projection: LoRAFAProjection)]
  private let pool: ThreadPool

  package init(
    config: TrainingConfig, schedule: LearningRateSchedule, model: BaseModel, adapter: Adapter,
    pool: ThreadPool
  ) throws(TrainingError) {
    self.schedule = schedule
    self.model = model
    self.adapter = adapter
    self.pool = pool
    maxGradNorm = config.maxGradNorm
    optimizer = AdamWOptimizer(
      .forAdapter(adapter.parameters, loraPlusRatio: config.loraPlusRatio), rule: config.adam,
      eightBit: config.uses8BitStates, pool: pool)
    projections = config.projectsLoraFA ? try Self.projections(adapter) : []
  }

  private static func projections(
    _ adapter: Adapter
  ) throws(TrainingError) -> [(Parameter, LoRAFAProjection)] {
    var result: [(Parameter, LoRAFAProjection)] = []
    for module in adapter.modules.flatMap(\.values) {
      for part in module.parts {
        guard case .lowRank(_, let b, let scale, _) = part.kind,
          let a = module.parameters.first(where: { $0.name == b.name.lowRankPartner })
        else { continue }
        result.append(
          (b, try LoRAFAProjection(a: a, rank: a.shape[0], scaling: Double(scale))))
      }
    }
    return result
  }

  /// The length of the gradient before clipping, after LoRA-FA's projection.
  package func gradientNorm() -> Double {
    for (b, projection) in projections { projection.apply(to: b) }
    return GradientNorm.length(of: adapter.parameters.filter(\.isTrained))
  }

  /// Updates the weights for step `step`, counted from 0; returns the learning rate.
  package func apply(step: Int, norm: Double) -> Double {
    let rate = schedule.rate(at: step)
    optimizer.step(
      learningRate: rate, gradientScale: GradientNorm.coefficient(norm: norm, max: maxGradNorm))
    model.updateNorms(of: adapter, pool: pool)
    return rate
  }
}

extension String {
  /// The name of the A that belongs to a B.
  fileprivate var lowRankPartner: String {
    replacing("lora_B.weight", with: "lora_A.weight")
  }
}
