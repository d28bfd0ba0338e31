internal import ExpertPlatform
internal import Glibc
internal import Synchronization

/// The server's thread: `epoll` over the listener and its connections.
///
/// Unchecked: counters are atomic, `outbox` and `ending` have locks; everything else belongs to the
/// thread once it runs.
final class HTTPLoop: @unchecked Sendable {
  private struct Parcel {
    var connection: Int
    var bytes: [UInt8]
    var isLast: Bool
  }

  let connectionCount = Atomic<Int>(0)
  private let outbox = Mutex<[Parcel]>([])
  /// How long replies under way may take once the server is to stop.
  private let ending = Mutex<Duration?>(nil)
  private var lastMoment: Duration?

  private let listener: Int32
  private let limits: ConnectionLimits
  private let rules: AccessRules
  private let handler: HTTPServer.Handler
  private let poller = SocketPoller()
  private let start = ContinuousClock.now
  private var connections: [Int32: HTTPConnection] = [:]
  private var descriptors: [Int: Int32] = [:]
  private var accepted = 0
  /// Set where the system had no descriptor left: accepting again at once would spin.
  private var pausedUntil: Duration?
  private var scratch = [UInt8](repeating: 0, count: 64 << 10)

  /// Of a client that sends on while it is answered, no more than this is read.
  private static let readAhead = 64 << 10

  init(
    listener: Int32, limits: ConnectionLimits, rules: AccessRules,
    handler: @escaping HTTPServer.Handler
  ) {
    self.listener = listener
    self.limits = limits
    self.rules = rules
    self.handler = handler
  }

  func stop(grace: Duration) {
    ending.withLock { if $0 == nil { $0 = grace } }
    poller.wake()
  }

  private var elapsed: Duration { ContinuousClock.now - start }

  func run() {
    poller.watch(listener, read: true, write: false)
    while !isOver() {
      for event in poller.wait(milliseconds: patience) { act(on: event) }
      deliver()
      expire()
    }
    for connection in Array(connections.values) { drop(connection) }
    if lastMoment == nil { close(listener) }
  }

  /// Begins to end when told to, and says whether the end is there.
  private func isOver() -> Bool {
    guard let grace = ending.withLock({ $0 }) else { return false }
    if lastMoment == nil {
      lastMoment = elapsed + grace
      poller.watch(listener, read: false, write: false)
      close(listener)
    }
    for connection in Array(connections.values) {
      if !connection.isReplying && connection.pending == 0 { drop(connection) }
    }
    return connections.isEmpty || elapsed >= lastMoment ?? .zero
  }

  /// Milliseconds until something is due.
  private var patience: Int32 {
    let due =
      connections.values.compactMap(\.deadline) + [lastMoment, pausedUntil].compactMap { $0 }
    guard let first = due.min() else { return -1 }
    let wait = (first - elapsed) / .milliseconds(1)
    return Int32(max(0, min(60_000, wait.rounded(.up))))
  }

  private func act(on event: SocketPoller.Ready) {
    if event.descriptor == listener { return acceptAll() }
    guard let connection = connections[event.descriptor] else { return }
    if event.readable || event.failed { receive(connection) }
    if connections[event.descriptor] === connection, event.writable { flush(connection) }
  }

  // MARK: Coming and going

