import ExpertLoopback
import ExpertPlatform
import Testing

@Suite struct EndpointPolicyTests {
  /// An URL, and whether it passes without and with `allowPrivate`.
  static let table: [(url: String, strict: Bool, lenient: Bool)] = [
    ("https://api.example.com/v1", true, true),
    ("https://api.example.com:8443/v1", true, true),
    ("https://8.8.8.8/", true, true),
    ("https://[2606:4700::1111]/", true, true),
    ("http://api.example.com/v1", false, true),
    ("http://8.8.8.8/", false, false),
    ("http://localhost:11434/v1", true, true),
    ("http://127.0.0.1:8000/v1", true, true),
    ("http://127.9.9.9/", true, true),
    ("http://[::1]:8000/", true, true),
    ("https://localhost/", true, true),
    ("http://2130706433/", true, true),
    ("http://0x7f.1/", true, true),
    ("http://10.0.0.5:8000/", false, true),
    ("https://10.0.0.5/", false, true),
    ("http://172.16.0.1/", false, true),
    ("http://172.32.0.1/", false, false),
    ("http://192.168.1.20:1234/", false, true),
    ("http://100.64.0.1/", false, true),
    ("http://[fd12::1]/", false, true),
    ("http://[::ffff:10.0.0.1]/", false, true),
    ("https://169.254.169.254/latest/meta-data/", false, false),
    ("http://169.254.1.1/", false, false),
    ("http://2852039166/", false, false),
    ("http://[fe80::1]/", false, false),
    ("http://[fd00:ec2::254]/", false, false),
    ("http://[::ffff:169.254.169.254]/", false, false),
    ("http://[64:ff9b::a9fe:a9fe]/", false, false),
    ("https://100.100.100.200/", false, false),
    ("https://0.0.0.0/", false, false),
    ("https://[::]/", false, false),
    ("https://224.0.0.1/", false, false),
    ("https://255.255.255.255/", false, false),
    ("https://user:pass@api.example.com/", false, false),
    ("https://user@api.example.com/", false, false),
    ("ftp://api.example.com/", false, false),
    ("file:///etc/passwd", false, false),
    ("api.example.com/v1", false, false),
    ("https://", false, false),
    ("", false, false),
  ]

  @Test func judgesEveryKindOfAddress() {
    for (url, strict, lenient) in Self.table {
      #expect(Self.passes(url, allowPrivate: false) == strict, "\(url)")
      #expect(Self.passes(url, allowPrivate: true) == lenient, "\(url) with allowPrivate")
    }
  }

  static func passes(_ url: String, allowPrivate: Bool) -> Bool {
    (try? EndpointPolicy(allowPrivate: allowPrivate).admit(url: url)) != nil
  }

  @Test func saysWhatToDoAndKeepsTheQueryToItself() {
    #expect(
      throws: HTTPTransferError.refusedEndpoint(
        reason: "http://10.0.0.5:80 lies in a private network; --allow-private permits it")
    ) { try EndpointPolicy().admit(url: "http://10.0.0.5/v1?key=canary") }
  }

  @Test func refusesANameThatResolvesIntoAPrivateNetwork() async throws {
    let server = try ScriptedServer.logging { _ in ScriptedReply(text: "ok") }
    let names = ["api.example.com:\(server.port):127.0.0.1"]
    let url = "https://api.example.com:\(server.port)/"
    let strict = CurlTransport(names: names)
    await #expect(
      throws: HTTPTransferError.refusedEndpoint(
        reason: "https://api.example.com:\(server.port) lies in a private network; "
          + "--allow-private permits it")
    ) { try await strict.send(HTTPRequest(url: url)) }
    #expect(server.acceptedCount == 0)
    // The same name gets through where private networks are permitted, so the rule did it.
    let lenient = CurlTransport(policy: EndpointPolicy(allowPrivate: true), names: names)
    await #expect(throws: HTTPTransferError.self) { try await lenient.send(HTTPRequest(url: url)) }
    #expect(server.acceptedCount == 1)
  }

  @Test func refusesPlainHTTPToAPublicAddressBehindAName() async throws {
    let transport = CurlTransport(
      policy: EndpointPolicy(allowPrivate: true), names: ["models.lan:80:93.184.216.34"])
    let end = await result { () throws(HTTPTransferError) in
      try await transport.send(HTTPRequest(url: "http://models.lan/"))
    }
    guard case .failure(.refusedEndpoint) = end else {
      Issue.record("\(end)")
      return
    }
  }

  @Test func readsAnOriginAsTheConnectionDoes() throws {
    #expect(
      try Origin(url: "https://API.Example.com/v1").description == "https://api.example.com:443")
    #expect(try Origin(url: "http://0x7f.1:80/").description == "http://127.0.0.1:80")
    #expect(try Origin(url: "http://[::1]:8000/x").description == "http://[::1]:8000")
    #expect(try Origin(url: "https://a.example.") == Origin(url: "https://a.example:443/b"))
  }
}
