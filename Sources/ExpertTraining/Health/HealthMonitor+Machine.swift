// Whether the machine keeps up.
extension HealthMonitor {
  /// What limits a run that is slow for a while. The first cause that applies is said: waiting for
  /// data and paging both also lower the rate.
  mutating func slowness(_ step: StepObservation) -> [Finding] {
    let causes: [(Finding.Kind, Bool)] = [
      (.slowData, step.dataWait > limits.dataWait),
      (.slowMemory, step.majorFaults > limits.majorFaults),
      (.slowProducts, expectedRate.map { step.tokensPerSecond < limits.rate * $0 } ?? false),
    ]
    let cause = causes.first { $0.1 }?.0
    for (kind, _) in causes { slow[kind] = kind == cause ? slow[kind, default: 0] + 1 : 0 }
    guard let cause, slow[cause, default: 0] >= limits.slowSteps else { return [] }
    return [finding(cause, step)]
  }

  private func finding(_ kind: Finding.Kind, _ step: StepObservation) -> Finding {
    let rate = Figure.short(step.tokensPerSecond)
    switch kind {
    case .slowData:
      return Finding(
        kind, step: step.step,
        message: "\(Figure.percent(step.dataWait)) of the time goes into waiting for data "
          + "(\(rate) tokens/s)",
        remedy: "Put the store on a faster disk; with --distill-loss top-k a smaller "
          + "--distill-top-k reads less")
    case .slowMemory:
      return Finding(
        kind, step: step.step,
        message: "\(step.majorFaults) pages a step come from the disk: the weights do not stay in "
          + "memory (\(rate) tokens/s)",
        remedy: "Take --quantize int4 or --gradient-checkpointing, or end other programs")
    default:
      return Finding(
        kind, step: step.step,
        message: "the products run at \(rate) tokens/s, where the forecast says "
          + "\(Figure.short(expectedRate ?? 0))",
        remedy: "Look for other programs on these processors, and at `doctor` for the instruction "
          + "set in use; fewer --target-modules or a shorter --max-length cost less")
    }
  }

  func memory(_ step: StepObservation) -> Finding? {
    guard let memory = step.memory else { return nil }
    let least = max(limits.memoryBytes, Int(limits.memoryShare * Double(memory.limit)))
    guard memory.available < least else { return nil }
    return Finding(
      .memoryLow, step: step.step,
      message: "only \(Figure.bytes(memory.available)) of \(Figure.bytes(memory.limit)) memory are "
        + "left (this run holds \(Figure.bytes(memory.resident)))",
      remedy: Self.memoryRemedy)
  }

  static let memoryRemedy =
    "Lower --batch-size and raise --accumulation as much (the result stays the same), take "
    + "--gradient-checkpointing, --quantize int4 or --optimizer adamw_8bit"
}
