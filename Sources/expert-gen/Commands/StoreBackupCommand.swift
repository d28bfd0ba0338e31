internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen store backup FILE`.
struct StoreBackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the store as it is now to a new file, and check the copy.",
    discussion: "Example: expert-gen store backup backup-monday.db")

  @Argument(help: "The new file; it must not exist.", completion: .file()) var file: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readWrite)
    defer { try? store.close() }
    try store.backup(to: file)
    if options.json {
      Console.out(["backup": .string(file)])
    } else {
      Console.out("copied and checked: \(VisibleText.line(file))")
    }
  }
}
