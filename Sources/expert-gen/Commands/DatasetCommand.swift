internal import ArgumentParser

/// `expert-gen dataset …`.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "Make datasets, look at them, curate them, take them out.",
    subcommands: [
      DatasetCreateCommand.self, DatasetListCommand.self, DatasetLogCommand.self,
      DatasetShowCommand.self,
      DatasetStatsCommand.self, DatasetDiffCommand.self, DatasetWhyCommand.self,
      DatasetFunnelCommand.self, DatasetTagCommand.self, DatasetBranchCommand.self,
      DatasetImportCommand.self, DatasetExportCommand.self, DatasetCheckoutCommand.self,
      DatasetFilterCommand.self, DatasetDedupCommand.self,
      DatasetStratifyCommand.self, DatasetScoreCommand.self, DatasetSplitCommand.self,
      DatasetReviewCommand.self,
    ])
}
