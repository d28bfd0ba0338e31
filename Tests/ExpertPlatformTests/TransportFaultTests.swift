import ExpertLoopback
import ExpertPlatform
import Testing

/// The real transport against a real server that fails in every way we know.
@Suite struct TransportFaultTests {
  static let good = Array(#"{"choices":[{"message":{"content":"0123456789"}}]}"#.utf8)

  /// What must come of each fault.
  enum Expected: Sendable, Equatable {
    case error(HTTPTransferError)
    /// The kind of error alone: its reason is the library's wording.
    case malformed, reset
    case reply(status: Int, body: [UInt8])
  }

  static func expected(_ fault: ScriptedFault) -> Expected {
    let half = Array(good.prefix(good.count / 2))
    return switch fault {
    case .silence, .slowHead, .slowBody, .halfOpen, .endlessKeepAlive, .endlessInterimReplies:
      .error(.timeout(phase: .transfer))
    case .closeWithoutReply, .resetWithoutReply, .resetMidBody: .reset
    case .closeInHead: .error(.truncated(receivedBytes: 0))
    case .lengthTooLong: .error(.truncated(receivedBytes: good.count))
    case .truncatedChunks: .error(.truncated(receivedBytes: half.count))
    case .lengthGarbage, .unframed, .garbageChunkSize, .endlessChunkSize, .garbageStatusLine,
      .notHTTP, .badGzip, .unknownEncoding:
      .malformed
    case .hugeHeaderLine, .manyHeaders: .error(.headersTooLarge(limit: 64 << 10))
    case .hugeBody, .hugeDeclaredBody, .gzipBomb: .error(.bodyTooLarge(limit: 8 << 20))
    // HTTP cannot show that these are wrong; whoever reads the JSON must.
    case .lengthTooShort, .cutJSON: .reply(status: 200, body: half)
    case .cutGzip: .reply(status: 200, body: Array(good.prefix(24)))
    case .invalidUTF8:
      .reply(status: 200, body: half + [0xc3, 0x28, 0xff] + good.dropFirst(half.count))
    case .htmlPage:
      .reply(
        status: 502,
        body: Array(
          "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>".utf8))
    case .emptyBody: .reply(status: 200, body: [])
    case .redirect: .reply(status: 307, body: [])
    case .keepAliveThenBody: .reply(status: 200, body: [10, 10, 10] + good)
    case .gzipped, .chunkedBody, .interimReply: .reply(status: 200, body: good)
    }
  }

  static func outcome(_ result: Result<HTTPResponse, HTTPTransferError>) -> Expected {
    switch result {
    case .success(let reply): .reply(status: reply.status, body: reply.body)
    case .failure(.malformed): .malformed
    case .failure(.reset): .reset
    case .failure(let error): .error(error)
    }
  }

  @Test(arguments: ScriptedFault.allCases)
  func endsEveryFaultAsItShould(_ fault: ScriptedFault) async throws {
    let server = try ScriptedServer { _ in
      fault.reply(insteadOf: Self.good, interval: .milliseconds(40))
    }
    let transport = CurlTransport()
    var request = HTTPRequest(url: server.baseURL + "/v1/chat/completions", body: Self.good)
    let endless = Self.expected(fault) == .error(.timeout(phase: .transfer))
    request.limits.deadline = endless ? .milliseconds(700) : .seconds(20)
    let result = await result { () throws(HTTPTransferError) in try await transport.send(request) }
    #expect(Self.outcome(result) == Self.expected(fault), "\(result)")
    #expect(transport.inFlight == 0)
    if endless {
      #expect(await TransportIsolationTests.eventually { server.connectionCount == 0 })
      #expect(server.longestAbandoned < .milliseconds(1700))
    }
  }
}

/// A typed throw as a value.
func result<T: Sendable>(
  _ body: () async throws(HTTPTransferError) -> T
) async -> Result<T, HTTPTransferError> {
  do {
    return .success(try await body())
  } catch {
    return .failure(error)
  }
}
