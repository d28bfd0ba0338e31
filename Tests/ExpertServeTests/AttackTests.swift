import ExpertRecord
import ExpertServe
import Foundation
import Synchronization
import Testing

/// A real server with short patience, and clients that mean it ill. Beside each stands a client that
/// does the same in good order and is served.
@Suite struct AttackTests {
  /// A server that answers at once, `/stream` with a stream, and never where the path is `/never`.
  private static func server(
    _ change: (inout ConnectionLimits) -> Void = { _ in },
    onLeave: @escaping @Sendable () -> Void = {}
  ) throws -> HTTPServer {
    var limits = ConnectionLimits()
    limits.headTime = .milliseconds(400)
    limits.bodyTime = .milliseconds(400)
    limits.idleTime = .milliseconds(1500)
    limits.closingTime = .milliseconds(500)
    change(&limits)
    return try HTTPServer(
      ListeningAddress(host: "127.0.0.1", port: 0), limits: limits,
      rules: { AccessRules(hosts: $0.hosts) }
    ) { request, responder in
      switch request.path {
      case "/never":
        Thread.detachNewThread {
          while responder.isWanted { usleep(5000) }
          onLeave()
        }
      case "/flood":
        responder.stream()
        Thread.detachNewThread {
          let piece = [UInt8](repeating: 0x61, count: 64 << 10)
          for _ in 0..<2000 where responder.isWanted { responder.event(piece) }
          responder.end()
          onLeave()
        }
      default: responder.reply(200, Array("{\"bytes\":\(request.body.count)}".utf8))
      }
    }
  }

  private static func isAlive(_ server: HTTPServer) -> Bool {
    let client = RawClient(port: server.address.port)
    client.request("GET", "/")
    return client.reply()?.status == 200
  }

