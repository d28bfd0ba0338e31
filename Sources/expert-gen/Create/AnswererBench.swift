internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertPlatform
internal import ExpertProviders
internal import Foundation

/// The models that a job asks: found in the catalog, with their prices, opened with their keys.
struct AnswererBench {
  /// A teacher with the model behind it.
  struct Model {
    var teacher: Teacher
    var target: ProviderTarget
    var price: Price?
    /// The most output tokens that a request may be billed for.
    var maxOutput: Int
    /// `nil` in a dry run, which asks nothing and so needs no key.
    var opened: OpenedProvider?
  }

  private(set) var models: [Model] = []

  var teachers: [Teacher] { models.map(\.teacher) }

  var answerers: [Teacher: Answerer] {
    var answerers: [Teacher: Answerer] = [:]
    for model in models {
      guard let opened = model.opened else { continue }
      answerers[model.teacher] = Answerer(
        provider: opened.provider, price: model.price, workers: opened.workers,
        maxOutput: model.maxOutput)
    }
    return answerers
  }

  /// Finds the models of a recipe and its flags, and opens them unless this is a dry run.
  init(
    recipe: Recipe, answering: AnsweringOptions, options: GlobalOptions,
    clock: any PlatformClock, dryRun: Bool
  ) async throws {
    let catalog = try options.catalog()
    let transport = CurlTransport(policy: EndpointPolicy(allowPrivate: answering.allowPrivate))
    let environment = ProcessInfo.processInfo.environment
    let day = Timestamp.day(clock.wallMicroseconds()).description
    for teacher in try Self.wishes(recipe, answering, catalog) {
      let wish = ProviderWish(
        name: teacher.provider, model: teacher.model.isEmpty ? nil : teacher.model,
        baseURL: answering.baseURL, maxWorkers: answering.maxWorkers,
        allowPrivate: answering.allowPrivate, seed: recipe.seed ?? 0)
      let opened =
        dryRun
        ? nil
        : try await catalog.open(
          wish, environment: environment, transport: transport, clock: clock
        ) { options.say("note: \($0)") }
      let local = LocalServers(transport: transport, allowPrivate: answering.allowPrivate)
      let target =
        if let opened { opened.target } else {
          try await catalog.find(wish, environment: environment, local: local)
        }
      let perRequest =
        Self.tokensPerRecord * (recipe.batchSize ?? TaskResolver.defaultBatchSize)
      models.append(
        Model(
          teacher: Teacher(
            provider: target.provider.name, model: target.model.name, weight: teacher.weight),
          target: target, price: answering.price ?? target.model.price(on: day),
          maxOutput: answering.maxTokens ?? min(target.model.maxOutput ?? perRequest, perRequest),
          opened: opened))
    }
  }

  /// Room for a record of several paragraphs and the reasoning before it.
  private static let tokensPerRecord = 1_024

  /// The teachers that are wanted; a domain that can be computed needs none to be named.
  private static func wishes(
    _ recipe: Recipe, _ answering: AnsweringOptions, _ catalog: ProviderCatalog
  ) throws -> [Teacher] {
    if let provider = answering.provider {
      return [Teacher(provider: provider, model: answering.model ?? "")]
    }
    if !recipe.teachers.isEmpty { return recipe.teachers }
    if let domain = recipe.domain, DomainRegistry.all.contains(where: { $0.name == domain }) {
      return [Teacher(provider: ProceduralProvider.name, model: "")]
    }
    let names = catalog.providers.map(\.name).joined(separator: ", ")
    throw ValidationError("--provider is missing; there are local, \(names)")
  }

  /// The budget in micro-dollars. Without a price nobody could keep to it.
  func budget(_ dollars: Double?) throws -> Int64? {
    guard let dollars else { return nil }
    if let unpriced = models.first(where: { $0.price == nil }) {
      throw ValidationError(
        "--budget cannot be kept: the price of \(unpriced.target.model.name) is unknown; "
          + "say it with --price-in and --price-out")
    }
    return Int64((dollars * 1e6).rounded())
  }
}

extension AnsweringOptions {
  /// The price that the user said.
  var price: Price? {
    guard let priceIn, let priceOut else { return nil }
    return Price(
      date: "1970-01-01", source: "--price-in, --price-out", input: priceIn, output: priceOut)
  }
}
