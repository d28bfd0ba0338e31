internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertServe
internal import ExpertTensors
internal import ExpertTokenizer
internal import Foundation

/// `expert-gen serve`.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a base model and its experts through an OpenAI-compatible API.",
    discussion: """
      Each expert is a model name beside the base: by default every installed expert that was made \
      for this base, and --adapter and --expert add others. The base is loaded once; requests of \
      all models are answered together, token by token. There are /v1/models, \
      /v1/chat/completions, /v1/completions, /v1/embeddings and /health.

      Only this machine is served, unless --host names another address: then a token is needed, in \
      EXPERT_SERVE_TOKEN or --token-file, and clients send it as their API key. Web pages are not \
      served without --allow-origin. There is no encryption: put a proxy with TLS before it where \
      others listen. Ctrl-C lets answers under way end.

      Examples:
        expert-gen serve --base qwen3-0.6b
        expert-gen serve --base smollm2-135m --adapter mine=runs/json --port 9000
        expert-gen dataset create --provider expert --model json-parser --count 50 …
      """)

  /// Where Providers/expert.yaml looks for it.
  static let port = 8642
  static let tokenVariable = "EXPERT_SERVE_TOKEN"

  @Option(help: "The base model: a name of `model list`, or the path of a model.") var base: String
  @Option(help: "What the base is called in the API (default: its name).") var name: String?
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A folder with an adapter in PEFT's form and its model name; may be given several times.",
      valueName: "name=folder"))
  var adapter: [String] = []
  @Option(
    parsing: .singleValue,
    help: "An installed expert or a .expert file, instead of all that are installed.")
  var expert: [String] = []
  @Flag(help: "Do not serve installed experts.") var noInstalled = false
  @Flag(help: "Take packages that nobody signed.") var allowUnsigned = false
  @Option(help: "Another chat template than the recorded ones.") var template: ChatTemplate?
  @Option(help: "The address to listen on, in numbers.") var host = "127.0.0.1"
  @Option(help: "The port; 0 takes a free one.") var port = ServeCommand.port
  @Option(help: "A file with the token, that only its owner may read.", completion: .file())
  var tokenFile: String?
  @Option(
    parsing: .singleValue,
    help: "A further host name with its port that clients use, such as box.local:8642.")
  var allowHost: [String] = []
  @Option(
    parsing: .singleValue,
    help: "The origin of a web page that may ask, such as http://localhost:3000.")
  var allowOrigin: [String] = []
  @Option(help: "How weights are held: fp32, bf16, int8, int4, nf4 or w8a8.")
  var quantize: Precision?
  @Option(help: "Threads (default: all processors).") var threads: Int?
  @Option(help: "Answers under way at once; more wait.") var maxStreams = 16
  @Option(help: "The most tokens of one answer.") var maxTokens = 2048
  @OptionGroup var options: GlobalOptions

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more") }
    guard (1...256).contains(maxStreams) else {
      throw ValidationError("--max-streams must lie between 1 and 256")
    }
    guard (1...1_000_000).contains(maxTokens) else {
      throw ValidationError("--max-tokens must lie between 1 and 1000000")
    }
  }

  func run() async throws {
    let address = try ListeningAddress(host: host, port: port)
    let token = try token()
    let pool = threads.map { ThreadPool(threads: $0) } ?? .shared
    let (base, hash) = try options.open(base: self.base, precision: quantize, pool: pool)
    let experts = ServedExperts(
      base: base, baseName: try name ?? modelName(), baseHash: hash, template: template,
      pool: pool, options: options)
    var models = try experts.adapters(adapter)
    models += try await experts.named(expert, allowUnsigned: allowUnsigned)
    if expert.isEmpty && !noInstalled { models += try experts.installed() }
    let served = try ServedModels(base: experts.baseModel, experts: models)
    let server = try ModelServer(base, models: served, settings(address, token), pool: pool)
    tell(server, served)
    // Interrupting cancels the task, which ends the sleep.
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    server.stop(grace: .seconds(60))
  }

  private func settings(_ address: ListeningAddress, _ token: Secret?) -> ModelServer.Options {
    var settings = ModelServer.Options(address: address, token: token)
    settings.hosts = Set(allowHost)
    settings.origins = Set(allowOrigin)
    settings.engine.batch.streams = maxStreams
    settings.api.maxTokens = maxTokens
    return settings
  }

  /// The registry's name of the base; of a path, its last part.
  private func modelName() throws -> String {
    let resolved = try options.registry().resolve(base)
    guard resolved.record == nil else { return resolved.name }
    let name = (resolved.path as NSString).lastPathComponent
    return name.hasSuffix(".gguf") ? String(name.dropLast(5)) : name
  }

  private func token() throws -> Secret? {
    do {
      if let tokenFile { return try Secret(file: tokenFile) }
      let value = ProcessInfo.processInfo.environment[Self.tokenVariable]
      return value?.isEmpty == false ? try Secret(variable: Self.tokenVariable) : nil
    } catch {
      throw Failure(.missing, "bad-key", "\(error)")
    }
  }

  private func tell(_ server: ModelServer, _ models: ServedModels) {
    let names = models.all.map(\.name)
    if options.json {
      Console.out([
        "url": .string(server.baseURL + "/v1"), "models": .array(names.map(JSONValue.string)),
      ])
      return
    }
    Console.out("serving at \(server.baseURL)/v1")
    Console.out("models: " + VisibleText.line(names.joined(separator: ", ")))
    options.say("Ctrl-C stops")
  }
}
