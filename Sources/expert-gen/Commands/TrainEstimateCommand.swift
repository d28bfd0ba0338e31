internal import ArgumentParser
internal import ExpertTraining

/// `expert-gen train estimate`.
struct TrainEstimateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate", abstract: "Forecast the memory and time of a run.",
    discussion: """
      Takes what `train sft`, `dpo` or `distill` takes. The machine's speed is measured first.

      Example:
        expert-gen train estimate --base smollm2-135m --dataset json-parsing --method dora
      """)

  @Option(help: "sft, dpo or distill.") var objective: Objective = .sft
  @OptionGroup var flags: TrainingFlags
  @OptionGroup var options: GlobalOptions

  func run() async throws { try flags.run(objective, dryRun: true, options) }
}

extension Objective: ExpressibleByArgument {}
