internal import ExpertPlatform
internal import Foundation

// What is said and looked at between steps.
extension Trainer {
  /// Keeps what is new of the findings and tells it; the first that stops the run is returned.
  func judge(_ observation: StepObservation) -> Finding? {
    tell(health.observe(observation)).first { $0.severity == .stop }
  }

  /// Keeps what was found before the first step.
  package func tell(_ finding: Finding) { tell([finding]) }

  /// Those findings that the run's record does not hold yet.
  @discardableResult
  func tell(_ findings: [Finding]) -> [Finding] {
    for finding in findings where !manifest.findings.contains(where: { $0.kind == finding.kind }) {
      manifest.findings.append(finding)
      events.found(finding)
    }
    return findings
  }

  /// How a run goes on after a step.
  enum Outcome {
    case goOn, stopEarly, fail
  }

  private var evalInterval: Int? { config.evalInterval(stepsPerEpoch: steps.stepsPerEpoch) }

  /// Whether there is something held out, and it is asked for.
  var evaluates: Bool { input.valid != nil && evalInterval != nil }

  /// Evaluates what the run begins with; what stops it already.
  func evaluateStart() throws -> Finding? {
    let loss = try evaluate()
    return tell(health.observe(evalLoss: loss, step: 0)).first { $0.severity == .stop }
  }

  /// Logs, evaluates and saves where it is time.
  func watch(_ observation: StepObservation) throws -> Outcome {
    let isLast = cursor.step == steps.total
    events.progress(progress(observation))
    if isLast || cursor.step == 1 || cursor.step % config.loggingSteps == 0 { try log() }
    guard evaluates, isLast || cursor.step % (evalInterval ?? 1) == 0 else {
      if isTimeToSave { try save(evalLoss: nil) }
      return .goOn
    }
    let loss = try evaluate()
    let best = stopping.best
    let stops = stopping.observe(evalLoss: loss, step: cursor.step)
    lastEvalLoss = loss
    let found = tell(health.observe(evalLoss: loss, step: cursor.step))
    if found.contains(where: { $0.severity == .stop }) { return .fail }
    if isTimeToSave || best.map({ loss < $0 }) ?? true { try save(evalLoss: loss) }
    guard stops, !isLast else { return .goOn }
    tell([stoppedEarly])
    return .stopEarly
  }

  private var isTimeToSave: Bool {
    let interval = config.saveInterval(stepsPerEpoch: steps.stepsPerEpoch)
    return interval.map { cursor.step % $0 == 0 && cursor.step < steps.total } ?? false
  }

  private var stoppedEarly: Finding {
    Finding(
      .stoppedEarly, step: cursor.step,
      message: "\(config.patience ?? 0) evaluations in a row brought no gain over "
        + "\(Figure.short(stopping.best ?? .nan)) (step \(stopping.bestStep ?? 0))",
      remedy: "The best checkpoint is kept; a longer --patience waits longer")
  }

  private func progress(_ observation: StepObservation) -> TrainingProgress {
    TrainingProgress(
      step: cursor.step, of: steps.total, loss: observation.loss,
      learningRate: observation.learningRate, tokensPerSecond: observation.tokensPerSecond,
      seconds: seconds - secondsBefore, firstStep: firstStep)
  }

  /// A row of what was learned since the last one.
  private func log() throws {
    var values = window.figures.means
    values["nll"] = nil
    values["loss"] = window.loss
    values["grad_norm"] = window.norm
    values["learning_rate"] = window.rate
    values["epoch"] = epoch
    values["num_tokens"] = Double(cursor.tokens)
    values["tokens_per_second"] = window.tokensPerSecond
    values["train_runtime"] = seconds
    window = LogWindow()
    try write(values)
    manifest.metrics.merge(values) { $1 }
  }

  private var epoch: Double { Double(cursor.step) / Double(max(1, steps.stepsPerEpoch)) }

  /// Evaluates on what is held out, and logs it; the loss.
  func evaluate() throws -> Double {
    guard let valid = input.valid else { return .nan }
    let budget = config.evalBatchSize * max(1, input.train.longest)
    let figures = try runner.evaluate(
      valid.texts.evaluationPlan(rows: budget), of: valid.texts, objective: valid.objective
    ) { done, count in events.evaluating(done, count) }
    var values: [String: Double] = ["eval_loss": figures.loss, "epoch": epoch]
    for (name, mean) in figures.means {
      if name == "nll" {
        values["eval_perplexity"] = exp(mean)
      } else {
        values["eval_\(name)"] = mean
      }
    }
    try write(values)
    record(values, step: cursor.step)
    samples += try events.samples(cursor.step)
    return figures.loss
  }

  /// Takes a row's values into the record: those of an evaluation before the first step under names of
  /// their own.
  func record(_ values: [String: Double], step: Int) {
    guard step == 0 else { return manifest.metrics.merge(values) { $1 } }
    for (name, value) in values where name.hasPrefix("eval_") {
      manifest.metrics[name + "_at_start"] = value
    }
  }

  private func write(_ values: [String: Double]) throws {
    let row = MetricRow(step: cursor.step, time: clock.wallMicroseconds(), values: values)
    try metrics?.log(row)
    trackers.log(row)
    for failure in trackers.takeFailures() { events.note(failure.description) }
    events.logged(row)
  }
}
