internal import ArgumentParser
internal import ExpertModel

/// `expert-gen model remove NAME`.
struct ModelRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a model from this machine.",
    discussion: "Example: expert-gen model remove qwen3-0.6b")

  @Argument(help: "The model's name.") var name: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    try options.registry().remove(name)
    if options.json {
      Console.out(["removed": .string(name)])
    } else {
      options.say("\(name) is removed")
    }
  }
}
