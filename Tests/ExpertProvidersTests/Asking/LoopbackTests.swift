import ExpertLoopback
import ExpertPlatform
import ExpertProviders
import ExpertRecord
import Testing

/// The whole way: provider file, dialect, lane, libcurl, a real server on loopback.
@Suite struct LoopbackTests {
  /// A provider of the catalog, moved to a scripted server.
  static func provider(
    _ name: String, model: String, server: ScriptedServer, key: String = "sk-loopback-1234567890",
    notice: @escaping @Sendable (ProviderNotice) -> Void = { _ in }
  ) throws -> HTTPModelProvider {
    let target = try ProviderFilesTests.catalog().resolve(
      provider: name, model: model, baseURL: server.baseURL)
    var options = HTTPModelProvider.Options(maxWorkers: 4)
    options.http.deadline = .seconds(2)
    options.http.connectTimeout = .seconds(2)
    return try HTTPModelProvider(
      target: target, key: BoundSecret(Secret(key), to: server.baseURL),
      transport: CurlTransport(), clock: SystemClock(), options: options, notice: notice)
  }

  static func ask(
    _ provider: HTTPModelProvider, temperature: Double? = nil,
    report: @escaping @Sendable (AttemptReport) -> Void = { _ in }
  ) async throws(ProviderError) -> ModelReply {
    let messages = [
      Message(role: "system", content: "Be brief."), Message(role: "user", content: "Say one."),
    ]
    return try await provider.ask(
      ModelRequest(
        provider: provider.target.provider.name, model: provider.target.model.name,
        messages: messages, maxTokens: 64, temperature: temperature), report: report)
  }

  static let speakers: [(String, String, Dialect)] = [
    ("openai", "gpt-4o", .openAI), ("anthropic", "claude-haiku-4-5", .anthropic),
    ("gemini", "gemini-2.5-flash", .gemini), ("deepseek", "deepseek-chat", .deepSeek),
    ("ollama", "qwen3", .ollama), ("vllm", "qwen3", .vLLM), ("llamacpp", "qwen3", .llamaCpp),
  ]

  @Test(arguments: speakers)
  func everyDialectIsSpokenAndUnderstood(name: String, model: String, dialect: Dialect) async throws
  {
    let server = try ScriptedServer.logging(
      DialectScript.answering(dialect: dialect) { question in
        var answer = DialectAnswer("one: " + question.prompt, reasoning: "thinking")
        answer.cachedTokens = 8
        answer.reasoningTokens = 10
        return answer
      })
    defer { server.stop() }
    let reply = try await Self.ask(try Self.provider(name, model: model, server: server))
    #expect(reply.text == "one: Say one.")
    #expect(reply.reasoning == "thinking")
    #expect(reply.finish == .complete && reply.requestID == "req-1")
    #expect(reply.reportedModel == "scripted-1")
    #expect(reply.usage.input == 20 && reply.usage.output == 40)
    let entry = try #require(server.log?.all.first)
    let keyHeaders = entry.headers.filter { $0.value.contains("sk-loopback") }
    #expect(keyHeaders.count == 1)
  }

  @Test(arguments: speakers)
  func everyDialectsFinishesAreUnderstood(name: String, model: String, dialect: Dialect)
    async throws
  {
    for (finish, expected) in [
      (DialectFinish.truncated, FinishReason.truncated), (.toolCall, .toolCall),
      (.unknown, .other),
    ] {
      let server = try ScriptedServer(
        DialectScript.replying(dialect: dialect) { _ in
          dialect.reply(DialectAnswer("text"), finish: finish)
        })
      defer { server.stop() }
      let reply = try await Self.ask(try Self.provider(name, model: model, server: server))
      #expect(reply.finish == expected, "\(name) \(finish)")
    }
    for finish in [DialectFinish.refused, .filtered, .promptBlocked] {
      let server = try ScriptedServer(
        DialectScript.replying(dialect: dialect) { _ in
          dialect.reply(DialectAnswer("I cannot"), finish: finish)
        })
      defer { server.stop() }
      let reply = try await Self.ask(try Self.provider(name, model: model, server: server))
      #expect(reply.finish == .refused || reply.finish == .filtered, "\(name) \(finish)")
    }
  }

  @Test(arguments: speakers)
  func wantOfMoneyIsUnderstoodInEveryDialect(name: String, model: String, dialect: Dialect)
    async throws
  {
    for billing in dialect.billingErrors {
      let server = try ScriptedServer.logging { _ in dialect.error(billing) }
      defer { server.stop() }
      let provider = try Self.provider(name, model: model, server: server)
      let error = await #expect(throws: ProviderError.self) { try await Self.ask(provider) }
      guard case .billing? = error else {
        Issue.record("\(name) \(billing.code): \(String(describing: error))")
        continue
      }
      #expect(server.log?.count == 1)
    }
  }

