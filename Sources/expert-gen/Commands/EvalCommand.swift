internal import ArgumentParser

/// `expert-gen eval …`.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure experts, score answers, and compare what was measured.",
    subcommands: [
      EvalRunCommand.self, EvalScoreCommand.self, EvalCompareCommand.self, EvalLeaksCommand.self,
      EvalListCommand.self, EvalShowCommand.self,
    ])
}
