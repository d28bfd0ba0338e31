internal import ArgumentParser

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
