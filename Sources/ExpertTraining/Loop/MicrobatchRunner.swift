package import ExpertModel
package import ExpertPlatform
internal import ExpertTensors

/// Runs the microbatches of a step: forward, objective, backward.
package final class MicrobatchRunner {
  package let model: BaseModel
  package let adapter: Adapter
  package let pool: ThreadPool
  private let head: FusedHead
  private let checkpointing: Bool
  private var memory: TrainingMemory?
  /// Goes forward where nothing is learned, in the memory of one layer.
  private let frozen: FrozenPass

  /// What a step's randomness depends on.
  package struct Noise: Sendable, Hashable {
    package var seed: UInt64
    /// NEFTune's α; `nil` adds none.
    package var neftune: Double?

    package init(seed: UInt64, neftune: Double? = nil) {
      self.seed = seed
      self.neftune = neftune
    }
  }

  package init(
    _ model: BaseModel, _ adapter: Adapter, checkpointing: Bool = false, pool: ThreadPool
  ) {
    self.model = model
    self.adapter = adapter
    self.checkpointing = checkpointing
    self.pool = pool
    head = FusedHead(model.head)
    frozen = FrozenPass(model, adapter: adapter, pool: pool)
  }

  /// Makes the memory for microbatches of up to so many rows; a larger one makes its own.
  package func reserve(rows: Int) {
    guard memory?.capacity ?? 0 < rows else { return }
    memory = nil
    memory = TrainingMemory(model, adapter, tokens: rows, checkpointing: checkpointing)
  }

  /// Adds the gradients of a whole step to the adapter's parameters and gives the step's figures.
  package func train(
    _ step: StepPlan, of texts: some TrainingTexts, objective: some TrainingObjective,
    noise: Noise
  ) throws -> ObjectiveFigures {
    var figures = ObjectiveFigures()
    for places in step.microbatches {
      let clock = ContinuousClock()
      let start = clock.now
      let batch = texts.batch(places)
      figures.dataSeconds += (clock.now - start) / .seconds(1)
      figures.add(try train(places, step, batch, objective, noise))
    }
    return figures
  }

  private func train(
    _ places: [Int], _ step: StepPlan, _ batch: SegmentBatch, _ objective: some TrainingObjective,
    _ noise: Noise
  ) throws -> ObjectiveFigures {
    reserve(rows: batch.ids.count)
    let pass = TrainingPass(
      model, adapter, tokens: batch.ids, positions: batch.positions, segments: batch.attention,
      dropout: (noise.seed, step.step), noise: embeddingNoise(noise, batch, places, step),
      memory: memory, pool: pool)
    pass.forward()
    let rows = SupervisedRows(batch.targets.map { Int($0.row) }, of: pass)
    let gradient = FloatBuffer(count: rows.normed.count)
    let input = ObjectiveInput(
      batch: batch, places: places, step: step, states: Floats(rows.normed.base), head: head,
      pool: pool)
    let figures = try objective.evaluate(input, gradient: gradient.base)
    if figures.loss.isFinite { rows.backward(Floats(gradient.base)) }
    withExtendedLifetime((rows, gradient)) {}
    return figures
  }

  /// Noise is told apart by example, so that packing does not change it.
  private func embeddingNoise(
    _ noise: Noise, _ batch: SegmentBatch, _ places: [Int], _ step: StepPlan
  ) -> EmbeddingNoise? {
    guard let alpha = noise.neftune, alpha > 0 else { return nil }
    let perPlace = max(1, batch.segments.count / max(1, places.count))
    let texts = batch.segments.indices.map { number in
      UInt64(places[min(number / perPlace, places.count - 1)]) << 8 | UInt64(number % perPlace)
    }
    return EmbeddingNoise(alpha: alpha, seed: noise.seed, step: step.step, texts: texts)
  }

  /// The figures of a step without gradients, dropout or noise, in the memory of one layer.
  package func evaluate(
    _ step: StepPlan, of texts: some TrainingTexts, objective: some TrainingObjective,
    _ report: (_ done: Int, _ of: Int) throws -> Void = { _, _ in }
  ) throws -> ObjectiveFigures {
    var figures = ObjectiveFigures()
    for (number, places) in step.microbatches.enumerated() {
      try report(number, step.microbatches.count)
      let batch = texts.batch(places)
      let states = frozen.states(of: batch)
      let input = ObjectiveInput(
        batch: batch, places: places, step: step, states: Floats(states.base), head: head,
        pool: pool)
      figures.add(try objective.evaluate(input, gradient: nil))
      withExtendedLifetime(states) {}
    }
    return figures
  }
}
