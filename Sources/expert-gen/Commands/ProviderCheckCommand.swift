internal import ArgumentParser
internal import ExpertPlatform
internal import ExpertProviders
internal import Foundation

/// `expert-gen provider check NAME`.
struct ProviderCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Ask a provider a few tokens' worth and say what is wrong and what to do.",
    discussion: """
      Looks at the file, the endpoint and the key, then asks for the list of models, one plain \
      answer and one as JSON. Exit code 3 when the key is missing, 1 when the provider does not \
      answer as it should.

      Example: expert-gen provider check deepseek
      """)

  @Argument(help: "The provider's name or alias; \"local\" finds a server on this machine.")
  var name: String
  @Option(help: "The model, if not the provider's default.") var model: String?
  @Option(help: "Another address for the provider.") var baseURL: String?
  @Flag(help: "Permit servers in private networks.") var allowPrivate = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let transport = CurlTransport(policy: EndpointPolicy(allowPrivate: allowPrivate))
    let wish = ProviderWish(
      name: name, model: model, baseURL: baseURL, allowPrivate: allowPrivate)
    let target = try await options.catalog().find(
      wish, environment: environment,
      local: LocalServers(transport: transport, allowPrivate: allowPrivate))
    let check = await ProviderCheck.run(
      target, environment: environment, transport: transport, clock: SystemClock(),
      allowPrivate: allowPrivate)
    if options.json { Console.out(check.json) } else { show(check) }
    guard check.passed else { throw SilentExit(check.error?.exitStatus ?? .failure) }
  }

  private func show(_ check: ProviderCheck) {
    let terminal = options.terminal
    for finding in check.findings {
      let mark =
        switch finding.level {
        case .ok: terminal.styled("ok  ", .green)
        case .note: terminal.styled("note", .yellow)
        case .problem: terminal.styled("BAD ", .red)
        }
      Console.out("\(mark)  \(VisibleText.line(finding.text))")
      if !finding.advice.isEmpty { Console.out("      → \(VisibleText.line(finding.advice))") }
    }
  }
}
