import ExpertPlatform
import ExpertServe
import Testing

@Suite struct RequestReaderTests {
  private static let good =
    "POST /v1/x?y=1 HTTP/1.1\r\nHost: a:1\r\nContent-Length: 3\r\nX-A:  b c \r\n\r\nabc"

  private static func read(_ text: String, _ limits: ConnectionLimits = .init())
    -> RequestReader.Outcome
  {
    var reader = RequestReader(limits)
    reader.feed(text.utf8)
    return reader.next()
  }

  @Test func aRequestIsReadWholeFromAnyPieces() {
    let expected = RequestReader.Outcome.request(
      ClientRequest(
        method: "POST", path: "/v1/x",
        headers: [
          HTTPHeader("Host", "a:1"), HTTPHeader("Content-Length", "3"), HTTPHeader("X-A", "b c"),
        ], body: Array("abc".utf8)))
    #expect(Self.read(Self.good) == expected)
    for size in 1...7 {
      var reader = RequestReader(ConnectionLimits())
      var outcomes: [RequestReader.Outcome] = []
      let bytes = Array(Self.good.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        reader.feed(bytes[start..<min(start + size, bytes.count)])
        outcomes.append(reader.next())
      }
      #expect(outcomes.last == expected)
      #expect(
        outcomes.dropLast().allSatisfy { $0 == .head || $0 == .body(asksToContinue: false) })
      #expect(reader.next() == .idle)
    }
  }

  @Test func requestsBehindEachOtherComeOneByOne() {
    var reader = RequestReader(ConnectionLimits())
    reader.feed((Self.good + Self.good + "GET /").utf8)
    guard case .request = reader.next(), case .request = reader.next() else {
      Issue.record("two whole requests were fed")
      return
    }
    #expect(reader.next() == .head)
  }

  /// What is no HTTP/1.1 request, with the status that says so.
  static let bad: [(String, Int)] = [
    ("\u{16}\u{3}\u{1}\u{2}", 400), (" GET / HTTP/1.1\r\n\r\n", 400),
    ("\r\nGET / HTTP/1.1\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
    ("GET  / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1 x\r\n\r\n", 400),
    ("get / HTTP/1.1\r\n\r\n", 400), ("GET http://a/ HTTP/1.1\r\n\r\n", 400),
    ("GET * HTTP/1.1\r\n\r\n", 400), ("GET /\u{7f} HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.0\r\n\r\n", 505), ("GET / HTTP/2\r\n\r\n", 505),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505), ("GET / http/1.1\r\n\r\n", 505),
    ("GET / HTTP/1.1\r\nHost\r\n\r\n", 400), ("GET / HTTP/1.1\r\n: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nA : x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: x\r\n b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nA: x\nB: y\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: x\rB\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nA: x\u{0}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nÄ: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    ("GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n", 413),
    ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    ("GET / HTTP/1.1\r\nTransfer-Encoding: x\r\nContent-Length: 1\r\n\r\na", 411),
    ("GET / HTTP/1.1\r\nExpect: more\r\n\r\n", 417),
  ]

  @Test(arguments: bad.indices) func whatIsNoRequestIsRefused(_ index: Int) {
    let (text, status) = Self.bad[index]
    guard case .refusal(let refusal) = Self.read(text) else {
      Issue.record("\(text) was not refused: \(Self.read(text))")
      return
    }
    #expect(refusal.status == status, "\(text): \(refusal.message)")
  }

  @Test func limitsHoldAtTheirByte() {
    var limits = ConnectionLimits()
    limits.headBytes = 40
    limits.bodyBytes = 4
    limits.headers = 2
    func status(_ text: String) -> Int? {
      if case .refusal(let refusal) = Self.read(text, limits) { refusal.status } else { nil }
    }
    let head = "GET / HTTP/1.1\r\nA: "
    #expect(status(head + String(repeating: "x", count: 21) + "\r\n\r\n") == nil)
    #expect(status(head + String(repeating: "x", count: 22) + "\r\n\r\n") == 431)
    #expect(status(head + String(repeating: "x", count: 30)) == 431)
    #expect(status("GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd") == nil)
    #expect(status("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde") == 413)
    limits.headBytes = 1000
    #expect(status("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n") == nil)
    #expect(status("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n") == 431)
  }

  @Test func aClientMayAskBeforeItSends() {
    var reader = RequestReader(ConnectionLimits())
    reader.feed("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n".utf8)
    #expect(reader.next() == .body(asksToContinue: true))
    #expect(reader.next() == .body(asksToContinue: false))
    reader.feed([0x61])
    guard case .request(let request) = reader.next() else {
      Issue.record("the body has come")
      return
    }
    #expect(request.body == [0x61])
  }
}

