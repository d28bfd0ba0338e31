internal import ArgumentParser

/// `expert-gen store …`.
struct StoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "The store itself: make it, check it, tidy it, copy it.",
    subcommands: [
      StoreInitCommand.self, StoreFsckCommand.self, StoreGCCommand.self, StoreBackupCommand.self,
    ])
}