  @Test(arguments: speakers)
  func rateLimitsAreSatOutInEveryDialect(name: String, model: String, dialect: Dialect)
    async throws
  {
    let good = dialect.reply(DialectAnswer("one"))
    let server = try ScriptedServer.logging(
      DialectScript.sequence([
        dialect.error(dialect.rateLimit, retry: .milliseconds(50)),
        dialect.error(dialect.overload, retry: .seconds("0.05")), good,
      ]))
    defer { server.stop() }
    let reports = Notes<AttemptReport>()
    let provider = try Self.provider(name, model: model, server: server)
    #expect(try await Self.ask(provider, report: reports.add).text == "one")
    #expect(reports.all.count == 3 && reports.all.last?.error == nil)
    let times = try #require(server.log?.all.map(\.time))
    #expect(times[1] - times[0] >= .milliseconds(50) && times[2] - times[1] >= .milliseconds(50))
  }

  @Test(arguments: speakers)
  func aRefusedParameterIsDroppedInEveryDialect(name: String, model: String, dialect: Dialect)
    async throws
  {
    let server = try ScriptedServer.logging(
      DialectScript.replying(dialect: dialect) { question in
        question.request.text.contains("\"temperature\"")
          ? dialect.error(dialect.unsupportedParameter("temperature"))
          : dialect.reply(DialectAnswer("one"))
      })
    defer { server.stop() }
    let notices = Notes<ProviderNotice>()
    let provider = try Self.provider(name, model: model, server: server, notice: notices.add)
    #expect(try await Self.ask(provider, temperature: 0.4).text == "one")
    #expect(try await Self.ask(provider, temperature: 0.4).text == "one")
    #expect(server.log?.count == 3 && notices.all.count == 1)
  }

