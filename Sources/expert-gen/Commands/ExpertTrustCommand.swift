internal import ArgumentParser
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord

/// `expert-gen expert trust …`.
struct ExpertTrustCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trust", abstract: "The keys whose signature counts on this machine.",
    subcommands: [
      ExpertTrustAddCommand.self, ExpertTrustListCommand.self, ExpertTrustRemoveCommand.self,
    ])
}

/// `expert-gen expert trust add KEY`.
struct ExpertTrustAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Trust a publisher's key.",
    discussion: """
      Take the key from its owner, not from the package that it signed.

      Example: expert-gen expert trust add publisher.pub --label "Jane Roe"
      """)

  @Argument(help: "ed25519:<hex>, a .pub file, or the name of a key of yours.") var key: String
  @Option(help: "Whose key it is.") var label: String?
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let trusted = try options.publicKey(key)
    let name = label ?? (PublicKey(key) == nil ? PathText.name(of: key) : "")
    let isNew = try options.installer().trust.add(trusted, label: name, clock: SystemClock())
    if options.json {
      Console.out(["key": .string(trusted.description), "added": .bool(isNew)])
      return
    }
    Console.out("\(trusted) \(isNew ? "is trusted now" : "was trusted already")")
  }
}

/// `expert-gen expert trust list`.
struct ExpertTrustListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the trusted keys.",
    discussion: "Example: expert-gen expert trust list")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let entries = try options.installer().trust.list()
    if options.json {
      Console.out([
        "keys": .array(
          entries.map {
            [
              "key": .string($0.key.description), "label": .string($0.label),
              "added_at": .string($0.addedAt),
            ]
          })
      ])
      return
    }
    options.show(
      TableText(
        ["LABEL", "SINCE", "KEY"], rows: entries.map { [$0.label, $0.addedAt, $0.key.description] }
      ))
  }
}

/// `expert-gen expert trust remove KEY`.
struct ExpertTrustRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Stop trusting a key.",
    discussion: """
      Experts that are installed stay, and list shows that their key is no longer trusted.

      Example: expert-gen expert trust remove "Jane Roe"
      """)

  @Argument(help: "The key, or its label.") var key: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let count = try options.installer().trust.remove(key)
    guard count > 0 else {
      throw PackageError.unknown(
        what: "trusted key", name: key, hint: "see expert-gen expert trust list")
    }
    if options.json {
      Console.out(["removed": .number(Double(count))])
      return
    }
    Console.out("\(count) \(count == 1 ? "key" : "keys") removed")
  }
}
