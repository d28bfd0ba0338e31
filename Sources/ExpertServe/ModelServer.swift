package import ExpertModel
package import ExpertPlatform

/// A base and its experts behind an OpenAI-compatible endpoint.
package final class ModelServer: Sendable {
  package struct Options: Sendable {
    package var address: ListeningAddress
    package var token: Secret?
    /// Further values of Host that mean this server, such as a name with its port.
    package var hosts: Set<String> = []
    /// Web pages that may ask.
    package var origins: Set<String> = []
    package var connections = ConnectionLimits()
    package var engine = Engine.Limits()
    package var api = ModelAPI.Limits()

    package init(address: ListeningAddress, token: Secret? = nil) {
      self.address = address
      self.token = token
    }
  }

  private let engine: Engine
  private let api: ModelAPI
  private let server: HTTPServer

  /// Starts. Throws `tokenNeeded` where others reach the address and there is no token.
  package init(
    _ base: Base, models: ServedModels, _ options: Options, pool: ThreadPool
  ) throws(ServeError) {
    guard options.address.isLoopback || options.token != nil else {
      throw .tokenNeeded(address: options.address.authority)
    }
    engine = Engine(base, limits: options.engine, pool: pool)
    api = ModelAPI(base, models: models, engine: engine, limits: options.api)
    server = try HTTPServer(
      options.address, limits: options.connections,
      rules: { address in
        AccessRules(
          hosts: address.hosts.union(options.hosts), origins: options.origins,
          token: options.token)
      }, handler: api.handler)
  }

  deinit { stop(grace: .zero) }

  /// `http://127.0.0.1:PORT`
  package var baseURL: String { server.baseURL }

  /// Connections open now.
  package var connectionCount: Int { server.connectionCount }

  /// Answers under way and waiting.
  package var jobCount: Int { engine.count }

  /// Takes no more requests, lets answers under way end within `grace`, and ends.
  package func stop(grace: Duration) {
    server.stop(grace: grace)
    api.stop()
    engine.stop()
  }
}
