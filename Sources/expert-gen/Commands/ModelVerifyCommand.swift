internal import ArgumentParser
internal import ExpertModel

/// `expert-gen model verify NAME`.
struct ModelVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hash a model's files again and look at every weight for NaN and infinity.",
    discussion: """
      Exit code 11 when a file is not what was installed.

      Example: expert-gen model verify qwen3-0.6b
      """)

  @Argument(help: "The model's name.") var name: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let registry = try options.registry()
    let progress = options.byteProgress()
    defer { progress.finish() }
    try registry.verify(name, report: progress.report)
    progress.finish()
    let record = try registry.record(name)
    if options.json {
      Console.out(["name": .string(name), "sound": true, "model": record.json])
    } else {
      Console.out(
        "\(name): \(record.files.count) files, \(Figures.bytes(record.bytes)), SHA-256 "
          + "\(record.weightsHash): sound")
    }
  }
}
