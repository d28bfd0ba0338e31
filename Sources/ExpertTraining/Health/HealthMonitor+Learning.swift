// Whether the run learns.
extension HealthMonitor {
  func notFinite(_ step: StepObservation) -> Finding? {
    let lower = step.learningRate > 1e-5 ? "1e-5" : Figure.short(step.learningRate / 10)
    let remedy =
      "Lower --learning-rate to \(lower) and give the same command again with a new --output, or "
      + "look for broken records; the last good checkpoint is kept"
    if !step.loss.isFinite {
      return Finding(
        .lossNotFinite, .stop, step: step.step,
        message: "the loss is \(Figure.short(step.loss)) at learning rate "
          + Figure.short(step.learningRate),
        remedy: remedy)
    }
    guard !step.gradNorm.isFinite else { return nil }
    return Finding(
      .gradientNotFinite, .stop, step: step.step,
      message: "the gradient's norm is \(Figure.short(step.gradNorm)) while the loss is still a "
        + "number",
      remedy: remedy)
  }

  /// The loss on held-out data is no number.
  func notFinite(evalLoss: Double, step: Int) -> Finding? {
    guard !evalLoss.isFinite else { return nil }
    let remedy =
      step == 0
      ? "Nothing was trained yet: look at the base (`model verify`), at --adapter, and for broken "
        + "records in the valid split"
      : "Lower --learning-rate and give the same command again with a new --output; the last good "
        + "checkpoint is kept"
    return Finding(
      .lossNotFinite, .stop, step: step,
      message: "the loss on held-out data is \(Figure.short(evalLoss))"
        + (step == 0 ? " before the first step" : ""),
      remedy: remedy)
  }

  /// A run that ends worse on held-out data than it began. `kept` is the step whose adapter is kept,
  /// `nil` where it is the last one's.
  package static func worseThanAtStart(
    start: Double, end: Double, step: Int, kept: Int?
  ) -> Finding? {
    guard start.isFinite, !(end <= start + 0.01 * abs(start)) else { return nil }
    let remedy =
      switch kept {
      case 0?:
        "The adapter of the start is kept, for this run taught it nothing: lower --learning-rate, "
          + "or look whether the held-out records ask for something else than those that are learned"
      case let step?: "The adapter of step \(step) is kept; lower --learning-rate or --epochs"
      case nil: "Lower --learning-rate or --epochs, or let --keep-best keep the best adapter"
      }
    return Finding(
      .worseThanAtStart, step: step,
      message: "the loss on held-out data is \(Figure.short(end)) at the end and was "
        + "\(Figure.short(start)) at the start",
      remedy: remedy)
  }

  func noTargets(_ step: StepObservation) -> Finding? {
    guard step.targets == 0 else { return nil }
    return Finding(
      .noSupervisedTokens, .stop, step: step.step,
      message: "no token of this step is supervised, so it teaches nothing",
      remedy: "Look at the mask (`train … --dry-run` shows it), at --template, at --loss-on and at "
        + "--max-length, which may cut the answers off")
  }

  /// Several steps in a row whose gradient is far above the usual and far above the clipping norm:
  /// one such step is ordinary.
  mutating func explosion(_ step: StepObservation) -> Finding? {
    defer {
      norms.append(step.gradNorm)
      if norms.count > 50 { norms.removeFirst() }
    }
    guard norms.count >= 20 else { return nil }
    let usual = norms.sorted()[norms.count / 2]
    let isHigh =
      step.gradNorm > limits.explosion * usual
      && step.gradNorm > limits.explosionOverClip * maxGradNorm
    highNorms = isHigh ? highNorms + 1 : 0
    guard highNorms >= limits.explosionSteps else { return nil }
    return Finding(
      .explodingGradients, step: step.step,
      message: "the gradient's norm was above \(Figure.short(limits.explosion * usual)) in the "
        + "last \(highNorms) steps, where \(Figure.short(usual)) is usual",
      remedy: "Lower --learning-rate, raise --warmup-steps, or lower --max-grad-norm")
  }

  /// No window of steps was better than the first one, well into the run.
  func noImprovement(_ step: StepObservation) -> Finding? {
    guard let first = trend.first, trend.count >= max(50, 3 * trend.window),
      first > limits.lowLoss, trend.best > first * (1 - limits.improvement)
    else { return nil }
    return Finding(
      .noImprovement, step: step.step,
      message: "the loss has not fallen: \(Figure.short(first)) at the beginning, "
        + "\(Figure.short(trend.best)) at best over \(trend.count) steps",
      remedy: "Add data (`dataset create --count` with a larger number tops a dataset up), raise "
        + "--learning-rate or --r, and check with `dataset show` that the answers follow from "
        + "the prompts")
  }

  /// The loss on held-out data rises while the loss on training data goes on falling.
  func overfitting(_ step: Int) -> Finding? {
    guard let best = evaluations.min(by: { $0.loss < $1.loss }),
      evaluations.count > limits.overfittingEvaluations
    else { return nil }
    let last = evaluations.suffix(limits.overfittingEvaluations)
    let isWorse = last.allSatisfy {
      $0.step > best.step && $0.loss > best.loss * (1 + limits.overfitting)
    }
    guard isWorse, let latest = last.last, latest.trainLoss < best.trainLoss else { return nil }
    return Finding(
      .overfitting, step: step,
      message: "the model learns the training data by heart: the loss on held-out data rose from "
        + "\(Figure.short(best.loss)) (step \(best.step)) to \(Figure.short(latest.loss)), while "
        + "the training loss fell to \(Figure.short(latest.trainLoss))",
      remedy: "Train fewer --epochs, add data, or let --patience 3 stop the run; the best "
        + "checkpoint is kept")
  }
}
