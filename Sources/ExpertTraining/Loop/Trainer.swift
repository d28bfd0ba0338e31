internal import ExpertModel
package import ExpertPlatform
internal import Foundation

/// Trains an adapter: steps, evaluations, checkpoints, and the record of it all.
///
/// A run is a function of data, base, settings and seed: where it stops, and how often, changes no
/// weight.
package final class Trainer {
  package let input: TrainerInput
  /// Optimiser steps of the whole run.
  package let steps: StepCount
  package internal(set) var manifest: RunManifest
  let config: TrainingConfig
  let runner: MicrobatchRunner
  let update: StepUpdate
  let checkpoints: CheckpointStore
  let clock: any PlatformClock
  var events: TrainerEvents
  var plan: BatchPlan
  var cursor: DataCursor
  var window = LogWindow()
  var stopping: EarlyStopping
  var health: HealthMonitor
  /// Of the latest evaluation after a step.
  var lastEvalLoss: Double?
  var samples: [TrainingSample] = []
  var metrics: JSONLTracker?
  var trackers = TrackerSet([])
  /// Seconds of earlier sittings, and when this one began.
  var secondsBefore = 0.0
  var began: Duration = .zero
  var firstStep = 0

  package init(
    _ input: TrainerInput, events: TrainerEvents = .init(),
    clock: any PlatformClock = SystemClock()
  ) throws(TrainingError) {
    self.input = input
    self.events = events
    self.clock = clock
    config = input.config
    manifest = input.manifest
    steps = StepCount(examples: input.train.count, config: config)
    let shape = BatchPlan.Shape(config: config, longest: input.train.longest)
    plan = BatchPlan(input.train.items, shape: shape)
    runner = MicrobatchRunner(
      input.model, input.adapter, checkpointing: config.checkpointsActivations, pool: input.pool)
    update = try StepUpdate(
      config: config, schedule: config.schedule(steps: steps.total), model: input.model,
      adapter: input.adapter, pool: input.pool)
    checkpoints = CheckpointStore(input.folder)
    cursor = DataCursor(step: 0, seed: config.seed)
    stopping = EarlyStopping(patience: config.patience, threshold: config.patienceThreshold)
    health = HealthMonitor(
      totalSteps: steps.total, maxGradNorm: config.maxGradNorm, expectedRate: input.expectedRate)
  }

  /// Trains to the end, or until it is asked to stop. Goes on from the newest good checkpoint of
  /// the folder where there is one.
  ///
  /// The state in which the run was left stands in the manifest that it returns.
  package func run() throws -> RunManifest {
    began = clock.monotonic()
    try open()
    do {
      try loop()
    } catch {
      manifest.state = .failed
      try? record()
      throw error
    }
    return manifest
  }

  private func loop() throws {
    reserve()
    if cursor.step == 0, evaluates, try evaluateStart() != nil { return try fail(saving: false) }
    while cursor.step < steps.total {
      if events.shouldStop() { return try interrupt() }
      let before = (cursor, window)
      let observation = try step()
      if judge(observation) != nil {
        (cursor, window) = before
        return try fail(saving: true)
      }
      update.optimizer.clearGradients()
      switch try watch(observation) {
      case .goOn: continue
      case .stopEarly: return try finish(.stoppedEarly)
      case .fail: return try fail(saving: false)
      }
    }
    try finish(.finished)
  }

  /// Memory for the largest microbatch of the run, before the first step.
  private func reserve() {
    var (plan, rows) = (plan, 0)
    for step in 0..<min(plan.stepsPerEpoch, steps.total) {
      for places in plan.plan(step: step).microbatches {
        rows = max(rows, places.reduce(0) { $0 + plan.items[$1].rows })
      }
    }
    runner.reserve(rows: rows)
  }

  /// One optimiser step. Weights are left as they are where the gradient is no number.
  private func step() throws -> StepObservation {
    let start = clock.monotonic()
    let faults = ProcessFaults.major
    let step = plan.plan(step: cursor.step)
    let planning = (clock.monotonic() - start) / .seconds(1)
    var figures = try runner.train(
      step, of: input.train, objective: input.objective,
      noise: .init(seed: config.seed, neftune: config.neftuneNoise))
    if let penalty = input.penalty { figures.loss += penalty.apply(to: input.adapter) }
    let norm = update.gradientNorm()
    let isGood = figures.loss.isFinite && norm.isFinite
    let rate =
      isGood
      ? update.apply(step: cursor.step, norm: norm) : update.schedule.rate(at: cursor.step)
    let tokens = step.examples.reduce(0) { $0 + plan.items[$1].tokens }
    cursor.step += 1
    cursor.tokens += tokens
    cursor.supervisedTokens += step.targetCount
    let seconds = (clock.monotonic() - start) / .seconds(1)
    window.add(figures, norm: norm, rate: rate, tokens: tokens, seconds: seconds)
    return StepObservation(
      step: cursor.step, loss: figures.loss, gradNorm: norm, learningRate: rate,
      targets: step.targetCount, tokensPerSecond: Double(tokens) / max(seconds, 1e-9),
      dataWait: (planning + figures.dataSeconds) / max(seconds, 1e-9),
      majorFaults: ProcessFaults.major - faults, memory: MemoryReading.now())
  }

  /// Seconds of training so far, all sittings together.
  var seconds: Double { secondsBefore + (clock.monotonic() - began) / .seconds(1) }
}

/// What is logged together: means over the steps since the last row.
struct LogWindow: Sendable {
  var steps = 0
  var figures = ObjectiveFigures()
  var norm = 0.0
  var rate = 0.0
  var tokens = 0
  var seconds = 0.0

  mutating func add(
    _ figures: ObjectiveFigures, norm: Double, rate: Double, tokens: Int, seconds: Double
  ) {
    steps += 1
    self.figures.add(figures)
    self.norm = norm
    self.rate = rate
    self.tokens += tokens
    self.seconds += seconds
  }

  var loss: Double { figures.loss / Double(max(1, steps)) }
  var tokensPerSecond: Double { Double(tokens) / max(seconds, 1e-9) }

  /// The sums as numbers of a checkpoint.
  var numbers: [String: Double] {
    var numbers = [
      "window/steps": Double(steps), "window/loss": figures.loss, "window/norm": norm,
      "window/rate": rate, "window/tokens": Double(tokens), "window/seconds": seconds,
    ]
    for (name, sum) in figures.sums {
      numbers["window/total/\(name)"] = sum.total
      numbers["window/weight/\(name)"] = sum.weight
    }
    return numbers
  }

  init() {}

  /// Reads `numbers` back.
  init(_ numbers: [String: Double]) {
    steps = Int(numbers["window/steps"] ?? 0)
    figures.loss = numbers["window/loss"] ?? 0
    norm = numbers["window/norm"] ?? 0
    rate = numbers["window/rate"] ?? 0
    tokens = Int(numbers["window/tokens"] ?? 0)
    seconds = numbers["window/seconds"] ?? 0
    for (key, total) in numbers where key.hasPrefix("window/total/") {
      let name = String(key.dropFirst("window/total/".count))
      figures.sums[name] = .init(total, weight: numbers["window/weight/\(name)"] ?? 0)
    }
  }
}

/// Pages that this process waited for the disk to bring.
enum ProcessFaults {
  static var major: Int {
    var usage = rusage()
    return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_majflt : 0
  }
}