  private func acceptAll() {
    while true {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else {
        if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { pauseAccepting() }
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      prepare(descriptor)
      guard connections.count < limits.connections else {
        turnAway(descriptor)
        continue
      }
      accepted += 1
      let connection = HTTPConnection(descriptor: descriptor, number: accepted, limits: limits)
      connection.deadline = elapsed + limits.idleTime
      connections[descriptor] = connection
      descriptors[accepted] = descriptor
      connectionCount.wrappingAdd(1, ordering: .relaxed)
      poller.watch(descriptor, read: true, write: false)
    }
  }

  private func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var one: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  private func pauseAccepting() {
    pausedUntil = elapsed + .milliseconds(200)
    poller.watch(listener, read: false, write: false)
  }

  private func turnAway(_ descriptor: Int32) {
    let refusal = HTTPRefusal(
      503, "there are \(limits.connections) connections already; come again", type: "server_error",
      code: "overloaded")
    let reply = HTTPReply.whole(503, HTTPReply.body(refusal), closes: true)
    _ = reply.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    close(descriptor)
  }

  private func drop(_ connection: HTTPConnection) {
    guard connections[connection.descriptor] === connection else { return }
    if case .replying(let responder) = connection.phase { responder.abandon() }
    poller.watch(connection.descriptor, read: false, write: false)
    connections[connection.descriptor] = nil
    descriptors[connection.number] = nil
    close(connection.descriptor)
    connectionCount.wrappingSubtract(1, ordering: .relaxed)
  }

  // MARK: Reading

  /// Reads what has come; the end of the stream is the end of the client.
  private func receive(_ connection: HTTPConnection) {
    while true {
      let count = recv(connection.descriptor, &scratch, scratch.count, 0)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { break }
      guard count > 0 else { return drop(connection) }
      if !connection.isClosing { connection.reader.feed(scratch[..<count]) }
      if connection.isReplying, connection.reader.waiting > Self.readAhead { break }
      if count < scratch.count { break }
    }
    advance(connection)
    watch(connection)
  }

  /// Takes the next request, if there is a whole one and no reply under way.
  private func advance(_ connection: HTTPConnection) {
    guard !connection.isReplying, !connection.isClosing, lastMoment == nil else { return }
    switch connection.reader.next() {
    case .idle: enter(.idle, connection, limits.idleTime, isNew: connection.phase.isOther(.idle))
    case .head: enter(.head, connection, limits.headTime, isNew: connection.phase.isOther(.head))
    case .body(let asks):
      enter(.body, connection, limits.bodyTime, isNew: connection.phase.isOther(.body))
      if asks {
        connection.enqueue(HTTPReply.goOn)
        flush(connection)
      }
    case .request(let request): serve(request, connection)
    case .refusal(let refusal): refuse(refusal, connection)
    }
  }

  /// A deadline counts from the phase's beginning: bytes that trickle in win no time.
  private func enter(
    _ phase: HTTPConnection.Phase, _ connection: HTTPConnection, _ time: Duration, isNew: Bool
  ) {
    guard isNew else { return }
    connection.phase = phase
    connection.deadline = elapsed + time
  }

  private func serve(_ request: ClientRequest, _ connection: HTTPConnection) {
    if let refusal = rules.refusal(request) { return refuse(refusal, connection) }
    let headers = rules.headers(for: request)
    let number = connection.number
    let responder = Responder(headers: headers) { [weak self] bytes, isLast in
      self?.post(Parcel(connection: number, bytes: bytes, isLast: isLast))
    }
    connection.phase = .replying(responder)
    connection.deadline = nil
    connection.isAnswered = false
    connection.closesAfterReply = request.values("connection").contains {
      $0.lowercased().contains("close")
    }
    if rules.isPreflight(request) { return responder.reply(204, []) }
    handler(request, responder)
  }

  /// Says why and leaves, in good order: a connection that is torn down may lose the words.
  private func refuse(_ refusal: HTTPRefusal, _ connection: HTTPConnection) {
    connection.phase = .closing
    connection.deadline = elapsed + limits.closingTime
    let more = refusal.status == 401 ? [HTTPHeader("WWW-Authenticate", "Bearer")] : []
    connection.enqueue(
      HTTPReply.whole(refusal.status, HTTPReply.body(refusal), headers: more, closes: true))
    flush(connection)
  }

  // MARK: Writing

  private func post(_ parcel: Parcel) {
    outbox.withLock { $0.append(parcel) }
    poller.wake()
  }

  /// Hands what others have written to the connections.
  private func deliver() {
    let parcels = outbox.withLock { parcels in
      defer { parcels = [] }
      return parcels
    }
    var touched: [HTTPConnection] = []
    for parcel in parcels {
      guard let descriptor = descriptors[parcel.connection],
        let connection = connections[descriptor]
      else { continue }
      if connection.pending == 0 { connection.deadline = elapsed + limits.stallTime }
      connection.enqueue(parcel.bytes)
      connection.isAnswered = connection.isAnswered || parcel.isLast
      if touched.last !== connection { touched.append(connection) }
    }
    for connection in touched { flush(connection) }
  }

  /// Sends what waits, and goes on to the next request when a reply is out.
  private func flush(_ connection: HTTPConnection) {
    guard connections[connection.descriptor] === connection else { return }
    while connection.pending > 0 {
      let count = connection.withPending {
        send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { break }
      guard count > 0 else { return drop(connection) }
      connection.took(count)
      if connection.isReplying { connection.deadline = elapsed + limits.stallTime }
    }
    guard connection.pending <= limits.outputBytes else { return drop(connection) }
    if connection.pending == 0 { finishReply(connection) }
    if connections[connection.descriptor] === connection { watch(connection) }
  }

  private func finishReply(_ connection: HTTPConnection) {
    if connection.isClosing {
      shutdown(connection.descriptor, Int32(SHUT_WR))
      return
    }
    guard connection.isReplying else { return }
    guard connection.isAnswered else {
      connection.deadline = nil
      return
    }
    guard !connection.closesAfterReply else {
      connection.phase = .closing
      connection.deadline = elapsed + limits.closingTime
      shutdown(connection.descriptor, Int32(SHUT_WR))
      return
    }
    connection.phase = .idle
    connection.deadline = elapsed + limits.idleTime
    advance(connection)
  }

  private func watch(_ connection: HTTPConnection) {
    guard connections[connection.descriptor] === connection else { return }
    let isFull = connection.isReplying && connection.reader.waiting > Self.readAhead
    poller.watch(connection.descriptor, read: !isFull, write: connection.pending > 0)
  }

  // MARK: Time

  private func expire() {
    let now = elapsed
    if let due = pausedUntil, due <= now {
      pausedUntil = nil
      if lastMoment == nil { poller.watch(listener, read: true, write: false) }
    }
    for connection in Array(connections.values) {
      guard let due = connection.deadline, due <= now else { continue }
      switch connection.phase {
      case .head, .body:
        refuse(HTTPRefusal(408, "the request took too long to come"), connection)
      case .idle, .closing, .replying: drop(connection)
      }
    }
  }
}

extension HTTPConnection.Phase {
  fileprivate func isOther(_ phase: HTTPConnection.Phase) -> Bool {
    switch (self, phase) {
    case (.idle, .idle), (.head, .head), (.body, .body): false
    default: true
    }
  }
}
