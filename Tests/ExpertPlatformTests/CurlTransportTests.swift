import ExpertLoopback
import ExpertPlatform
import Testing

@Suite struct CurlTransportTests {
  @Test func bringsAWholeReplyWithItsStatusHeadersAndBody() async throws {
    let server = try ScriptedServer.logging { request in
      ScriptedReply(status: 429, headers: [HTTPHeader("Retry-After", "7")], text: request.text)
    }
    let transport = CurlTransport()
    let reply = try await transport.send(
      HTTPRequest(
        url: server.baseURL + "/v1/chat?x=1", headers: [HTTPHeader("X-Test", "a b")],
        body: Array("hello".utf8)))
    #expect(reply.status == 429)
    #expect(reply.header("retry-after") == "7")
    #expect(reply.body == Array("hello".utf8))
    let seen = try #require(server.log?.all.first)
    #expect(seen.method == "POST")
    #expect(seen.path == "/v1/chat?x=1")
    #expect(seen.headers.contains(HTTPHeader("X-Test", "a b")))
    #expect(seen.bodyDigest == SHA256.hash("hello"))
  }

  @Test func speaksEveryMethodOnOneHandle() async throws {
    let server = try ScriptedServer.logging { ScriptedReply(text: $0.method + $0.text) }
    let transport = CurlTransport()
    for (method, body, answer) in [
      ("POST", "abc", "POSTabc"), ("GET", "", "GET"), ("HEAD", "", ""), ("POST", "", "POST"),
      ("DELETE", "", "DELETE"), ("PUT", "x", "PUTx"), ("GET", "", "GET"),
    ] {
      let reply = try await transport.send(
        HTTPRequest(method: method, url: server.baseURL + "/", body: Array(body.utf8)))
      #expect(String(decoding: reply.body, as: UTF8.self) == answer)
    }
    // Seven requests; a connection that a loaded machine was slow to give back is not waited for.
    #expect(server.acceptedCount <= 2)
  }

  @Test func carriesFiveHundredTransfersAtOnce() async throws {
    let server = try ScriptedServer { request in
      ScriptedReply(text: request.path).delayed(.milliseconds(200))
    }
    let transport = CurlTransport()
    let right = await withTaskGroup(of: Bool.self) { group in
      for i in 0..<500 {
        group.addTask {
          let reply = try? await transport.send(HTTPRequest(url: server.baseURL + "/\(i)"))
          return reply?.body == Array("/\(i)".utf8)
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(right == 500)
    #expect(server.acceptedCount == 500)
    #expect(transport.inFlight == 0)
  }
}
