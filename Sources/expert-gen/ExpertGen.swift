internal import ArgumentParser

@main
struct ExpertGen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expert-gen",
    abstract: "A dataset studio that ends in a signed expert.")
}
