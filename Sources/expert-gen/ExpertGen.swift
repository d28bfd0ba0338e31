internal import ArgumentParser

/// The root command: what `expert-gen` alone prints, and the groups below it.
struct ExpertGen: AsyncParsableCommand {
  /// The version that `--version` prints; a release changes it together with CHANGELOG.md.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "expert-gen",
    abstract: "A dataset studio that ends in a signed expert.",
    discussion: """
      One command turns a task into accepted records in a versioned store:

        expert-gen dataset create --domain json-parsing \\
          --task "parse and validate JSON documents" \\
          --count 500 --provider procedural

      The store is ./expert.db, searched upward from the working folder; --store and \
      EXPERT_STORE name another. Exit codes: 0 done, 1 failed or stopped short, 2 wrong usage, \
      3 a key or library is missing, 10 training failed or weights that differ, 11 damage found, 12 package refused, 130 interrupted.
      """,
    version: version,
    subcommands: [
      InitCommand.self, DoctorCommand.self, DatasetCommand.self, StoreCommand.self,
      ProviderCommand.self, ModelCommand.self, GenerateCommand.self, ChatCommand.self,
      TrainCommand.self, TraceCommand.self, RunCommand.self, RouteCommand.self, EvalCommand.self,
      ExportCommand.self, ExpertCommand.self, ServeCommand.self, BenchCommand.self,
      ManualCommand.self,
    ])
}
