internal import ArgumentParser
internal import ExpertTraining

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
