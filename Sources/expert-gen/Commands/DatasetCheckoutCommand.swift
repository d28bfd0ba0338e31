internal import ArgumentParser
internal import ExpertRecord
internal import ExpertStore

/// `expert-gen dataset checkout VERSION FOLDER`.
struct DatasetCheckoutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkout",
    abstract: "Write a version into a new folder, one file for each split.",
    discussion: """
      manifest.json beside the files names the commit and the hash of each file.

      Example: expert-gen dataset checkout json-parsing@v1 data/json-parsing
      """)

  @Argument(help: "The version.") var version: String
  @Argument(help: "The new folder.", completion: .directory) var folder: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    let version = try store.resolve(version)
    let manifest = try store.checkout(version, to: folder)
    if options.json {
      Console.out(manifest)
    } else {
      Console.out("wrote \(version.description) to \(VisibleText.line(folder)):")
      Console.out(PrettyJSON.text(of: manifest))
    }
  }
}
