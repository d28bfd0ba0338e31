package import ExpertPlatform

/// A provider that is ready to be asked, and what it turned out to be.
package struct OpenedProvider: Sendable {
  package var provider: any ModelProvider
  package var target: ProviderTarget
  /// Requests that may be in flight at once.
  package var workers: Int
}

/// What a command says about the provider it wants: `--provider --model --base-url …`.
package struct ProviderWish: Sendable, Hashable {
  package var name: String
  package var model: String?
  package var baseURL: String?
  package var maxWorkers: Int?
  package var allowPrivate: Bool
  /// Seeds the jitter of retries.
  package var seed: UInt64

  package init(
    name: String, model: String? = nil, baseURL: String? = nil, maxWorkers: Int? = nil,
    allowPrivate: Bool = false, seed: UInt64 = 0
  ) {
    self.name = name
    self.model = model
    self.baseURL = baseURL
    self.maxWorkers = maxWorkers
    self.allowPrivate = allowPrivate
    self.seed = seed
  }
}

extension ProviderCatalog {
  /// Finds the provider and model, the key in the environment, and makes what can be asked.
  ///
  /// Only local servers are talked to here, to learn which of them answers and what it serves.
  package func open(
    _ wish: ProviderWish, environment: [String: String], transport: any HTTPTransport,
    clock: any PlatformClock,
    notice: @escaping @Sendable (ProviderNotice) -> Void = { _ in }
  ) async throws(ProviderError) -> OpenedProvider {
    let local = LocalServers(transport: transport, allowPrivate: wish.allowPrivate)
    let target = try await find(wish, environment: environment, local: local)
    guard target.provider.wire != .procedural else {
      return OpenedProvider(
        provider: ProceduralProvider(), target: target,
        workers: wish.maxWorkers ?? ProceduralProvider.workers)
    }
    var options = HTTPModelProvider.Options(
      maxWorkers: wish.maxWorkers, allowPrivate: wish.allowPrivate)
    options.seed = wish.seed
    if target.provider.isLocal { options.http = .patient }
    let provider = try HTTPModelProvider(
      target: target, key: try ProviderKey.find(for: target.provider, environment: environment),
      transport: transport, clock: clock, options: options, notice: notice)
    return OpenedProvider(provider: provider, target: target, workers: provider.workers)
  }

  /// The provider and model of a wish. "local" is the first local server that answers, or the one
  /// at the base URL; a local server's model is by default the first that it lists.
  package func find(
    _ wish: ProviderWish, environment: [String: String], local: LocalServers
  ) async throws(ProviderError) -> ProviderTarget {
    if wish.name.lowercased() == "local", !providers.contains(where: { $0.name == "local" }) {
      let specs = wish.baseURL.map { [Self.anyLocalServer(at: $0)] } ?? localServers
      return try await local.first(of: specs, model: wish.model, environment: environment)
    }
    if wish.model == nil, let spec = try? provider(named: wish.name), spec.isLocal,
      spec.defaultModel == nil, spec.models.isEmpty
    {
      var moved = spec
      if let baseURL = wish.baseURL { moved.baseURL = baseURL }
      return try await local.first(of: [moved], model: nil, environment: environment)
    }
    return try resolve(provider: wish.name, model: wish.model, baseURL: wish.baseURL)
  }

  /// An OpenAI-compatible server of which nothing is known but its address.
  static func anyLocalServer(at baseURL: String) -> ProviderSpec {
    var spec = ProviderSpec(name: "local", wire: .openai)
    spec.baseURL = baseURL
    spec.isLocal = true
    spec.keyRequired = false
    spec.keyVariable = "LOCAL_API_KEY"
    spec.capabilities.structured = .jsonSchema
    spec.capabilities.seed = true
    spec.limits.concurrency = 2
    spec.origin = "--base-url"
    return spec
  }
}

extension HTTPLimits {
  /// For a server of the user's own: on a busy machine an answer takes minutes, queued behind
  /// others, and not one byte of it comes before the last token.
  package static let patient: HTTPLimits = {
    var limits = HTTPLimits()
    limits.deadline = .seconds(3600)
    limits.lowSpeedBytesPerSecond = 0
    return limits
  }()
}

/// Finds local servers by asking for their list of models.
package struct LocalServers: Sendable {
  let transport: any HTTPTransport
  let allowPrivate: Bool

  package init(transport: any HTTPTransport, allowPrivate: Bool = false) {
    self.transport = transport
    self.allowPrivate = allowPrivate
  }

  /// A server that does not answer within this is taken for absent.
  static let patience = Duration.seconds(5)

  /// The first server that answers, with the wanted model or the first that it lists.
  package func first(
    of specs: [ProviderSpec], model: String?, environment: [String: String]
  ) async throws(ProviderError) -> ProviderTarget {
    var tried: [String] = []
    for spec in specs {
      let names: [String]
      do {
        names = try await models(of: spec, environment: environment)
      } catch .exhausted(_, _, let last) {
        tried.append("\(spec.name) at \(spec.baseURL) (\(last))")
        continue
      }
      guard let name = model ?? names.first else {
        tried.append("\(spec.name) at \(spec.baseURL) (serves no model)")
        continue
      }
      return try ProviderCatalog.target(of: spec, model: name)
    }
    throw .exhausted(
      provider: "local", attempts: 0, last: tried.joined(separator: ", "))
  }

  /// The models that a server lists; `.exhausted` where it does not answer.
  package func models(
    of spec: ProviderSpec, environment: [String: String]
  ) async throws(ProviderError) -> [String] {
    guard let dialect = spec.wire.dialect else { return [] }
    let base = try spec.checkedBase(allowPrivate: allowPrivate)
    let codec = WireCodec(dialect: dialect, base: base)
    let key = try ProviderKey.find(for: spec, environment: environment)
    var limits = HTTPLimits()
    limits.connectTimeout = .seconds(2)
    limits.deadline = Self.patience
    guard let request = codec.modelsRequest(spec, key: key, limits: limits) else { return [] }
    do {
      let response = try await transport.send(request)
      guard response.status == 200, let json = WireCodec.json(response.body) else {
        let facts = ErrorBody.facts(response)
        throw ProviderError.exhausted(provider: spec.name, attempts: 1, last: facts.summary)
      }
      return dialect.modelNames(json).map { ErrorBody.clean($0) }
    } catch let error as HTTPTransferError {
      throw .exhausted(provider: spec.name, attempts: 1, last: error.description)
    } catch let error as ProviderError {
      throw error
    } catch {
      throw .exhausted(provider: spec.name, attempts: 1, last: "failed")
    }
  }
}
