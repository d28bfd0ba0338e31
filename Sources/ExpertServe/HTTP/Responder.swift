package import ExpertPlatform
internal import Synchronization

/// The way back to one client for one request. Any thread may use it; what it sends is written by
/// the server's own thread.
package final class Responder: Sendable {
  private enum State {
    case waiting, streaming, done
  }

  private let state = Mutex(State.waiting)
  private let gone = Atomic<Bool>(false)
  private let headers: [HTTPHeader]
  private let send: @Sendable (_ bytes: [UInt8], _ isLast: Bool) -> Void

  init(
    headers: [HTTPHeader], send: @escaping @Sendable (_ bytes: [UInt8], _ isLast: Bool) -> Void
  ) {
    self.headers = headers
    self.send = send
  }

  /// Whether the client is still there to read.
  package var isWanted: Bool { !gone.load(ordering: .relaxed) }

  /// The client has left: nothing more is sent.
  func abandon() { gone.store(true, ordering: .relaxed) }

  /// Sends a whole reply, unless one was begun.
  package func reply(
    _ status: Int = 200, _ body: [UInt8], type: String = "application/json",
    headers more: [HTTPHeader] = []
  ) {
    let first = state.withLock { state in
      defer { state = .done }
      return state == .waiting
    }
    guard first else { return }
    send(HTTPReply.whole(status, body, type: type, headers: headers + more), true)
  }

  /// Sends a refusal; a stream that was begun is broken off with it as its last event.
  package func refuse(_ refusal: HTTPRefusal) {
    let body = HTTPReply.body(refusal)
    guard state.withLock({ $0 == .streaming }) else {
      let more =
        switch refusal.status {
        case 401: [HTTPHeader("WWW-Authenticate", "Bearer")]
        case 503: [HTTPHeader("Retry-After", "1")]
        default: [HTTPHeader]()
        }
      return reply(refusal.status, body, headers: more)
    }
    event(body)
    end()
  }

  /// Begins a stream of server-sent events.
  package func stream() {
    let first = state.withLock { state in
      guard state == .waiting else { return false }
      state = .streaming
      return true
    }
    guard first else { return }
    send(HTTPReply.chunkedHead(200, type: "text/event-stream", headers: headers), false)
  }

  /// Sends one event of a stream.
  package func event(_ data: [UInt8]) {
    guard state.withLock({ $0 == .streaming }) else { return }
    send(HTTPReply.chunk(Array("data: ".utf8) + data + [10, 10]), false)
  }

  /// Ends a stream.
  package func end() {
    let wasStreaming = state.withLock { state in
      defer { state = .done }
      return state == .streaming
    }
    if wasStreaming { send(HTTPReply.lastChunk, true) }
  }
}
