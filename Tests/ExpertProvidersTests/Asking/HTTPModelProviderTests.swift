import ExpertPlatform
import ExpertProviders
import ExpertRecord
import Synchronization
import Testing

/// A provider over a scripted transport and a scripted clock.
struct Rig {
  let clock = ScriptedClock()
  let transport: ScriptedTransport
  let provider: HTTPModelProvider
  let notices = Notes<ProviderNotice>()
  let reports = Notes<AttemptReport>()

  init(
    _ name: String = "openai", model: String? = "gpt-4o", key: String? = "sk-canary-0123456789",
    options: HTTPModelProvider.Options = .init(),
    _ script: @escaping @Sendable (HTTPRequest, Int) -> Result<HTTPResponse, HTTPTransferError>
  ) throws {
    transport = ScriptedTransport { request, index in script(request, index) }
    let target = try ProviderFilesTests.catalog().resolve(provider: name, model: model)
    let bound = try key.map { try BoundSecret(Secret($0), to: target.provider.baseURL) }
    let notices = notices
    provider = try HTTPModelProvider(
      target: target, key: bound, transport: transport, clock: clock, options: options
    ) { notices.add($0) }
  }

  func ask(
    _ text: String = "Say one.", schema: JSONValue? = nil, temperature: Double? = nil,
    slot: Int = 0
  ) async throws(ProviderError) -> ModelReply {
    let reports = reports
    let request = ModelRequest(
      provider: provider.target.provider.name, model: provider.target.model.name,
      messages: [Message(role: "user", content: text)], schema: schema, maxTokens: 100,
      temperature: temperature, slot: slot)
    return try await provider.ask(request) { reports.add($0) }
  }

  /// The JSON body of a request.
  func body(_ index: Int) throws -> JSONValue {
    try JSONValue.parse(transport.requests[index].body)
  }
}

/// A list that closures may add to.
final class Notes<Element: Sendable>: Sendable {
  private let items = Mutex<[Element]>([])
  var all: [Element] { items.withLock { $0 } }
  func add(_ item: Element) { items.withLock { $0.append(item) } }
}

/// HTTP replies for scripts.
enum Reply {
  static func json(
    _ text: String, status: Int = 200, headers: [String: String] = [:]
  ) -> Result<HTTPResponse, HTTPTransferError> {
    .success(
      HTTPResponse(
        status: status, headers: headers.map { HTTPHeader($0.key, $0.value) },
        body: Array(text.utf8)))
  }

  static func openAI(_ content: String, finish: String = "stop") -> Result<
    HTTPResponse, HTTPTransferError
  > {
    let text = CanonicalJSON.text(of: .string(content))
    return json(
      """
      {"id":"c1","model":"m","choices":[{"index":0,"finish_reason":"\(finish)",
      "message":{"role":"assistant","content":\(text)}}],
      "usage":{"prompt_tokens":10,"completion_tokens":3}}
      """)
  }
}

@Suite struct HTTPModelProviderTests {
  @Test func anAnswerArrivesWithItsUsageAndOneReport() async throws {
    let rig = try Rig { _, _ in Reply.openAI("one") }
    let reply = try await rig.ask()
    #expect(reply.text == "one")
    #expect(reply.finish == .complete)
    #expect(reply.usage.input == 10 && reply.usage.output == 3)
    #expect(rig.reports.all.map(\.status) == [200])
    let sent = try #require(rig.transport.requests.first)
    #expect(sent.url == "https://api.openai.com/v1/chat/completions")
    #expect(sent.headers.allSatisfy { !$0.value.contains("canary") })
    #expect(sent.secretHeaders.map(\.name) == ["Authorization"])
  }
}
