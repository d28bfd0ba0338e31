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

  /// A forecast above what is there; what the process holds by now is part of both.
  package static func memory(_ forecast: MemoryForecast, now: MemoryReading) -> Finding? {
    let room = now.available + now.resident
    guard forecast.total > room else { return nil }
    return Finding(
      .forecastTooLarge,
      message: "this run will need about \(Figure.bytes(forecast.total)), and "
        + "\(Figure.bytes(room)) are there",
      remedy: HealthMonitor.memoryRemedy)
  }

  /// A file of a run that is over and is not what was trained any more.
  package static func damagedAdapter(path: String, reason: String) -> Finding {
    Finding(
      .adapterDamaged, message: "\(path) \(reason)",
      remedy: "It is made anew from the newest good checkpoint, to the same bytes")
  }

  /// An adapter to go on from that was trained on another base of the same shapes.
  package static func startingBase(
    adapter: String, trainedOn found: (name: String, hash: String),
    base: (name: String, hash: String)
  ) -> Finding? {
    guard found.hash != base.hash else { return nil }
    return Finding(
      .otherBase,
      message: "\(adapter) was trained on \(found.name) (sha256 \(found.hash.prefix(16))), and "
        + "\(base.name) here has other weights (sha256 \(base.hash.prefix(16)))",
      remedy: "Name the base it was trained on by --base, unless another one is meant")
  }

  /// Experts on the same base that change modules of this run: used together they may disturb each
  /// other.
  ///
  /// `experts`: names and target modules.
  package static func composition(
    of modules: Set<String>, with experts: [(name: String, modules: Set<String>)]
  ) -> Finding? {
    let overlapping = experts.filter { !$0.modules.isDisjoint(with: modules) }
    guard !overlapping.isEmpty else { return nil }
    let shared = overlapping.reduce(Set<String>()) { $0.union($1.modules.intersection(modules)) }
    let names = overlapping.prefix(3).map(\.name).joined(separator: ", ")
    let others = overlapping.count > 3 ? " and \(overlapping.count - 3) more" : ""
    return Finding(
      .overlappingModules,
      message: "\(names)\(others) on the same base also change "
        + shared.sorted().joined(separator: ", "),
      remedy: "That is no harm to an expert alone; where they are to work together, "
        + "`expert check` measures it, and other --target-modules avoid it")
  }
}
