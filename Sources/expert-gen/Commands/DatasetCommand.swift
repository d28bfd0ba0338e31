internal import ArgumentParser

/// `expert-gen dataset …`.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Make datasets, look at them, curate them, take them out.",
    subcommands: [
      DatasetListCommand.self, DatasetShowCommand.self, DatasetFilterCommand.self,
      DatasetDedupCommand.self, DatasetReviewCommand.self,
    ])
}