@Suite struct AccessRulesTests {
  private static func status(
    _ rules: AccessRules, _ headers: [(String, String)], path: String = "/v1/models",
    method: String = "GET"
  ) -> Int? {
    rules.refusal(
      ClientRequest(
        method: method, path: path, headers: headers.map { HTTPHeader($0.0, $0.1) }))?.status
  }

  private static func rules(token: String? = nil, origins: Set<String> = []) throws -> AccessRules {
    let address = try ListeningAddress(host: "127.0.0.1", port: 8642)
    return AccessRules(
      hosts: address.hosts, origins: origins, token: try token.map { try Secret($0) })
  }

  @Test(arguments: [
    ("127.0.0.1:8642", true), ("localhost:8642", true), ("LOCALHOST:8642", true),
    ("[::1]:8642", true), ("127.0.0.1", false), ("127.0.0.1:80", false),
    ("evil.example:8642", false), ("127.0.0.1.evil.example:8642", false), ("", false),
    ("localhost:8642.evil", false), ("127.0.0.2:8642", false),
  ])
  func onlyTheServersOwnNamesAreServed(_ host: String, _ isServed: Bool) throws {
    #expect((Self.status(try Self.rules(), [("Host", host)]) == nil) == isServed)
  }

  @Test func aMissingOrSecondHostIsRefused() throws {
    let rules = try Self.rules()
    #expect(Self.status(rules, []) == 403)
    let own = ("Host", "localhost:8642")
    #expect(Self.status(rules, [own, own]) == 403)
    #expect(Self.status(rules, [own, ("host", "evil.example")]) == 403)
  }

  @Test func pagesOfOtherOriginsAreRefusedUnlessPermitted() throws {
    let own = ("Host", "localhost:8642")
    let page = ("Origin", "http://localhost:3000")
    let foreign = ("Sec-Fetch-Site", "cross-site")
    #expect(Self.status(try Self.rules(), [own, page]) == 403)
    #expect(Self.status(try Self.rules(), [own, ("Origin", "null")]) == 403)
    #expect(Self.status(try Self.rules(), [own, foreign]) == 403)
    #expect(Self.status(try Self.rules(), [own, ("Sec-Fetch-Site", "same-site")]) == 403)
    #expect(Self.status(try Self.rules(), [own, ("Sec-Fetch-Site", "none")]) == nil)
    let open = try Self.rules(origins: ["http://localhost:3000"])
    #expect(Self.status(open, [own, page, foreign]) == nil)
    #expect(Self.status(open, [own, page, ("Origin", "http://evil.example")]) == 403)
    #expect(Self.status(open, [own, ("Origin", "http://localhost:3001")]) == 403)
  }

  @Test(arguments: [
    ("Bearer secret-token", true), ("bearer secret-token", true), ("Bearer secret-toke", false),
    ("Bearer secret-tokenx", false), ("Bearer Secret-token", false), ("Bearer ", false),
    ("secret-token", false), ("Basic secret-token", false), ("", false),
  ])
  func theTokenMustBeTheWholeOne(_ value: String, _ isServed: Bool) throws {
    let rules = try Self.rules(token: "secret-token")
    let own = ("Host", "localhost:8642")
    #expect((Self.status(rules, [own, ("Authorization", value)]) == nil) == isServed)
    #expect(Self.status(rules, [own]) == 401)
    #expect(Self.status(rules, [own], path: "/health") == nil)
    let twice = [own, ("Authorization", value), ("Authorization", "Bearer secret-token")]
    #expect(Self.status(rules, twice) == 401)
  }

  @Test func onlyNumbersAreAddresses() throws {
    for host in ["example.com", "", "256.1.1.1", "127.0.0.1:80", "localhost.evil"] {
      #expect(throws: ServeError.badAddress(host)) { try ListeningAddress(host: host, port: 1) }
    }
    #expect(throws: ServeError.badPort(70000)) {
      try ListeningAddress(host: "127.0.0.1", port: 70000)
    }
    #expect(try ListeningAddress(host: "localhost", port: 1).isLoopback)
    #expect(try ListeningAddress(host: "::1", port: 1).isLoopback)
    #expect(try !ListeningAddress(host: "0.0.0.0", port: 1).isLoopback)
    #expect(try !ListeningAddress(host: "::", port: 1).isLoopback)
  }
}
