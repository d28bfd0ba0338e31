internal import ExpertPlatform
internal import Synchronization

/// A small HTTP/1.1 server: one thread for all connections, every wait bounded, every reply written
/// by whoever has it. See Documentation/Decisions/0013 for why it is our own.
package final class HTTPServer: Sendable {
  /// Answers a request, now or later, on any thread. It is called on the server's own thread and
  /// must not keep it.
  package typealias Handler = @Sendable (ClientRequest, Responder) -> Void

  /// Where it listens; the port is the real one.
  package let address: ListeningAddress
  private let loop: HTTPLoop
  private let thread: Mutex<LoopThread?>

  /// Listens and serves. `rules` are asked for once the port is known.
  package init(
    _ address: ListeningAddress, limits: ConnectionLimits = ConnectionLimits(),
    rules: (ListeningAddress) -> AccessRules, handler: @escaping Handler
  ) throws(ServeError) {
    var address = address
    let listener = try address.listen(backlog: 512)
    self.address = address
    let loop = HTTPLoop(
      listener: listener, limits: limits, rules: rules(address), handler: handler)
    self.loop = loop
    thread = Mutex(LoopThread(name: "http") { loop.run() })
  }

  deinit { stop(grace: .zero) }

  /// `http://127.0.0.1:PORT`
  package var baseURL: String { "http://" + address.authority }

  /// Connections open now.
  package var connectionCount: Int { loop.connectionCount.load(ordering: .relaxed) }

  /// Takes no more requests, lets replies under way end within `grace`, closes everything and waits
  /// for the thread. A second call does nothing.
  package func stop(grace: Duration) {
    loop.stop(grace: grace)
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }
}
