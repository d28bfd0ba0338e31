internal import ExpertModel
package import ExpertTensors

/// Memory and time of a run before its first step.
package struct RunForecast: Sendable, Hashable {
  package var memory: MemoryForecast
  package var time: TimeForecast
  package var adapter: AdapterSize
  /// Floating-point operations per second that the forecast counts on.
  package var rate: Double

  /// `peaks`: the limits of this machine.
  package init(
    _ setup: TrainingSetup, peaks: MachinePeaks, constants: EstimateConstants = .init()
  ) throws(TrainingError) {
    let model = setup.base.base.model
    let precision = model.precision ?? .bf16
    let wide = precision == .fp32 || peaks.bf16Flops == 0
    rate = wide ? peaks.fp32Flops : peaks.bf16Flops
    adapter = try AdapterSize(setup.config, model.config)
    let largest = setup.largestMicrobatch
    memory = try MemoryForecast(
      config: setup.config, model: model.config, precision: precision, tokens: largest.rows,
      supervised: largest.targets, constants: constants)
    memory.weights = model.weightBytes + model.embedding.shape.reduce(1, *) * 2
    time = try TimeForecast(
      config: setup.config, model: model.config, statistics: setup.statistics, count: setup.steps,
      rate: rate, constants: constants)
  }
}

extension TrainingSetup {
  /// Rows and targets of the microbatch with the most rows.
  package var largestMicrobatch: (rows: Int, targets: Int) {
    var plan = BatchPlan(train.items, shape: .init(config: config, longest: train.longest))
    var largest = (rows: 0, targets: 0)
    for step in 0..<min(plan.stepsPerEpoch, steps.total) {
      for places in plan.plan(step: step).microbatches {
        let rows = places.reduce(0) { $0 + plan.items[$1].rows }
        guard rows > largest.rows else { continue }
        largest = (rows, places.reduce(0) { $0 + plan.items[$1].targets })
      }
    }
    return largest
  }
}
