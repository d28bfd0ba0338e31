import ExpertLoopback
import ExpertPlatform
import Glibc
import Testing

/// What one transfer may not do to another, to its caller, or to a server that nobody asked for.
@Suite struct TransportIsolationTests {
  /// Waits until `condition` holds, for at most three seconds.
  static func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<300 {
      if condition() { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return condition()
  }

  static func send(
    _ transport: CurlTransport, _ url: String, deadline: Duration = .seconds(20)
  ) async -> Result<Int, HTTPTransferError> {
    var request = HTTPRequest(url: url)
    request.limits.deadline = deadline
    return await status(of: request, over: transport)
  }

  /// How a request ended: its reply's status, or the error.
  static func status(
    of request: HTTPRequest, over transport: CurlTransport
  ) async -> Result<Int, HTTPTransferError> {
    await result { () throws(HTTPTransferError) in try await transport.send(request).status }
  }

  @Test func stalledTransfersFreeTheirSlotsAndHarmNoOthers() async throws {
    let server = try ScriptedServer { request in
      request.path == "/stalled"
        ? ScriptedReply(steps: [.silence]) : ScriptedReply(text: "ok").delayed(.milliseconds(20))
    }
    let transport = CurlTransport()
    async let good = withTaskGroup(of: Bool.self) { group in
      for _ in 0..<10 {
        group.addTask {
          for _ in 0..<10 {
            guard case .success = await Self.send(transport, server.baseURL + "/good") else {
              return false
            }
          }
          return true
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 10 : 0) }
    }
    let stalled = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<50 {
        group.addTask {
          let url = server.baseURL + "/stalled"
          let end = await Self.send(transport, url, deadline: .milliseconds(600))
          return end == .failure(.timeout(phase: .transfer))
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(stalled == 50)
    #expect(await good == 100)
    #expect(transport.inFlight == 0)
    #expect(await Self.eventually { server.longestAbandoned > .zero })
    #expect(server.longestAbandoned < .milliseconds(1600))
  }

  @Test func keepsNoConnectionOfATransferThatWasCutOff() async throws {
    let server = try ScriptedServer { _ in ScriptedReply(steps: [.silence]) }
    let transport = CurlTransport()
    _ = await Self.send(transport, server.baseURL, deadline: .milliseconds(100))
    #expect(await Self.eventually { server.connectionCount == 0 && server.acceptedCount == 1 })
  }

  @Test func cancellingTheTaskEndsTheTransferAtOnce() async throws {
    let server = try ScriptedServer.logging { _ in ScriptedReply(steps: [.silence]) }
    let transport = CurlTransport()
    let task = Task { await Self.send(transport, server.baseURL) }
    #expect(await Self.eventually { server.log?.count == 1 })
    task.cancel()
    #expect(await task.value == .failure(.cancelled))
    #expect(await Self.eventually { server.connectionCount == 0 })
  }

  @Test func aTaskCancelledBeforehandSendsNothing() async throws {
    let server = try ScriptedServer.logging { _ in ScriptedReply(text: "ok") }
    let transport = CurlTransport()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await Self.send(transport, server.baseURL)
    }
    task.cancel()
    #expect(await task.value == .failure(.cancelled))
    #expect(server.log?.count == 0)
  }

  @Test func shuttingDownEndsWhatIsInFlightAndRefusesTheRest() async throws {
    let server = try ScriptedServer.logging { _ in ScriptedReply(steps: [.silence]) }
    let transport = CurlTransport()
    let task = Task { await Self.send(transport, server.baseURL) }
    #expect(await Self.eventually { server.log?.count == 1 })
    transport.shutdown()
    #expect(await task.value == .failure(.cancelled))
    #expect(await Self.send(transport, server.baseURL) == .failure(.cancelled))
  }

  @Test func aRedirectIsAReplyAndTheOtherHostIsNeverAsked() async throws {
    let other = try ScriptedServer.logging { _ in ScriptedReply(text: "stolen") }
    let server = try ScriptedServer { _ in
      ScriptedFault.redirect.reply(insteadOf: [], elsewhere: other.baseURL + "/take")
    }
    let reply = try await CurlTransport().send(HTTPRequest(url: server.baseURL))
    #expect(reply.status == 307)
    #expect(reply.header("location") == other.baseURL + "/take")
    #expect(other.log?.count == 0)
  }

  @Test(arguments: [ScriptedFault.hugeHeaderLine, .manyHeaders, .hugeBody, .hugeDeclaredBody])
  func stopsReadingSoonAfterALimitIsPassed(_ fault: ScriptedFault) async throws {
    let server = try ScriptedServer { _ in fault.reply(insteadOf: []) }
    let transport = CurlTransport()
    _ = await Self.send(transport, server.baseURL)
    #expect(await Self.eventually { server.connectionCount == 0 })
    // The limits and what the sockets' buffers hold; the replies are 50 MB to 1 TB long.
    #expect(server.sentBytes < 24 << 20)
  }

  @Test func aConnectionThatNobodyAcceptsEndsAtTheConnectTimeout() async throws {
    let full = try FullListener()
    let transport = CurlTransport()
    var request = HTTPRequest(url: "http://127.0.0.1:\(full.port)/")
    request.limits.connectTimeout = .milliseconds(300)
    let end = await Self.status(of: request, over: transport)
    #expect(end == .failure(.timeout(phase: .connect)))
  }

  @Test func aSlowReplyIsCutOffByTheLowSpeedLimit() async throws {
    let server = try ScriptedServer { _ in
      ScriptedFault.slowBody.reply(insteadOf: [UInt8](repeating: 0x61, count: 100))
    }
    let transport = CurlTransport()
    var request = HTTPRequest(url: server.baseURL)
    request.limits.lowSpeedBytesPerSecond = 1000
    request.limits.lowSpeedTime = .seconds(1)
    let end = await Self.status(of: request, over: transport)
    #expect(end == .failure(.timeout(phase: .lowSpeed)))
  }

  @Test func namesTheCauseWhenThereIsNoServerAndWhenItSpeaksNoTLS() async throws {
    let server = try ScriptedServer { _ in ScriptedReply(text: "ok") }
    let port = server.port
    let transport = CurlTransport()
    guard case .failure(.tls) = await Self.send(transport, "https://127.0.0.1:\(port)/") else {
      Issue.record("plain HTTP passed for TLS")
      return
    }
    server.stop()
    guard case .failure(.connect) = await Self.send(transport, "http://127.0.0.1:\(port)/") else {
      Issue.record("a closed port accepted a connection")
      return
    }
  }

  @Test func sendsNoHeaderThatCouldSmuggleAnother() async throws {
    let server = try ScriptedServer.logging { _ in ScriptedReply(text: "ok") }
    let transport = CurlTransport()
    for header in [HTTPHeader("X-A", "1\r\nX-B: 2"), HTTPHeader("X A", "1"), HTTPHeader("", "1")] {
      let request = HTTPRequest(url: server.baseURL, headers: [header])
      let end = await Self.status(of: request, over: transport)
      guard case .failure(.badRequest) = end else {
        Issue.record("\(header) passed")
        continue
      }
    }
    #expect(server.log?.count == 0)
  }
}

/// A listening socket whose queue is full, so that the system answers no further connection.
final class FullListener {
  let port: Int
  private var descriptors: [Int32] = []

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    descriptors.append(listener)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        guard bind(listener, generic, size) == 0, listen(listener, 0) == 0,
          getsockname(listener, generic, &size) == 0
        else { return 0 }
        return Int(pointer.pointee.sin_port.bigEndian)
      }
    }
    try #require(port > 0)
    self.port = port
    for _ in 0..<4 {
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
      descriptors.append(client)
      _ = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, size) }
      }
    }
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}
