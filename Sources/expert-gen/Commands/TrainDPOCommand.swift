internal import ArgumentParser
internal import ExpertTraining

/// `expert-gen train dpo`.
struct TrainDPOCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dpo", abstract: "Train on preferences: the chosen answer over the rejected one.",
    discussion: """
      Needs a version of preference records (`dataset create --format preference_pairs` makes \
      them). \
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
