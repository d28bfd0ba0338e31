internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import Foundation

/// `expert-gen model pull NAME|REPO`.
struct ModelPullCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Fetch a base model from the hub.",
    discussion: """
      NAME is a short name, see “expert-gen model list”, or a repository such as Qwen/Qwen3-0.6B. \
      Interrupted, the same command goes on from the bytes that are there. HF_ENDPOINT names \
      another hub; HF_TOKEN, or a private file that HF_TOKEN_FILE names, opens gated models and \
      is sent to that hub alone. Exit code 2 for an unknown name, 3 where access is missing.

      Example: expert-gen model pull qwen3-0.6b
      """)

  @Argument(help: "A short name, or a repository: owner/name.") var model: String
  @Option(help: "A branch, tag or commit of the repository.") var revision: String?
  @Option(help: "One GGUF file of a repository that holds several.") var file: String?
  @Option(help: "What to call it here; by default the short name or the repository's.")
  var name: String?
  @Flag(help: "Permit a hub in a private network.") var allowPrivate = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let registry = try options.registry()
    let wish = try PullWish(
      model, revision: revision, file: file, name: name, catalog: registry.catalog)
    let endpoint = try HubEndpoint(environment: ProcessInfo.processInfo.environment)
    let transport = CurlTransport(policy: EndpointPolicy(allowPrivate: allowPrivate))
    let progress = options.byteProgress()
    let pulled = try await registry.pull(
      wish, from: HubClient(endpoint: endpoint, transport: transport), report: progress.report)
    progress.finish()
    if options.json {
      Console.out(["model": pulled.record.json, "was_there": .bool(pulled.wasThere)])
    } else {
      if pulled.wasThere { options.say("\(wish.name) is here already") }
      Console.out(VisibleText.line(pulled.record.line(registry.path(of: wish.name))))
    }
  }
}
