internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen store init`.
struct StoreInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make the store where there is none.",
    discussion: "Example: expert-gen store init --store my.db")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let existed = options.places.storeExists
    let store = try options.openStore(.create)
    if options.json {
      Console.out(["store": .string(store.path), "created": .bool(!existed)])
    } else {
      Console.out("\(existed ? "the store is there already" : "made the store"): \(store.path)")
    }
    try store.close()
  }
}
