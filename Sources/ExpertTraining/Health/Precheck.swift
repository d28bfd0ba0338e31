/// What can be said before the first step, and about adapters that are there already.
package enum Precheck {
  /// Fewer examples than the guide's least for the task; without a stated task, the least of all.
  package static func datasetSize(_ count: Int, task: TaskComplexity?) -> Finding? {
    let measure = task ?? .format
    guard count < measure.minimum else { return nil }
    return Finding(
      .smallDataset,
      message:
        "\(count) examples are fewer than the \(measure.minimum) that \(measure.title) needs "
        + "at least (\(measure.recommended) are recommended)",
      remedy: "Create more with `dataset create --count \(measure.recommended)`, which tops up; "
        + "with little data lora-fa has half as much to learn")
  }

  /// No target at all in the data of a run.
  package static func supervision(_ statistics: DataStatistics) -> Finding? {
    guard statistics.supervisedTokens == 0 else { return nil }
    return Finding(
      .noSupervisedTokens, .stop,
      message: "none of the \(statistics.tokens) tokens is supervised",
      remedy: "Look at --template and --loss-on")
  }

  /// A warmup that takes the whole run: the learning rate never arrives.
  package static func warmup(_ schedule: LearningRateSchedule) -> Finding? {
    guard schedule.kind != .constant, schedule.steps > 1, schedule.warmup >= schedule.steps else {
      return nil
    }
    return Finding(
      .warmupTooLong,
      message: "the warmup of \(schedule.warmup) steps is longer than the run of "
        + "\(schedule.steps): the learning rate ends at "
        + Figure.short(schedule.rate(at: schedule.steps - 1)),
      remedy: "Lower --warmup-steps to about \(max(1, schedule.steps / 10)), or leave it out")
  }

  /// A forecast above what is there.
  package static func memory(_ forecast: MemoryForecast, now: MemoryReading) -> Finding? {
    guard forecast.total > now.available else { return nil }
    return Finding(
      .forecastTooLarge,
      message: "this run will need about \(Figure.bytes(forecast.total)), and "
        + "\(Figure.bytes(now.available)) are there",
      remedy: HealthMonitor.memoryRemedy)
  }

  /// An adapter that cannot be read.
  package static func damagedAdapter(path: String, reason: String) -> Finding {
    Finding(
      .adapterDamaged, .stop, message: "\(path) does not load: \(reason)",
      remedy: "Give the training command again: it writes the adapter anew from the newest good "
        + "checkpoint")
  }

  /// Adapters that change the same modules disturb each other when they are used together.
  ///
  /// `adapters`: names and target modules.
  package static func composition(
    _ adapters: [(name: String, modules: Set<String>)]
  ) -> [Finding] {
    var findings: [Finding] = []
    for (place, first) in adapters.enumerated() {
      for second in adapters[(place + 1)...] {
        let shared = first.modules.intersection(second.modules).sorted()
        guard !shared.isEmpty else { continue }
        findings.append(
          Finding(
            .overlappingModules,
            message: "\(first.name) and \(second.name) both change "
              + shared.joined(separator: ", "),
            remedy: "Where they work badly together, train one with other --target-modules, or "
              + "use one at a time"))
      }
    }
    return findings
  }
}
