import ExpertLoopback
import ExpertPlatform
import ExpertTestSupport
import Glibc
import Testing

@Suite struct SecretTests {
  static let canary = "sk-canary-0123456789abcdef"

  /// Every way in which Swift turns a value into text.
  static func texts(_ value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return "\(value)|\(String(reflecting: value))|\(String(describing: value))|\(dumped)"
      + "|\(Mirror(reflecting: value).children.map { "\($0)" })|\(String(describing: [value]))"
  }

  struct Leaky: Sendable { let text: String }

  @Test func neverShowsTheKeyInAnyText() throws {
    let secret = try Secret(Self.canary)
    let bound = try BoundSecret(secret, to: "https://api.example.com")
    let header = bound.header("Authorization", prefix: "Bearer ")
    let request = HTTPRequest(url: "https://api.example.com", secretHeaders: [header])
    for value in [secret, bound, header, request, Optional(secret) as Any, [secret]] as [Any] {
      #expect(!Self.texts(value).contains("canary"))
    }
    #expect("\(secret)" == "<redacted>")
    // The same look finds the text in a type that does not hide it.
    #expect(Self.texts(Leaky(text: Self.canary)).contains("canary"))
  }

  @Test func neverShowsTheKeyInAnError() async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("key")
    try AtomicFile.write(path, Array("\(Self.canary) \(Self.canary)".utf8), access: .owner)
    #expect(
      throws: SecretError.file(path: path, reason: SecretError.unusableCharacter.description)
    ) { try Secret(file: path) }
    let bound = try BoundSecret(Secret(Self.canary), to: "https://api.example.com")
    let elsewhere = HTTPRequest(
      url: "https://evil.example.com", secretHeaders: [bound.header("x-api-key")])
    let end = await result { () throws(HTTPTransferError) in
      try await CurlTransport().send(elsewhere)
    }
    guard case .failure(let error) = end else {
      Issue.record("a key went to another origin")
      return
    }
    #expect(
      error
        == .badRequest(
          reason: "the key is bound to https://api.example.com:443 and is not sent to "
            + "https://evil.example.com:443"))
    #expect(!Self.texts(error).contains("canary"))
  }

  @Test(arguments: [
    "http://127.0.0.1:1", "https://127.0.0.1:PORT", "http://localhost:PORT", "http://[::1]:PORT",
  ])
  func sendsTheKeyToItsOwnSchemeHostAndPortAlone(_ other: String) async throws {
    let server = try ScriptedServer.logging { _ in ScriptedReply(text: "ok") }
    let bound = try BoundSecret(Secret(Self.canary), to: server.baseURL)
    let transport = CurlTransport()
    var request = HTTPRequest(
      url: server.baseURL + "/a", secretHeaders: [bound.header("Authorization", prefix: "Bearer ")])
    _ = try await transport.send(request)
    #expect(
      server.log?.all.first?.headers.contains(
        HTTPHeader("Authorization", "Bearer \(Self.canary)")) == true)
    request.url = other.replacing("PORT", with: "\(server.port)")
    let end = await result { () throws(HTTPTransferError) in try await transport.send(request) }
    guard case .failure(.badRequest) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(server.log?.count == 1)
  }

  @Test(arguments: ["", " ", "a b", "a\n", "a\r\nX-Evil: 1", "\u{0}", "schlüssel"])
  func refusesKeysThatCannotStandInAHeader(_ text: String) {
    #expect(throws: SecretError.self) { try Secret(text) }
  }

  @Test func readsAFileOnlyWhenNobodyElseCan() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("key")
    try AtomicFile.write(path, Array("\(Self.canary)\n".utf8), access: .owner)
    #expect(try Secret(file: path) == Secret(Self.canary))
    chmod(path, 0o644)
    #expect(
      throws: SecretError.file(
        path: path, reason: "its mode is 644, so others may read it; run: chmod 600 \(path)")
    ) { try Secret(file: path) }
    #expect(throws: SecretError.file(path: folder.path, reason: "it is not a plain file")) {
      try Secret(file: folder.path)
    }
  }

  @Test func namesTheVariableThatIsMissingOrUnusable() throws {
    #expect(throws: SecretError.missing(variable: "EXPERT_TEST_NO_SUCH_KEY")) {
      try Secret(variable: "EXPERT_TEST_NO_SUCH_KEY")
    }
    setenv("EXPERT_TEST_KEY", Self.canary, 1)
    #expect(try Secret(variable: "EXPERT_TEST_KEY") == Secret(Self.canary))
    setenv("EXPERT_TEST_KEY", "two words", 1)
    #expect(
      throws: SecretError.variable(
        name: "EXPERT_TEST_KEY", reason: SecretError.unusableCharacter.description)
    ) { try Secret(variable: "EXPERT_TEST_KEY") }
    unsetenv("EXPERT_TEST_KEY")
  }
}
