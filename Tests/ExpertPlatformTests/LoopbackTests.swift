import ExpertLoopback
import ExpertPlatform
import ExpertTestSupport
import Foundation
import Testing

@Suite struct ScriptedServerTests {
  @Test func writesWhatItSawAndAnsweredToAFileWithoutTheKey() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("server.log")
    let server = try ScriptedServer(log: RequestLog(path: path)) { request in
      request.path == "/good" ? ScriptedReply(text: "ok") : ScriptedReply(steps: [.close])
    }
    let transport = CurlTransport()
    let bound = try BoundSecret(Secret("sk-canary"), to: server.baseURL)
    for name in ["/good", "/bad"] {
      _ = try? await transport.send(
        HTTPRequest(
          method: "POST", url: server.baseURL + name, secretHeaders: [bound.header("x-api-key")],
          body: Array("abc".utf8)))
    }
    server.stop()
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.filter { $0[0] == "request" && $0[4] == "/good" }.count == 1)
    #expect(lines.filter { $0[0] == "answered" }.count == 1)
    #expect(lines.first?.last == SHA256.hash("abc").hex)
    #expect(!text.contains("canary"))
    #expect(server.log?.all.first?.answered == true)
    #expect(server.log?.all.last?.answered == false)
  }

  @Test func holdsAThousandConnectionsAtOnce() async throws {
    let server = try ScriptedServer { _ in ScriptedReply(text: "ok").delayed(.milliseconds(300)) }
    let transport = CurlTransport()
    let right = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<1000 {
        group.addTask { (try? await transport.send(HTTPRequest(url: server.baseURL))) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(right == 1000)
    #expect(server.acceptedCount == 1000)
  }
}

@Suite struct ScriptedTransportTests {
  @Test func replaysItsScriptAndRemembersWhatWasAsked() async throws {
    let transport = ScriptedTransport([
      .success(HTTPResponse(status: 200, headers: [], body: [1])),
      .failure(.timeout(phase: .transfer)),
    ])
    #expect(try await transport.send(HTTPRequest(url: "https://a.example/1")).body == [1])
    await #expect(throws: HTTPTransferError.timeout(phase: .transfer)) {
      try await transport.send(HTTPRequest(url: "https://a.example/2"))
    }
    await #expect(throws: HTTPTransferError.reset(reason: "the script has no more replies")) {
      try await transport.send(HTTPRequest(url: "https://a.example/3"))
    }
    #expect(transport.requests.map(\.url.last) == ["1", "2", "3"])
  }
}

@Suite struct DialectScriptTests {
  /// One request per wire format, and where the answer's text stands in the reply.
  @Test func answersInTheShapeThatBelongsToThePath() async throws {
    let server = try ScriptedServer(DialectScript.answering { DialectAnswer("re: " + $0.prompt) })
    let transport = CurlTransport()
    let openAI = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
    let gemini = #"{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}"#
    for (path, body) in [
      ("/v1/chat/completions", openAI), ("/v1/messages", openAI),
      ("/v1beta/models/m:generateContent", gemini),
    ] {
      let reply = try await transport.send(
        HTTPRequest(url: server.baseURL + path, body: Array(body.utf8)))
      #expect(reply.status == 200)
      #expect(String(decoding: reply.body, as: UTF8.self).contains(#""re: hi""#))
    }
    let lost = try await transport.send(HTTPRequest(url: server.baseURL + "/nowhere"))
    #expect(lost.status == 404)
    let models = try await transport.send(
      HTTPRequest(method: "GET", url: server.baseURL + "/v1/models"))
    #expect(String(decoding: models.body, as: UTF8.self).contains("scripted-1"))
  }

  @Test func knowsEveryBillingCode() {
    let counts = Dialect.allCases.map { ($0, $0.billingErrors.count) }
    #expect(counts.map(\.1) == [5, 3, 1, 1, 0, 0, 0])
    #expect(counts.count == 7)
  }
}
