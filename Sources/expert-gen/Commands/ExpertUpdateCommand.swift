internal import ArgumentParser
internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord

/// `expert-gen expert update NAME`.
struct ExpertUpdateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Install a newer version of an expert, if there is one.",
    discussion: """
      Looks where the expert came from, or in the registry that --from names.

      Example: expert-gen expert update json-parser
      """)

  @Argument(help: "The expert's name.") var name: String
  @Option(help: "The registry: a folder or a URL.") var from: String?
  @OptionGroup var taking: TakingOptions
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let installer = try options.installer()
    let expert = try installer.registry.expert(named: name)
    let rules = try taking.installing(options)
    let prefix = RegistryClient.sourcePrefix
    let known =
      expert.source.hasPrefix(prefix) ? String(expert.source.dropFirst(prefix.count)) : nil
    guard let place = from ?? known else {
      let file = try await options.package(expert.source, allowPrivate: taking.allowPrivate)
      try options.report([try installer.install(file, source: expert.source, rules)])
      return
    }
    let transport = taking.transport()
    defer { transport.shutdown() }
    let client = RegistryClient(try options.registryFiles(place, transport), installer)
    try options.report(try await client.install(expert.slug, rules))
  }
}

/// `expert-gen expert uninstall NAME`.
struct ExpertUninstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "Remove an installed expert.",
    discussion: """
      The highest version seen from its key stays remembered.

      Example: expert-gen expert uninstall json-parser
      """)

  @Argument(help: "The expert's name.") var name: String
  @Flag(help: "Remove it even where others require it.") var force = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let expert = try options.installer().uninstall(name, force: force)
    if options.json {
      Console.out([
        "removed": .string(expert.slug), "version": .string(expert.version.description),
      ])
      return
    }
    Console.out("\(expert.slug) \(expert.version) removed")
  }
}
