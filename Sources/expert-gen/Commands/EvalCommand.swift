internal import ArgumentParser

/// `expert-gen eval …`.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Score answers, and compare what was scored.",
    subcommands: [EvalScoreCommand.self, EvalCompareCommand.self, EvalLeaksCommand.self])
}
