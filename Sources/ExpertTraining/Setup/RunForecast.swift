internal import ExpertModel
internal import ExpertPlatform
package import ExpertTensors

/// Memory and time of a run before its first step.
package struct RunForecast: Sendable, Hashable {
  package var memory: MemoryForecast
  package var time: TimeForecast
  package var adapter: AdapterSize
  /// Floating-point operations per second that the forecast counts on.
  package var rate: Double

  /// `peaks`: the limits of this machine.
  /// `teacher`: the model that is followed, where it is not the base.
  package init(
    _ setup: TrainingSetup, peaks: MachinePeaks, teacher: FrozenWork.Teacher? = nil,
    constants: EstimateConstants = .init()
  ) throws(TrainingError) {
    let model = setup.base.base.model
    let precision = model.precision ?? .bf16
    rate = peaks.flops(precision == .fp32 ? .fp32 : .bf16)
    var constants = constants
    // Where the processor does not multiply bytes, eight bits save nothing.
    if peaks.int8Flops == 0 { constants.roundedFactor = 1 }
    adapter = try AdapterSize(setup.config, model.config)
    let largest = setup.largestMicrobatch
    let work = setup.frozenWork(teacher: teacher)
    memory = try MemoryForecast(
      config: setup.config, model: model.config, precision: precision, tokens: largest.rows,
      supervised: largest.targets, frozen: work, constants: constants)
    memory.weights = model.weightBytes + model.embedding.shape.reduce(1, *) * 2
    if !setup.savesCheckpoints { memory.saving = 0 }
    // What the process holds by now beside them: the program, the texts, the base's mapped file. The
    // adapter's values and gradients are there already.
    let held = ResourceUsage.now().residentBytes
    memory.program = max(constants.programBytes, held - memory.weights - 8 * adapter.saved)
    time = try TimeForecast(
      config: setup.config, model: model.config, statistics: setup.statistics,
      held: setup.heldStatistics, teacher: work.teacher?.model, count: setup.steps, rate: rate,
      constants: constants)
  }
}

extension TrainingSetup {
  /// The texts that are evaluated; `nil` where none are.
  private var evaluated: (any TrainingTexts)? {
    config.evalInterval(stepsPerEpoch: steps.stepsPerEpoch) == nil ? nil : valid
  }

  /// Whether a checkpoint is written before the end: every so many steps, or with an evaluation.
  fileprivate var savesCheckpoints: Bool {
    let interval = config.saveInterval(stepsPerEpoch: steps.stepsPerEpoch)
    return evaluated != nil || interval.map { $0 < steps.total } ?? false
  }

  /// One evaluation in figures.
  fileprivate var heldStatistics: DataStatistics? {
    evaluated.map { texts in
      texts.statistics(BatchPlan(texts.items, shape: .init(config: config, longest: texts.longest)))
    }
  }

  /// Passes that are not differentiated. A teacher is `other`, or the base with another adapter.
  fileprivate func frozenWork(teacher other: FrozenWork.Teacher?) -> FrozenWork {
    var work = FrozenWork()
    if let texts = evaluated {
      let budget = config.evalBatchSize * max(1, train.longest)
      for places in texts.evaluationPlan(rows: budget).microbatches {
        let rows = places.reduce(0) { $0 + texts.items[$1].rows }
        guard rows > work.evaluationRows else { continue }
        work.evaluationRows = rows
        work.evaluationTargets = places.reduce(0) { $0 + texts.items[$1].targets }
      }
    }
    let asked = [train, valid].compactMap { $0 }.map { $0.items.reduce(0) { $0 + $1.rows } }
    if config.asksReference { work.askedRows = asked.max() ?? 0 }
    guard config.followsTeacher else { return work }
    let once = config.distillLoss == "top-k"
    work.teacher = other ?? .init(model: base.base.model.config, weights: 0)
    work.teacher?.once = once
    if once { work.askedRows = asked.max() ?? 0 }
    return work
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
