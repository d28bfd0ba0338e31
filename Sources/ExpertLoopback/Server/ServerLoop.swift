internal import ExpertPlatform
internal import Glibc
internal import Synchronization

/// The server's thread: `epoll` over the listener and its connections, and a heap of what is due.
///
/// Unchecked: the counters and `stopping` are atomic; everything else belongs to the thread once
/// it runs.
final class ServerLoop: @unchecked Sendable {
  let connectionCount = Atomic<Int>(0)
  let acceptedCount = Atomic<Int>(0)
  let sentBytes = Atomic<Int>(0)
  let longestAbandoned = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)

  private let listener: Int32
  private let log: RequestLog?
  private let script: ScriptedServer.Script
  private let poller = SocketPoller()
  private let start = ContinuousClock.now
  private var connections: [Int32: ServerConnection] = [:]
  private var timers = TimerHeap()
  private var requestCount = 0
  private var scratch = [UInt8](repeating: 0, count: 64 << 10)

  init(listener: Int32, log: RequestLog?, script: @escaping ScriptedServer.Script) {
    self.listener = listener
    self.log = log
    self.script = script
  }

  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    poller.wake()
  }

  private var elapsed: Duration { ContinuousClock.now - start }

  func run() {
    poller.watch(listener, read: true, write: false)
    while !stopping.load(ordering: .sequentiallyConsistent) {
      for event in poller.wait(milliseconds: patience) { act(on: event.descriptor) }
      fireTimers()
    }
    for connection in Array(connections.values) { drop(connection) }
    close(listener)
  }

  private var patience: Int32 {
    guard let due = timers.nextDue else { return -1 }
    return Int32(clamping: max(0, (due - elapsed).wholeMilliseconds + 1))
  }

  private func act(on descriptor: Int32) {
    if descriptor == listener { return acceptAll() }
    guard let connection = connections[descriptor] else { return }
    readAvailable(connection)
    if !connection.closed { advance(connection) }
  }

  private func acceptAll() {
    while true {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else { return }
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      var one: Int32 = 1
      setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
      let number = acceptedCount.wrappingAdd(1, ordering: .relaxed).newValue
      connections[descriptor] = ServerConnection(descriptor: descriptor, number: number)
      connectionCount.wrappingAdd(1, ordering: .relaxed)
      poller.watch(descriptor, read: true, write: false)
    }
  }

  /// Reads what has come; the end of the stream drops the connection and any reply under way.
  private func readAvailable(_ connection: ServerConnection) {
    while true {
      let count = recv(connection.descriptor, &scratch, scratch.count, 0)
      if count > 0 {
        connection.input.append(contentsOf: scratch[..<count])
        if count < scratch.count { return }
      } else if count < 0, errno == EINTR {
        continue
      } else if count < 0, errno == EAGAIN {
        return
      } else {
        noteAbandoned(connection)
        return drop(connection)
      }
    }
  }

  /// Goes on with a connection until it must wait for the client, a timer, or forever.
  private func advance(_ connection: ServerConnection) {
    while !connection.closed {
      if connection.reply == nil {
        guard takeRequest(connection) else { return }
      }
      guard connection.reply?.waiting == false, flush(connection) else { return }
      guard nextStep(connection) else { return }
    }
  }

  /// Starts the reply to the next whole request; false when none has come.
  private func takeRequest(_ connection: ServerConnection) -> Bool {
    switch RequestParser.parse(connection.input) {
    case .incomplete: return false
    case .bad:
      connection.begin(
        ScriptedReply(
          steps: [.bytes(ScriptedReply.head(status: 400, headers: [])), .close]), index: nil)
      connection.input = []
    case .request(let head, let consumed):
      let body = Array(connection.input[head.bodyStart..<consumed])
      connection.input.removeFirst(consumed)
      let request = ReceivedRequest(
        index: requestCount, connection: connection.number, time: elapsed, method: head.method,
        path: head.path, headers: head.headers, body: body)
      requestCount += 1
      log?.received(request)
      connection.requestTime = request.time
      connection.begin(script(request), index: request.index)
    }
    return true
  }

  /// Sends what is waiting; false when the client must take some of it first.
  private func flush(_ connection: ServerConnection) -> Bool {
    while connection.sent < connection.output.count {
      let start = connection.sent
      let count = connection.output.withUnsafeBytes { bytes in
        send(
          connection.descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start,
          Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        poller.watch(connection.descriptor, read: true, write: true)
        return false
      }
      guard count > 0 else {
        drop(connection)
        return false
      }
      connection.sent += count
      sentBytes.wrappingAdd(count, ordering: .relaxed)
    }
    connection.output.removeAll(keepingCapacity: true)
    connection.sent = 0
    poller.watch(connection.descriptor, read: true, write: false)
    return true
  }

  /// Performs the next step; false when the connection now waits.
  private func nextStep(_ connection: ServerConnection) -> Bool {
    guard let action = connection.reply?.next() else {
      if let index = connection.reply?.index { log?.answered(index, at: elapsed) }
      connection.reply = nil
      return true
    }
    switch action {
    case .send(let bytes): connection.output = bytes
    case .pause(let duration):
      connection.reply?.waiting = true
      timers.insert(
        due: elapsed + duration, descriptor: connection.descriptor, connection: connection.number)
      return false
    case .hang:
      connection.reply?.waiting = true
      return false
    case .close:
      shutdown(connection.descriptor, Int32(SHUT_WR))
      drop(connection)
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection.descriptor, SOL_SOCKET, SO_LINGER, &linger,
        socklen_t(MemoryLayout<Glibc.linger>.size))
      drop(connection)
    }
    return true
  }

  private func fireTimers() {
    let now = elapsed
    while let timer = timers.popDue(now) {
      guard let connection = connections[timer.descriptor],
        connection.number == timer.connection
      else { continue }
      connection.reply?.waiting = false
      advance(connection)
    }
  }

  /// The client has left; if a reply was under way, remembers how long it had waited.
  private func noteAbandoned(_ connection: ServerConnection) {
    guard connection.reply != nil else { return }
    let waited = Int((elapsed - connection.requestTime).wholeMilliseconds)
    if waited > longestAbandoned.load(ordering: .relaxed) {
      longestAbandoned.store(waited, ordering: .relaxed)
    }
  }

  private func drop(_ connection: ServerConnection) {
    guard !connection.closed else { return }
    connection.closed = true
    poller.watch(connection.descriptor, read: false, write: false)
    connections[connection.descriptor] = nil
    close(connection.descriptor)
    connectionCount.wrappingSubtract(1, ordering: .relaxed)
  }
}
