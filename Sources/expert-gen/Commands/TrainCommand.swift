internal import ArgumentParser
internal import ExpertTraining

/// `expert-gen train …`.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Turn a stored version into an adapter.",
    subcommands: [
      TrainSFTCommand.self, TrainDPOCommand.self, TrainDistillCommand.self,
      TrainEstimateCommand.self, TrainReproduceCommand.self,
    ])
}

/// `expert-gen train sft`.
struct TrainSFTCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sft", abstract: "Train on the answers of a version (supervised fine-tuning).",
    discussion: """
      The folder of --output becomes an adapter as PEFT reads it, with the run's own files: \
      run.json, metrics.jsonl, report.html, checkpoints. Ctrl-C saves; the same command goes on.

      Examples:
        expert-gen train sft --base smollm2-135m --dataset json-parsing@v1 --output adapter
        expert-gen train sft --base qwen3-0.6b --quantize int4 --dataset rows.jsonl \\
          --method dora --r 32 --epochs 2 --output adapter --report-to tensorboard
        expert-gen train sft --recipe recipe.yaml --dry-run
      """)

  @OptionGroup var flags: TrainingFlags
  @Flag(help: "Show the data, its mask and the forecast, and train nothing.") var dryRun = false
  @OptionGroup var options: GlobalOptions

  func run() async throws { try flags.run(.sft, dryRun: dryRun, options) }
}

/// `expert-gen train dpo`.
struct TrainDPOCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dpo", abstract: "Train on preferences: the chosen answer over the rejected one.",
    discussion: """
      Needs a version of preference records (`dataset create --format preference` makes them). \
      The reference is the base, or the adapter that --adapter goes on from; what it says of every \
      pair is kept in the store for the next run. --loss-type names the loss: sigmoid, robust, \
      ipo, hinge, simpo, orpo or kto.

      Example:
        expert-gen train dpo --base smollm2-135m --adapter sft-adapter \\
          --dataset json-pairs@v1 --output dpo-adapter
      """)

  @OptionGroup var flags: TrainingFlags
  @Flag(help: "Show the data, its mask and the forecast, and train nothing.") var dryRun = false
  @OptionGroup var options: GlobalOptions

  func run() async throws { try flags.run(.dpo, dryRun: dryRun, options) }
}

/// `expert-gen train distill`.
struct TrainDistillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill", abstract: "Train on what a teacher would say, token by token.",
    discussion: """
      The teacher is a local model (--teacher-model) or the base with another adapter \
      (--teacher-adapter); --distill-loss replies learns from the stored replies of a \
      distillation dataset.

      Example:
        expert-gen train distill --base smollm2-135m --teacher-adapter big-adapter \\
          --dataset json-parsing@v1 --output small-adapter --r 4
      """)

  @OptionGroup var flags: TrainingFlags
  @Flag(help: "Show the data, its mask and the forecast, and train nothing.") var dryRun = false
  @OptionGroup var options: GlobalOptions

  func run() async throws { try flags.run(.distill, dryRun: dryRun, options) }
}

extension TrainingFlags {
  /// Trains, or shows what would be trained.
  func run(_ objective: Objective, dryRun: Bool, _ options: GlobalOptions) throws {
    let launch = TrainingLaunch(try config(objective), threads: threads, options: options)
    let session = TrainingSession(launch: launch)
    if dryRun { try session.showPlan() } else { try session.train() }
  }
}

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

/// `expert-gen train reproduce`.
struct TrainReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce", abstract: "Repeat a run from its record and compare the weights.",
    discussion: """
      Needs the store and the base that the run had. Exit code 10 when the weights differ.

      Example: expert-gen train reproduce adapter --output again
      """)

  @Argument(help: "The folder of the run.", completion: .directory) var folder: String
  @Option(help: "The folder of the repetition (default: the run's, with “-reproduced”).")
  var output: String?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let reproduction = try Reproduction(of: RunFolder(folder), output: output, options: options)
    try reproduction.run()
  }
}
