internal import ArgumentParser
internal import ExpertPlatform
internal import ExpertProviders
internal import ExpertRecord
internal import Foundation

/// `expert-gen provider …`.
struct ProviderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provider",
    abstract: "The providers that answer: list them, show one, check one.",
    subcommands: [
      ProviderListCommand.self, ProviderShowCommand.self, ProviderCheckCommand.self,
    ])
}

extension GlobalOptions {
  /// The provider files that count here.
  func catalog() throws -> ProviderCatalog {
    try ProviderCatalog.load(
      workspace: places.workspace, home: places.home, embedded: EmbeddedFiles.all)
  }
}

/// Whether the key that a provider needs is there; never the key itself.
enum KeyState: String {
  case unneeded, present, missing, unusable

  init(of provider: ProviderSpec, environment: [String: String]) {
    do {
      let key = try ProviderKey.find(for: provider, environment: environment)
      self = key == nil ? .unneeded : .present
    } catch .missingKey {
      self = .missing
    } catch {
      self = .unusable
    }
  }
}

/// `expert-gen provider list`.
struct ProviderListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the providers and whether their keys are there.",
    discussion: "Example: expert-gen provider list")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    let providers = try options.catalog().providers
    if options.json {
      let rows = providers.map { provider -> JSONValue in
        [
          "name": .string(provider.name), "wire": .string(provider.wire.rawValue),
          "base_url": .string(provider.baseURL),
          "aliases": .array(provider.aliases.map(JSONValue.string)),
          "models": .array(provider.models.map { .string($0.name) }),
          "key_variable": provider.keyVariable.map(JSONValue.string) ?? .null,
          "key": .string(KeyState(of: provider, environment: environment).rawValue),
          "origin": .string(provider.origin),
        ]
      }
      Console.out(["providers": .array(rows)])
      return
    }
    let rows = providers.map { provider in
      [
        provider.name, provider.wire.rawValue, provider.defaultModel ?? "-",
        KeyState(of: provider, environment: environment).rawValue, provider.keyVariable ?? "-",
        provider.aliases.joined(separator: ", "),
      ]
    }
    options.show(
      TableText(["NAME", "WIRE", "DEFAULT MODEL", "KEY", "VARIABLE", "ALIASES"], rows: rows))
  }
}

/// `expert-gen provider show NAME`.
struct ProviderShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a provider: endpoint, key, models, prices, limits.",
    discussion: "Example: expert-gen provider show deepseek")

  @Argument(help: "The provider's name or alias.") var name: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let provider = try options.catalog().provider(named: name)
    if options.json {
      Console.out(json(provider))
      return
    }
    let environment = ProcessInfo.processInfo.environment
    let key = KeyState(of: provider, environment: environment)
    Console.out("\(provider.name)  (\(provider.wire.rawValue), from \(provider.origin))")
    if !provider.baseURL.isEmpty { Console.out("endpoint   \(provider.baseURL)") }
    if let variable = provider.keyVariable {
      Console.out("key        \(variable): \(key.rawValue)")
      if key == .missing {
        Console.out("           export \(variable)=…, or name a private file in \(variable)_FILE")
      }
    }
    Console.out("limits     \(limits(provider.limits))")
    Console.out("structured \(provider.capabilities.structured.rawValue)")
    if provider.wire == .procedural {
      showDomains()
    } else if !provider.models.isEmpty {
      options.show(models(provider))
    }
  }

  /// What can be computed: the names that `--domain` and `--topic` take.
  private func showDomains() {
    let rows = DomainRegistry.all.map { domain in
      [domain.name, Figures.count(domain.templates.count), domain.skills.joined(separator: ", ")]
    }
    options.show(TableText(["DOMAIN", "TEMPLATES", "SKILLS"], numeric: [1], rows: rows))
  }

  /// Prices are US dollars per million tokens; what is unknown is a question mark, never 0.
  private func models(_ provider: ProviderSpec) -> TableText {
    let today = Timestamp.day(SystemClock().wallMicroseconds()).description
    let rows = provider.models.map { model -> [String] in
      let price = model.price(on: today)
      return [
        model.name, model.context.map(Figures.count) ?? "?",
        price?.input.map { Figures.decimal($0, 3) } ?? "?",
        price?.output.map { Figures.decimal($0, 3) } ?? "?", price?.date ?? "?",
        provider.modelAliases.filter { $0.model == model.name }.map(\.alias)
          .joined(separator: ", "),
      ]
    }
    return TableText(
      ["MODEL", "CONTEXT", "$/M IN", "$/M OUT", "PRICE OF", "ALIASES"], numeric: [1, 2, 3],
      rows: rows)
  }

  private func limits(_ limits: ProviderLimits) -> String {
    let parts = [
      limits.requestsPerMinute.map { "\($0) requests/min" },
      limits.tokensPerMinute.map { "\($0) tokens/min" },
      limits.concurrency.map { "\($0) in flight" },
    ]
    let known = parts.compactMap(\.self)
    return known.isEmpty ? "learned from the server" : known.joined(separator: ", ")
  }

  private static func json(_ domain: ProceduralDomain) -> JSONValue {
    [
      "name": .string(domain.name), "summary": .string(domain.summary),
      "templates": .number(Double(domain.templates.count)),
      "skills": .array(domain.skills.map(JSONValue.string)),
    ]
  }

  private func json(_ provider: ProviderSpec) -> JSONValue {
    let today = Timestamp.day(SystemClock().wallMicroseconds()).description
    let models = provider.models.map { model -> JSONValue in
      let price = model.price(on: today)
      return [
        "name": .string(model.name),
        "context": model.context.map { .number(Double($0)) } ?? .null,
        "input": price?.input.map(JSONValue.number) ?? .null,
        "output": price?.output.map(JSONValue.number) ?? .null,
        "price_date": price.map { .string($0.date) } ?? .null,
      ]
    }
    return [
      "name": .string(provider.name), "wire": .string(provider.wire.rawValue),
      "base_url": .string(provider.baseURL), "origin": .string(provider.origin),
      "key_variable": provider.keyVariable.map(JSONValue.string) ?? .null,
      "key": .string(
        KeyState(of: provider, environment: ProcessInfo.processInfo.environment).rawValue),
      "models": .array(models),
      "domains": .array(
        provider.wire == .procedural ? DomainRegistry.all.map(Self.json) : []),
    ]
  }
}
