internal import ArgumentParser
internal import ExpertTraining

/// `expert-gen train reproduce`.
struct TrainReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce", abstract: "Repeat a run from its record and compare the weights.",
    discussion: """
      Needs the store and the base that the run had: commit, base, start adapter and teacher are \
      compared before the first step, and what is not the same is named. Exit code 10 when the \
      weights differ.

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
