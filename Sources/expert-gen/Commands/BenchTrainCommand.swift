internal import ArgumentParser
internal import ExpertPlatform
internal import ExpertTensors
internal import ExpertTraining

/// `expert-gen bench train`.
struct BenchTrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Measure training steps: tokens a second, peak memory, share of the limit.",
    discussion: """
      A model of Qwen3-0.6B's shape with random weights, LoRA r = 16 on six modules. Every scenario \
      runs in a process of its own, so that its peak memory is its own.

      Example: expert-gen bench train --shape qwen3-0.6b
      """)

  @Option(help: "The model's shape; there is qwen3-0.6b.") var shape = "qwen3-0.6b"
  @Option(help: "One scenario alone, in this process: \(Self.names).") var scenario: String?
  @Option(help: "Steps to measure, after one that warms up.") var steps = 3
  @Option(help: "Threads (default: all processors).") var threads: Int?
  @OptionGroup var options: GlobalOptions

  private static let names = TrainingBenchmark.Scenario.allCases.map(\.rawValue)
    .joined(separator: ", ")

  func validate() throws {
    if shape != "qwen3-0.6b" { throw ValidationError("--shape must be qwen3-0.6b") }
    if steps < 1 { throw ValidationError("--steps must be 1 or more") }
    if let scenario, TrainingBenchmark.Scenario(rawValue: scenario) == nil {
      throw ValidationError("--scenario must be one of \(Self.names)")
    }
  }

  func run() async throws {
    if let scenario = scenario.flatMap(TrainingBenchmark.Scenario.init) {
      return options.show(try lines(scenario))
    }
    var lines: [BenchLine] = []
    for scenario in TrainingBenchmark.Scenario.allCases {
      options.say("measuring \(scenario.rawValue)")
      lines += try BenchChild(
        arguments: ["train", "--scenario", scenario.rawValue, "--steps", String(steps)]
          + (threads.map { ["--threads", String($0)] } ?? []), name: scenario.rawValue
      ).lines()
    }
    if let sft = lines.first(where: { $0.name == "sft" }) { lines.append(headline(sft.rate)) }
    options.show(lines)
  }

  private func lines(_ scenario: TrainingBenchmark.Scenario) throws -> [BenchLine] {
    let pool = threads.map { ThreadPool(threads: $0) } ?? .shared
    // Before and behind the steps, for neighbours may slow either; of bf16 at `w8a8` too, whose head,
    // attention and adapters are not in eight bits.
    let before = MachinePeaks.measure(reading: false, pool: pool).flops(.bf16)
    let report = try TrainingBenchmark(pool: pool).run(scenario, steps: steps)
    let limit = max(before, MachinePeaks.measure(reading: false, pool: pool).flops(.bf16))
    let peak = Double(ResourceUsage.now().peakResidentBytes) / Double(1 << 30)
    return [
      BenchLine(
        report.scenario, report.median, "tokens/s",
        share(report, limit) + "best step \(Figures.rate(report.best)) tokens/s; peak memory "
          + "\(Figures.decimal(peak, 2)) GiB")
    ]
  }

  /// How near the products come to the limit of this machine.
  private func share(_ report: TrainingBenchmark.Report, _ limit: Double) -> String {
    guard let flops = report.flops else { return "" }
    return "\(Figures.rate(flops / 1e9)) GFLOP/s, \(Figures.decimal(100 * flops / limit, 0)) % of "
      + "the limit of bf16; "
  }

  /// 10,000 examples of 256 tokens, three times over.
  private func headline(_ rate: Double) -> BenchLine {
    BenchLine(
      "10,000 examples × 3 epochs", 10_000 * 256 * 3 / rate / 3600, "hours",
      "of 256 tokens each, at the rate of sft above")
  }
}
