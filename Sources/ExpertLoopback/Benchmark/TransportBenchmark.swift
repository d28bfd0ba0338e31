internal import ExpertPlatform

/// Measures the transport: many requests in flight against a loopback server that answers each
/// after a fixed latency.
package struct TransportBenchmark: Sendable {
  /// Requests in flight at any moment.
  package var inFlight = 500
  /// Between a request and its reply.
  package var latency = Duration.milliseconds(200)
  /// Replies to receive while measuring; a tenth as many come before, as a warm-up.
  package var replies = 50_000
  /// Bytes in each reply.
  package var replyBytes = 1024
  /// Bytes in each request.
  package var requestBytes = 1024

  package init() {}

  /// What was measured. The server runs in the same process on a thread of its own, whose
  /// processor time is taken off the client's.
  package struct Report: Sendable {
    package var replies = 0
    package var failures = 0
    package var wall = Duration.zero
    /// Processor time of everything but the server's thread.
    package var clientTime = Duration.zero
    package var serverTime = Duration.zero
    /// Memory resident after the warm-up and at the end.
    package var residentBefore = 0
    package var residentAfter = 0
    package var peakResident = 0
    /// Connections that the client opened.
    package var connections = 0

    package var repliesPerSecond: Double { Double(replies) / wall.inSeconds }
    package var clientMicrosecondsPerReply: Double {
      clientTime.inSeconds * 1e6 / Double(max(1, replies))
    }
    package var serverMicrosecondsPerReply: Double {
      serverTime.inSeconds * 1e6 / Double(max(1, replies))
    }
    /// The share of one core that the client takes at 500 replies a second.
    package var coreShareAt500: Double { clientMicrosecondsPerReply * 500 / 1e6 }
    package var residentGrowth: Int { residentAfter - residentBefore }
  }

  /// Runs the benchmark.
  package func run() async throws -> Report {
    let body = [UInt8](repeating: 0x61, count: replyBytes)
    let reply = ScriptedReply(body: body).delayed(latency)
    let server = try ScriptedServer { _ in reply }
    defer { server.stop() }
    let transport = CurlTransport()
    _ = await send(max(inFlight, replies / 10), over: transport, to: server)
    return await measure(transport, server)
  }

  private func measure(_ transport: CurlTransport, _ server: ScriptedServer) async -> Report {
    var report = Report()
    let before = ResourceUsage.now()
    let serverBefore = server.processorTime
    let started = ContinuousClock.now
    report.failures = await send(replies, over: transport, to: server)
    report.wall = ContinuousClock.now - started
    let after = ResourceUsage.now()
    report.replies = replies - report.failures
    report.serverTime = server.processorTime - serverBefore
    report.clientTime = after.processTime - before.processTime - report.serverTime
    report.residentBefore = before.residentBytes
    report.residentAfter = after.residentBytes
    report.peakResident = after.peakResidentBytes
    report.connections = server.acceptedCount
    return report
  }

  /// Sends `count` requests, `inFlight` at a time; answers how many failed.
  private func send(
    _ count: Int, over transport: CurlTransport, to server: ScriptedServer
  ) async -> Int {
    let request = HTTPRequest(
      url: server.baseURL + "/v1/chat/completions",
      headers: [HTTPHeader("Content-Type", "application/json")],
      body: [UInt8](repeating: 0x62, count: requestBytes))
    let width = max(1, min(inFlight, count))
    return await withTaskGroup(of: Int.self) { group in
      for worker in 0..<width {
        let share = count / width + (worker < count % width ? 1 : 0)
        group.addTask { await Self.sendAll(share, request, replyBytes, transport) }
      }
      return await group.reduce(0, +)
    }
  }

  private static func sendAll(
    _ count: Int, _ request: HTTPRequest, _ replyBytes: Int, _ transport: CurlTransport
  ) async -> Int {
    var failures = 0
    for _ in 0..<count {
      let reply = try? await transport.send(request)
      if reply?.body.count != replyBytes { failures += 1 }
    }
    return failures
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
