internal import ArgumentParser
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord

/// `expert-gen expert publish FILE`.
struct ExpertPublishCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Put a signed package into a registry.",
    discussion: """
      A registry is a folder, or a static server that takes PUT requests (a token for it comes \
      from EXPERT_REGISTRY_TOKEN). Its index is signed with --key; whoever installs from it trusts \
      that key. A version once published is never changed.

      Example: expert-gen expert publish json-parser.v1.0.0.expert --to /srv/experts \
      --key publisher
      """)

  @Argument(help: "The signed package's file.") var file: String
  @Option(help: "The registry: a folder or a URL.") var to: String
  @Option(help: "The key that signs the index.") var key = "publisher"
  @Flag(help: "Ask servers in private networks as well.") var allowPrivate = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let signer = try options.signingKey(key)
    let trust = try options.installer().trust
    let mine = signer.publicKey
    let rules = VerificationRules { key in try key == mine || trust.contains(key) }
    let transport = CurlTransport(policy: EndpointPolicy(allowPrivate: allowPrivate))
    defer { transport.shutdown() }
    let publisher = Publisher(
      try options.registryFiles(to, transport), key: signer, clock: SystemClock())
    let result = try await publisher.publish(try await options.package(file), rules)
    if options.json {
      Console.out([
        "slug": .string(result.entry.slug), "version": .string(result.entry.version.description),
        "file": .string(result.entry.file), "sha256": .string(result.entry.sha256),
        "was_there": .bool(result.wasThere), "key": .string(mine.description),
      ])
      return
    }
    let verb = result.wasThere ? "is there already" : "published"
    Console.out("\(result.entry.slug) \(result.entry.version) \(verb): \(to)/\(result.entry.file)")
  }
}