  @Test(arguments: speakers, ErrorShape.allCases)
  func aBadKeyIsReportedAtOnceInEveryShape(
    speaker: (String, String, Dialect), shape: ErrorShape
  ) async throws {
    let (name, model, dialect) = speaker
    let server = try ScriptedServer.logging { _ in dialect.error(dialect.badKey, shape: shape) }
    defer { server.stop() }
    let provider = try Self.provider(name, model: model, server: server)
    let error = await #expect(throws: ProviderError.self) { try await Self.ask(provider) }
    guard case .rejected(_, _, let message)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!message.isEmpty && server.log?.count == 1)
  }

  @Test func deepSeeksQueueIsSatOut() async throws {
    let server = try ScriptedServer { _ in
      Dialect.deepSeek.queuedReply(DialectAnswer("one"), lines: 3)
    }
    defer { server.stop() }
    let provider = try Self.provider("deepseek", model: "deepseek-chat", server: server)
    #expect(try await Self.ask(provider).text == "one")
  }

  /// Redirects are refused; everything else is either a good reply in odd clothes or asked again.
  @Test func everyFaultIsSurvived() async throws {
    let good = CanonicalJSON.bytes(of: Dialect.openAI.body(DialectAnswer("one")))
    let results = await withTaskGroup(of: (ScriptedFault, String).self) { group in
      for fault in ScriptedFault.allCases {
        group.addTask {
          (fault, await Self.outcome(of: fault, good: good))
        }
      }
      return await group.reduce(into: [ScriptedFault: String]()) { $0[$1.0] = $1.1 }
    }
    #expect(results.count == ScriptedFault.allCases.count && results.count >= 36)
    for (fault, outcome) in results {
      #expect(outcome == (fault == .redirect ? "rejected" : "one"), "\(fault)")
    }
  }

  private static func outcome(of fault: ScriptedFault, good: [UInt8]) async -> String {
    do {
      let server = try ScriptedServer(
        DialectScript.sequence([fault.reply(insteadOf: good), ScriptedReply(body: good)]))
      defer { server.stop() }
      return try await ask(try provider("openai", model: "gpt-4o", server: server)).text
    } catch ProviderError.rejected {
      return "rejected"
    } catch {
      return "\(error)"
    }
  }

  // MARK: opening, probing, checking

  @Test func localIsTheServerAtTheBaseURLWithTheModelItLists() async throws {
    let server = try ScriptedServer(
      DialectScript.answering(dialect: .llamaCpp, models: ["smol"]) { _ in DialectAnswer("one") })
    defer { server.stop() }
    let opened = try await ProviderFilesTests.catalog().open(
      ProviderWish(name: "local", baseURL: server.baseURL + "/v1", maxWorkers: 3),
      environment: [:], transport: CurlTransport(), clock: SystemClock())
    #expect(opened.target.provider.name == "local" && opened.target.model.name == "smol")
    #expect(opened.workers == 3)
    #expect(opened.target.model.price(on: "2026-11-22") == .free)
    let request = ModelRequest(
      provider: "local", model: "smol", messages: [Message(role: "user", content: "hi")])
    #expect(try await opened.provider.ask(request) { _ in }.text == "one")
  }

  @Test func noLocalServerIsReportedWithWhatWasTried() async throws {
    var dead = try ProviderFilesTests.catalog().provider(named: "vllm")
    dead.baseURL = "http://127.0.0.1:9/v1"
    let error = await #expect(throws: ProviderError.self) {
      _ = try await ProviderCatalog([dead]).open(
        ProviderWish(name: "local"), environment: [:], transport: CurlTransport(),
        clock: SystemClock())
    }
    let text = "\(try #require(error))"
    #expect(text.contains("vllm at http://127.0.0.1:9/v1") && text.contains("--base-url"))
  }

  @Test func aMissingKeyNamesItsVariable() async throws {
    await #expect(
      throws: ProviderError.missingKey(provider: "deepseek", variable: "DEEPSEEK_API_KEY")
    ) {
      _ = try await ProviderFilesTests.catalog().open(
        ProviderWish(name: "deepseek"), environment: [:], transport: CurlTransport(),
        clock: SystemClock())
    }
  }

  @Test func theProbeFindsWhatTheServerCanBeHeldTo() async throws {
    let server = try ScriptedServer(
      DialectScript.replying(dialect: .vLLM, models: ["m"]) { question in
        switch question.body["response_format"]?["type"] {
        case "json_schema":
          Dialect.vLLM.error(Dialect.vLLM.unsupportedParameter("response_format"))
        case "json_object": Dialect.vLLM.reply(DialectAnswer(#"{"sum":5}"#))
        default: Dialect.vLLM.reply(DialectAnswer("OK"))
        }
      })
    defer { server.stop() }
    let target = try ProviderFilesTests.catalog().resolve(
      provider: "vllm", model: "m", baseURL: server.baseURL)
    let probe = try CapabilityProbe(
      target: target, key: nil, transport: CurlTransport(), clock: SystemClock())
    let report = await probe.run()
    #expect(report.answers && report.models == ["m"] && report.structured == .jsonObject)
    #expect(report.reportsUsage && report.problems.count == 1)
    #expect(ProbeReport(json: report.json)?.structured == .jsonObject)
    #expect(report.applied(to: target).model.capabilities.structured == .jsonObject)
  }

  @Test func theCheckSaysWhatIsWrongAndWhatToDo() async throws {
    let server = try ScriptedServer { _ in Dialect.openAI.error(Dialect.openAI.badKey) }
    defer { server.stop() }
    let target = try ProviderFilesTests.catalog().resolve(
      provider: "openai", model: "gpt-4o", baseURL: server.baseURL)
    let key = "sk-canary-aabbccddeeff0011"
    let check = await ProviderCheck.run(
      target, environment: ["OPENAI_API_KEY": key], transport: CurlTransport(),
      clock: SystemClock())
    #expect(!check.passed)
    #expect(
      check.findings.contains { $0.level == .problem && $0.advice.contains("OPENAI_API_KEY") })
    #expect(!CanonicalJSON.text(of: check.json).contains("aabbccddeeff"))
    let missing = await ProviderCheck.run(
      target, environment: [:], transport: CurlTransport(), clock: SystemClock())
    #expect(missing.findings.contains { $0.text.contains("set OPENAI_API_KEY") })
  }

  @Test func theCheckOfAGoodProviderPassesAndShowsItsLimits() async throws {
    let limits = RateLimits(
      requestLimit: 500, requestsLeft: 499, tokenLimit: 30_000, tokensLeft: 29_000,
      resetMilliseconds: 120)
    let server = try ScriptedServer(
      DialectScript.replying(dialect: .openAI, models: ["gpt-4o"]) { question in
        let text = question.body["response_format"] == nil ? "OK" : #"{"sum":5}"#
        return Dialect.openAI.reply(
          DialectAnswer(text), headers: Dialect.openAI.rateHeaders(limits))
      })
    defer { server.stop() }
    let target = try ProviderFilesTests.catalog().resolve(
      provider: "openai", model: "gpt-4o", baseURL: server.baseURL)
    let check = await ProviderCheck.run(
      target, environment: ["OPENAI_API_KEY": "sk-1"], transport: CurlTransport(),
      clock: SystemClock())
    #expect(check.passed, "\(check.findings)")
    #expect(check.findings.contains { $0.text == "requests: 500 a minute, 499 left" })
    #expect(check.findings.contains { $0.text == "structured output: json_schema" })
  }
}
