import ExpertPlatform
import ExpertProviders
import ExpertRecord
import Synchronization
import Testing

/// What a provider does about bad replies, over a scripted transport.
@Suite struct AskingTests {
  // MARK: bad replies

  @Test func aBlankAnswerIsAskedForAgain() async throws {
    let rig = try Rig { _, index in Reply.openAI(index < 2 ? " \n" : "one") }
    #expect(try await rig.ask().text == "one")
    #expect(rig.reports.all.map { $0.error != nil } == [true, true, false])
    // The blank answers were billed: their tokens are reported.
    #expect(rig.reports.all.map { $0.usage?.output } == [3, 3, 3])
  }

  @Test(arguments: [
    "", "<html><title>502</title></html>", #"{"choices":[{"message""#, "null", "{}",
    #"{"choices":[{"finish_reason":"insufficient_system_resource","message":{"content":"par"}}]}"#,
    #"{"choices":[{"finish_reason":"stop","message":{"content":"a","content":"b"}}]}"#,
  ])
  func aProviderThatLiesIsAskedAgainAndThenReported(body: String) async throws {
    let rig = try Rig { _, _ in Reply.json(body) }
    let error = await #expect(throws: ProviderError.self) { try await rig.ask() }
    guard case .exhausted("openai", 6, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(rig.transport.requests.count == 6)
    #expect(rig.reports.all.allSatisfy { $0.error?.isEmpty == false })
  }

  @Test(arguments: [
    (
      #"{"choices":[{"finish_reason":"length","message":{"content":"cut"}}]}"#,
      FinishReason.truncated
    ),
    (#"{"choices":[{"finish_reason":"content_filter","message":{"content":""}}]}"#, .filtered),
    (#"{"choices":[{"finish_reason":"stop","message":{"refusal":"no"}}]}"#, .refused),
  ])
  func answersThatAreNoRecordsComeBackAtOnce(body: String, finish: FinishReason) async throws {
    let rig = try Rig { _, _ in Reply.json(body) }
    #expect(try await rig.ask().finish == finish)
    #expect(rig.transport.requests.count == 1)
  }

  @Test func aContextOverflowIsNotAskedAgain() async throws {
    let rig = try Rig { _, _ in
      Reply.json(
        #"{"error":{"code":"context_length_exceeded","message":"too long"}}"#, status: 400)
    }
    await #expect(
      throws: ProviderError.rejected(provider: "openai", status: 400, message: "too long")
    ) { try await rig.ask() }
    #expect(rig.transport.requests.count == 1)
  }

  @Test func aStructuredAnswerIsCheckedWhateverWasPromised() async throws {
    let schema: JSONValue = [
      "type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"],
    ]
    let good = try Rig { _, _ in Reply.openAI(#"{"a":1}"#) }
    #expect(try await good.ask(schema: schema).schemaProblems == [])
    let bad = try Rig { _, _ in Reply.openAI(#"{"a":"one"}"#) }
    #expect(
      try await bad.ask(schema: schema).schemaProblems == ["$.a: expected integer, found string"])
  }

  @Test func aServerOfOnesOwnMayBeSilentForLongAndAProviderMayNot() async throws {
    let transport = ScriptedTransport { request, _ in
      request.method == "GET"
        ? Reply.json(#"{"object":"list","data":[{"id":"a.gguf"}]}"#) : Reply.openAI("one")
    }
    for (name, key) in [("local", ""), ("deepseek", "DEEPSEEK_API_KEY")] {
      let opened = try await ProviderFilesTests.catalog().open(
        ProviderWish(name: name), environment: [key: "sk-canary-0123456789"],
        transport: transport, clock: SystemClock())
      let request = ModelRequest(
        provider: opened.target.provider.name, model: opened.target.model.name,
        messages: [Message(role: "user", content: "hi")])
      _ = try await opened.provider.ask(request) { _ in }
    }
    let asked = transport.requests.filter { $0.method == "POST" }.map(\.limits)
    #expect(asked.map(\.lowSpeedBytesPerSecond) == [0, 1])
    #expect(asked.map(\.deadline) == [.seconds(3600), .seconds(300)])
  }

  // MARK: refused parameters

  @Test(arguments: [
    #"{"error":{"message":"Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}"#,
    #"{"error":{"message":"`temperature` is deprecated for this model.","type":"invalid_request_error"}}"#,
    #"{"message":"invalid temperature: only 1 is allowed for this model","type":"invalid_request_error"}"#,
  ])
  func aRefusedParameterIsDroppedRememberedAndSaidOnce(refusal: String) async throws {
    let rig = try Rig { request, _ in
      String(decoding: request.body, as: UTF8.self).contains("temperature")
        ? Reply.json(refusal, status: 400) : Reply.openAI("one")
    }
    for slot in 0..<3 {
      #expect(try await rig.ask(temperature: 0.7, slot: slot).text == "one")
    }
    #expect(rig.transport.requests.count == 4)
    #expect(rig.notices.all.count == 1)
    guard case .dropped("gpt-4o", "temperature", _)? = rig.notices.all.first else {
      Issue.record("\(rig.notices.all)")
      return
    }
  }

  @Test func theOtherNameOfTheLimitIsLearned() async throws {
    let rig = try Rig { request, _ in
      String(decoding: request.body, as: UTF8.self).contains("max_completion_tokens")
        ? Reply.json(
          #"{"error":{"message":"Unsupported parameter: 'max_completion_tokens'. Use 'max_tokens' instead.","code":"unsupported_parameter","param":"max_completion_tokens"}}"#,
          status: 400) : Reply.openAI("one")
    }
    #expect(try await rig.ask().text == "one")
    #expect(try rig.body(1)["max_tokens"] == 100)
  }

  @Test func aFormatThatIsRefusedIsWeakenedStepByStep() async throws {
    let rig = try Rig { request, _ in
      String(decoding: request.body, as: UTF8.self).contains("response_format")
        ? Reply.json(
          #"{"error":{"message":"response_format is not supported by this model"}}"#, status: 400)
        : Reply.openAI(#"{"a":1}"#)
    }
    let reply = try await rig.ask(
      schema: ["type": "object", "properties": ["a": ["type": "integer"]]])
    #expect(reply.schemaProblems == [])
    #expect(rig.transport.requests.count == 3)
    #expect(try rig.body(1)["response_format"]?["type"] == "json_object")
    #expect(try rig.body(2)["messages"]?[0]?["content"]?.string?.contains("JSON Schema") == true)
  }

  @Test func aComplaintAboutSomethingElseIsNotTakenForARefusedParameter() async throws {
    let rig = try Rig { _, _ in
      Reply.json(#"{"error":{"message":"messages must not be empty"}}"#, status: 400)
    }
    await #expect(throws: ProviderError.self) { try await rig.ask(temperature: 0.5) }
    #expect(rig.transport.requests.count == 1 && rig.notices.all.isEmpty)
  }

  // MARK: money, keys, cancelling

  @Test func wantOfMoneyKeepsTheAnswersOfOthers() async throws {
    let rig = try Rig(options: .init(maxWorkers: 4)) { _, index in
      index == 2
        ? Reply.json(#"{"error":{"code":"insufficient_quota","message":"empty"}}"#, status: 429)
        : Reply.openAI("one")
    }
    let results = await withTaskGroup(of: Result<ModelReply, ProviderError>.self) { group in
      for slot in 0..<20 {
        group.addTask {
          do throws(ProviderError) {
            return .success(try await rig.ask(slot: slot))
          } catch {
            return .failure(error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let good = results.count { (try? $0.get()) != nil }
    let billing = results.count {
      if case .failure(.billing) = $0 { true } else { false }
    }
    #expect(good >= 2 && billing >= 1 && good + billing == 20)
    #expect(rig.transport.requests.count == good + 1)
    await #expect(throws: ProviderError.self) { try await rig.ask() }
  }

  static let canary = "sk-canary-9f8e7d6c5b4a39281706"

  @Test(arguments: [401, 400, 429, 500, 200, 402])
  func theKeyAppearsNowhereEvenWhenTheServerQuotesIt(status: Int) async throws {
    let canary = Self.canary
    let rig = try Rig(key: canary, options: .init(maxWorkers: 1)) { _, index in
      if index > 3 { return .failure(.connect(reason: "done")) }
      return Reply.json(
        #"{"error":{"message":"key \#(canary) is wrong","code":"\#(canary)","type":"x"}}"#,
        status: status,
        headers: ["x-request-id": "req-\(canary)", "x-echo": canary, "retry-after": "1"])
    }
    var seen = ""
    do {
      _ = try await rig.ask()
    } catch {
      dump(error, to: &seen)
      seen += "\(error) \(String(reflecting: error))"
    }
    #expect(!seen.isEmpty)
    dump(rig.reports.all, to: &seen)
    dump(rig.notices.all, to: &seen)
    dump(rig.provider, to: &seen)
    dump(rig.transport.requests, to: &seen)
    #expect(!seen.contains("9f8e7d6c5b4a"))
    // Negative control: the key did go out, in its header.
    let header = try #require(rig.transport.requests.first?.secretHeaders.first)
    let origin = try Origin(url: "https://api.openai.com")
    #expect(try header.revealed(for: origin).value == "Bearer " + canary)
  }

  @Test func anAnswerThatQuotesTheKeyIsCleaned() async throws {
    let rig = try Rig(key: Self.canary) { _, _ in Reply.openAI("your key is \(Self.canary)!") }
    #expect(try await rig.ask().text == "your key is [key]!")
  }

  @Test func aKeyGoesToNoOtherOrigin() throws {
    var target = try ProviderFilesTests.catalog().resolve(provider: "openai")
    let key = try BoundSecret(Secret(Self.canary), to: target.provider.baseURL)
    target.provider.baseURL = "https://evil.example/v1"
    #expect(throws: ProviderError.self) {
      _ = try HTTPModelProvider(
        target: target, key: key, transport: ScriptedTransport([]), clock: ScriptedClock())
    }
  }

  @Test(arguments: [
    ("http://example.com/v1", false), ("https://10.0.0.7/v1", false),
    ("http://192.168.1.5:8000/v1", false), ("https://169.254.169.254/latest", false),
    ("http://169.254.169.254/latest", true),
    ("https://user:pass@example.com", true), ("file:///etc/passwd", true), ("", true),
    ("https://example.com/v1?key=x", true),
  ])
  func forbiddenEndpointsAreRefusedBeforeAnythingIsSent(url: String, allowPrivate: Bool) throws {
    let catalog = try ProviderFilesTests.catalog()
    let target = try catalog.resolve(provider: "vllm", model: "m", baseURL: url)
    let error = #expect(throws: ProviderError.self) {
      _ = try HTTPModelProvider(
        target: target, key: nil, transport: ScriptedTransport([]), clock: ScriptedClock(),
        options: .init(allowPrivate: allowPrivate))
    }
    guard case .forbiddenEndpoint? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [
    ("http://127.0.0.1:8000/v1", false), ("http://localhost:1/v1/", false),
    ("http://[::1]:8000", false), ("http://192.168.1.5:8000/v1", true),
    ("https://example.com", false),
  ])
  func allowedEndpointsAreNot(url: String, allowPrivate: Bool) throws {
    let catalog = try ProviderFilesTests.catalog()
    let target = try catalog.resolve(provider: "vllm", model: "m", baseURL: url)
    _ = try HTTPModelProvider(
      target: target, key: nil, transport: ScriptedTransport([]), clock: ScriptedClock(),
      options: .init(allowPrivate: allowPrivate))
  }

  @Test func aRequestThatWaitsInTheLaneCanBeCancelled() async throws {
    let gate = Gate()
    let transport = ScriptedTransport { _, _ in
      await gate.wait()
      return Reply.openAI("one")
    }
    let target = try ProviderFilesTests.catalog().resolve(provider: "vllm", model: "m")
    let provider = try HTTPModelProvider(
      target: target, key: nil, transport: transport, clock: ScriptedClock(),
      options: .init(maxWorkers: 1))
    func ask() async throws(ProviderError) -> ModelReply {
      try await provider.ask(
        ModelRequest(
          provider: "vllm", model: "m", messages: [Message(role: "user", content: "x")])
      ) { _ in }
    }
    let first = Task { try await ask() }
    while transport.requests.isEmpty { await Task.yield() }
    let second = Task { try await ask() }
    second.cancel()
    await #expect(throws: ProviderError.cancelled) { try await second.value }
    gate.open()
    #expect(try await first.value.text == "one")
    #expect(transport.requests.count == 1)
  }
}

/// Holds those who wait until it is opened.
final class Gate: Sendable {
  private let state = Mutex<(open: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.open { state.waiting.append(continuation) }
        return state.open
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      state.open = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
