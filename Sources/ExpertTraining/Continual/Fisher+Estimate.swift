package import ExpertModel
package import ExpertPlatform
internal import ExpertTensors

extension Fisher {
  /// Estimates from the texts of a split, a sample of `count` of them that `seed` decides; dropout is
  /// off. `progress` is called with the examples done and all of them, and throws to cancel.
  package init(
    of adapter: Adapter, on model: BaseModel, texts: [TokenExample], count: Int, seed: UInt64,
    pool: ThreadPool, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    let sample = EpochOrder.shuffled(count: texts.count, seed: seed, epoch: 0).prefix(count)
    let places = Array(sample)
    try self.init(of: adapter, examples: places.count) { number in
      try progress(number, places.count)
      let batch = SegmentBatch([texts[places[number]]])
      let pass = TrainingPass(
        model, adapter, tokens: batch.ids, positions: batch.positions, segments: batch.attention,
        pool: pool)
      pass.forward()
      let rows = SupervisedRows(batch.targets.map { Int($0.row) }, of: pass)
      let gradient = FloatBuffer(count: rows.normed.count)
      let input = ObjectiveInput(
        batch: batch, places: [places[number]],
        step: StepPlan(
          step: 0, epoch: 0, microbatches: [[places[number]]], targetCount: batch.targets.count),
        states: Floats(rows.normed.base), head: FusedHead(model.head), pool: pool)
      _ = LikelihoodObjective().evaluate(input, gradient: gradient.base)
      rows.backward(Floats(gradient.base))
      withExtendedLifetime((rows, gradient)) {}
    }
  }
}
