internal import ArgumentParser
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord

/// How a package may be taken; shared by `install` and `update`.
struct TakingOptions: ParsableArguments {
  @Flag(help: "Take a package that nobody signed; list shows it for ever.")
  var allowUnsigned = false
  @Flag(help: "Take a version that is not newer than the newest seen from its key.")
  var allowDowngrade = false
  @Flag(help: "Ask servers in private networks as well.") var allowPrivate = false
  @Option(help: "The one key that must have signed, instead of the trusted ones.")
  var key: String?
  @Option(
    help: ArgumentHelp(
      "Compare the expert with this base model, a name of `model list` or a path (default: the "
        + "model that it was made for, where that is here).", valueName: "base"))
  var base: String?

  func installing(_ options: GlobalOptions) throws -> Installer.Options {
    var result = Installer.Options()
    result.allowUnsigned = allowUnsigned
    result.allowDowngrade = allowDowngrade
    result.onlyKey = try key.map { try options.publicKey($0) }
    result.base = try base.map { try options.installationBase($0) }
    result.findBase = try options.baseFinder()
    return result
  }

  /// A transport for registries and packages.
  func transport() -> CurlTransport {
    CurlTransport(policy: EndpointPolicy(allowPrivate: allowPrivate))
  }
}

extension GlobalOptions {
  /// Prints what an installation did.
  func report(_ outcomes: [Installer.Outcome]) throws {
    if json {
      Console.out([
        "experts": .array(
          outcomes.map { outcome in
            ExpertText.json(outcome.expert, trusted: outcome.expert.isSigned)
              .setting(["was_there"], to: .bool(outcome.wasThere))
              .setting(["notes"], to: .array(outcome.notes.map(JSONValue.string)))
          })
      ])
      return
    }
    for outcome in outcomes {
      let expert = outcome.expert
      let verb = outcome.wasThere ? "is installed already" : "installed"
      let hand = expert.signer.map { "signed by \($0)" } ?? "UNSIGNED"
      Console.out(VisibleText.line("\(expert.slug) \(expert.version) \(verb), \(hand)"))
      for note in outcome.notes + (expert.warning.map { [$0] } ?? []) { say("note: " + note) }
    }
  }
}

/// `expert-gen expert install SOURCE`.
struct ExpertInstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Verify an expert and install it.",
    discussion: """
      SOURCE is a package's file, an unpacked folder or a URL; with --from it is a name or a \
      pattern such as json-parser@>=1.0.0,<2.0.0 in that registry, whose experts it requires are \
      installed with it. Nothing is written before the whole package is verified. Exit code 12 \
      when it is refused, also where the base has other shapes. An installation that was damaged is \
      mended by installing the same package again.

      Example: expert-gen expert install json-parser --from https://experts.example.org
      """)

  @Argument(help: "A file, folder or URL; with --from a name.") var source: String
  @Option(help: "The registry: a folder or a URL.") var from: String?
  @OptionGroup var taking: TakingOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let installer = try options.installer()
    let rules = try taking.installing(options)
    guard let from else {
      let file = try await options.package(source, allowPrivate: taking.allowPrivate)
      let origin = source.contains("://") ? source : PathText.absolute(source)
      try options.report([try installer.install(file, source: origin, rules)])
      return
    }
    let transport = taking.transport()
    defer { transport.shutdown() }
    let client = RegistryClient(try options.registryFiles(from, transport), installer)
    try options.report(try await client.install(source, rules))
  }
}