  @Test func aConnectionServesManyRequests() throws {
    let server = try Self.server()
    let client = RawClient(port: server.address.port)
    for size in [0, 1, 70_000, 3] {
      client.request("POST", "/", .string(String(repeating: "x", count: size)))
      #expect(client.reply()?.body == "{\"bytes\":\(size + 2)}")
    }
    client.request("GET", "/", headers: ["Connection: close"])
    #expect(client.reply()?.status == 200)
    #expect(client.isClosed())
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400), ("\u{16}\u{3}\u{1}", 400),
    ("GET / HTTP/1.0\r\n\r\n", 505),
    ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    ("GET / HTTP/1.1\r\n\r\n", 403), ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    ("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
  ])
  func malformedRequestsAreAnsweredAndLeft(_ text: String, _ status: Int) throws {
    let server = try Self.server()
    let client = RawClient(port: server.address.port)
    client.send(text)
    let reply = client.reply()
    #expect(reply?.status == status)
    #expect(reply?.json?["error"]?["message"]?.string?.isEmpty == false)
    #expect(reply?.header("Connection") == "close")
    #expect(client.isClosed())
    #expect(Self.isAlive(server))
  }

  @Test func everySingleByteChangeIsAnsweredOrLeft() throws {
    let server = try Self.server()
    let port = server.address.port
    let good = Array("GET / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nA: b\r\n\r\n".utf8)
    var statuses: Set<Int> = []
    for place in good.indices {
      for value: UInt8 in [0, 0x0A, 0x0D, 0x20, 0x3A, 0x7F, 0xFF] {
        var bytes = good
        bytes[place] = value
        let client = RawClient(port: port)
        client.send(bytes)
        // What ends no head any more is a slow client's; another test has those.
        guard place < good.count - 4 else { continue }
        statuses.insert(client.reply()?.status ?? 0)
      }
    }
    #expect(statuses.isSubset(of: [200, 400, 403, 404, 405, 505]), "\(statuses)")
    #expect(statuses.isSuperset(of: [200, 400, 403]))
    #expect(Self.isAlive(server))
  }

  @Test func aHeadThatDripsIsLeftInTime() throws {
    let server = try Self.server()
    let client = RawClient(port: server.address.port)
    let start = ContinuousClock.now
    Thread.detachNewThread {
      for byte in "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: \(String(repeating: "a", count: 60))"
        .utf8
      {
        if !client.send([byte]) { return }
        usleep(40_000)
      }
    }
    #expect(client.reply()?.status == 408)
    let waited = ContinuousClock.now - start
    #expect(waited > .milliseconds(300) && waited < .milliseconds(2000))
    #expect(Self.isAlive(server))
    // A slow client that keeps within the time is served.
    let slow = RawClient(port: server.address.port)
    for piece in ["GET / HT", "TP/1.1\r\nHost: 127.0.0.1:\(server.address.port)", "\r\n\r\n"] {
      slow.send(piece)
      usleep(60_000)
    }
    #expect(slow.reply()?.status == 200)
  }

  @Test func aBodyThatDripsIsLeftInTime() throws {
    let server = try Self.server()
    let client = RawClient(port: server.address.port)
    client.send(
      "POST / HTTP/1.1\r\nHost: 127.0.0.1:\(server.address.port)\r\nContent-Length: 100\r\n\r\nab")
    #expect(client.reply()?.status == 408)
    #expect(Self.isAlive(server))
  }

  @Test func aSilentConnectionIsClosed() throws {
    let server = try Self.server { $0.idleTime = .milliseconds(200) }
    let client = RawClient(port: server.address.port)
    let start = ContinuousClock.now
    #expect(client.isClosed())
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func connectionsBeyondTheLimitAreTurnedAway() throws {
    let server = try Self.server { $0.connections = 8 }
    let busy = (0..<8).map { _ in RawClient(port: server.address.port) }
    for client in busy { client.request("GET", "/") }
    for client in busy { #expect(client.reply()?.status == 200) }
    let ninth = RawClient(port: server.address.port)
    #expect(ninth.reply()?.status == 503)
    #expect(server.connectionCount == 8)
    withExtendedLifetime(busy) {}
  }

  @Test func slowlorisDoesNotKeepOthersOut() throws {
    let server = try Self.server { $0.connections = 64 }
    let slow = (0..<60).map { _ in RawClient(port: server.address.port) }
    for client in slow { client.send("GET / HT") }
    #expect(Self.isAlive(server))
    for client in slow { #expect(client.reply()?.status == 408) }
    #expect(Self.isAlive(server))
  }

  @Test func workForAClientThatLeftEnds() throws {
    let left = Mutex(false)
    let server = try Self.server(onLeave: { left.withLock { $0 = true } })
    do {
      let client = RawClient(port: server.address.port)
      client.request("GET", "/never")
      usleep(100_000)
      #expect(!left.withLock { $0 })
    }
    let end = ContinuousClock.now + .seconds(10)
    while !left.withLock({ $0 }), ContinuousClock.now < end { usleep(5000) }
    #expect(left.withLock { $0 })
  }

  @Test func aClientThatReadsNothingIsLeft() throws {
    let left = Mutex(false)
    let server = try Self.server {
      $0.outputBytes = 1 << 20
      $0.stallTime = .milliseconds(500)
    } onLeave: {
      left.withLock { $0 = true }
    }
    let client = RawClient(port: server.address.port)
    client.request("GET", "/flood")
    let end = ContinuousClock.now + .seconds(20)
    while server.connectionCount > 0, ContinuousClock.now < end { usleep(5000) }
    #expect(server.connectionCount == 0)
    #expect(Self.isAlive(server))
    withExtendedLifetime(client) {}
  }

  @Test func stoppingLetsAReplyEnd() throws {
    let server = try HTTPServer(
      ListeningAddress(host: "127.0.0.1", port: 0), rules: { AccessRules(hosts: $0.hosts) }
    ) { _, responder in
      Thread.detachNewThread {
        usleep(400_000)
        responder.reply(200, Array("late".utf8))
      }
    }
    let port = server.address.port
    let client = RawClient(port: port)
    client.request("GET", "/")
    usleep(100_000)
    let start = ContinuousClock.now
    server.stop(grace: .seconds(20))
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(client.reply()?.body == "late")
    #expect(RawClient(port: port).reply() == nil)
  }
}
