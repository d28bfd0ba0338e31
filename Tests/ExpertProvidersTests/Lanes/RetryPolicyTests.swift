import ExpertPlatform
import ExpertProviders
import ExpertRecord
import Testing

@Suite struct RetryPolicyTests {
  /// 2026-11-22T12:00:00Z.
  static let wall: Int64 = 1_795_348_800_000_000

  func decide(
    status: Int?, _ body: String = "", headers: [String: String] = [:], failures: Int = 1,
    wire: String = "openai", transfer: HTTPTransferError? = nil
  ) throws -> RetryPolicy.Decision {
    var random = SeededGenerator(seed: 1, stream: "retry")
    let policy = RetryPolicy(provider: "test")
    if let transfer {
      return policy.decide(
        FailureFacts(transfer: transfer), failures: failures, random: &random)
    }
    let response = HTTPResponse(
      status: status ?? 200, headers: headers.map { HTTPHeader($0.key, $0.value) },
      body: Array(body.utf8))
    let setup = try Wire(wire)
    guard case .failure(var facts) = setup.codec.result(response, call: setup.call()) else {
      throw ProviderError.cancelled
    }
    facts.headers = RetryHeaders(response, wallMicroseconds: Self.wall)
    return policy.decide(facts, failures: failures, random: &random)
  }

  func delay(_ decision: RetryPolicy.Decision) -> Duration? {
    if case .retry(let delay, _) = decision { delay } else { nil }
  }

  @Test(arguments: [408, 409, 429, 500, 502, 503, 504, 520, 524, 529])
  func theseAreAskedAgain(status: Int) throws {
    #expect(delay(try decide(status: status)) != nil)
  }

  @Test(arguments: [300, 307, 400, 401, 403, 404, 413, 422, 501, 505])
  func theseAreNot(status: Int) throws {
    guard case .stop(.rejected(_, let found, _)) = try decide(status: status) else {
      Issue.record("\(status) is asked again")
      return
    }
    #expect(found == status)
  }

  @Test(arguments: [429, 503, 529])
  func theseMakeTheWholeLaneWaitAndCountForNobody(status: Int) throws {
    guard case .retry(_, pacing: true) = try decide(status: status, failures: 99) else {
      Issue.record("\(status)")
      return
    }
  }

  @Test func failuresOfOnesOwnEnd() throws {
    #expect(delay(try decide(status: 500, failures: 5)) != nil)
    guard case .stop(.exhausted("test", 6, _)) = try decide(status: 500, failures: 6) else {
      Issue.record("no end")
      return
    }
  }

  @Test(arguments: [
    (429, #"{"error":{"code":"insufficient_quota","message":"x"}}"#, "openai"),
    (429, #"{"error":{"code":"credit_balance_exhausted","message":"x"}}"#, "openai"),
    (403, #"{"error":{"code":"organization_spend_limit_exceeded","message":"x"}}"#, "openai"),
    (403, #"{"error":{"code":"project_spend_limit_exceeded","message":"x"}}"#, "openai"),
    (429, #"{"error":{"type":"organization_usage_limit_exceeded","message":"x"}}"#, "openai"),
    (402, #"{"error":{"message":"Insufficient Balance"}}"#, "deepseek"),
    (402, "", "deepseek"),
    (
      400,
      #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API"}}"#,
      "anthropic"
    ),
    (
      429, #"{"type":"error","error":{"type":"enforced_spend_limit_reached","message":"x"}}"#,
      "anthropic"
    ),
    (
      429,
      #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"x","details":[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}"#,
      "gemini"
    ),
  ])
  func wantOfMoneyStopsTheRun(status: Int, body: String, wire: String) throws {
    guard case .stop(.billing) = try decide(status: status, body, wire: wire) else {
      Issue.record("\(try decide(status: status, body, wire: wire))")
      return
    }
  }

  @Test func aQuotaPerMinuteIsNoWantOfMoney() throws {
    let decision = try decide(
      status: 429,
      """
      {"error":{"code":429,"message":"You exceeded your current quota","details":[
        {"violations":[{"quotaId":"GenerateRequestsPerMinute"}]},{"retryDelay":"37s"}]}}
      """, wire: "gemini")
    #expect(decision == .retry(after: .seconds(37), pacing: true))
  }

  @Test(arguments: [
    (["retry-after-ms": "1500", "retry-after": "9"], "", Duration.milliseconds(1500)),
    (["Retry-After": "2.5"], "", .milliseconds(2500)),
    (["RETRY-AFTER": " 3 "], "", .seconds(3)),
    (["retry-after": "Sun, 22 Nov 2026 12:00:07 GMT"], "", .seconds(7)),
    (
      [
        "retry-after": "Sun, 22 Nov 2026 13:30:07 GMT", "date": "Sun, 22 Nov 2026 13:30:00 GMT",
      ], "", .seconds(7)
    ),
    (
      ["retry-after": "garbage"], #"{"error":{"message":"Please try again in 1.2s."}}"#,
      .milliseconds(1200)
    ),
    ([:], #"{"error":{"message":"Rate limit reached. Please try again in 6m0s."}}"#, .seconds(360)),
    ([:], #"{"error":{"message":"retry in 20 seconds please"}}"#, .seconds(20)),
    ([:], #"{"error":{"details":[{"retryDelay":"37s"}]}}"#, .seconds(37)),
    (["retry-after": "3600"], "", .seconds(3600)),
  ])
  func theDelayComesFromTheFirstThatNamesOne(
    headers: [String: String], body: String, expected: Duration
  ) throws {
    #expect(delay(try decide(status: 429, body, headers: headers)) == expected)
  }

  @Test(arguments: [
    "", "soon", "-5", "1e9999", "NaN", "0x10", "٣", "Sun, 99 Foo 2026 12:00:00 GMT", "5 minutes",
    "9999999999999999999999",
  ])
  func anUnreadableRetryAfterCountsAsAbsent(text: String) throws {
    let found = try #require(delay(try decide(status: 429, headers: ["retry-after": text])))
    #expect(found >= .milliseconds(500) && found <= .seconds(1))
  }

  @Test func aWaitOfMoreThanAnHourPausesTheRun() throws {
    #expect(
      try decide(status: 429, headers: ["retry-after": "7200"]) == .longPause(seconds: 7200))
    #expect(
      try decide(status: 503, headers: ["retry-after": "Mon, 23 Nov 2026 12:00:00 GMT"])
        == .longPause(seconds: 86_400))
  }

  @Test func theServersWishIsObeyed() throws {
    #expect(delay(try decide(status: 400, headers: ["x-should-retry": "true"])) != nil)
    #expect(delay(try decide(status: 500, headers: ["x-should-retry": "false"])) == nil)
  }

  @Test(arguments: [
    HTTPTransferError.connect(reason: "refused"), .tls(reason: "x"), .timeout(phase: .transfer),
    .reset(reason: "x"), .truncated(receivedBytes: 3), .malformed(reason: "x"),
    .resolve(host: "x"), .bodyTooLarge(limit: 1),
  ])
  func brokenTransfersAreAskedAgain(error: HTTPTransferError) throws {
    #expect(delay(try decide(status: nil, transfer: error)) != nil)
  }

  @Test func forbiddenAndCancelledTransfersAreNot() throws {
    #expect(try decide(status: nil, transfer: .cancelled) == .stop(.cancelled))
    guard
      case .stop(.forbiddenEndpoint) = try decide(
        status: nil, transfer: .refusedEndpoint(reason: "private"))
    else {
      Issue.record("asked again")
      return
    }
  }

  @Test func backoffIsJitteredBetweenHalfASecondAndAMinute() {
    var random = SeededGenerator(seed: 7, stream: "retry")
    var longest = Duration.zero
    for failures in 1...200 {
      let delay = RetryPolicy.backoff(failures, &random)
      #expect(delay >= .milliseconds(500) && delay <= .seconds(60))
      longest = max(longest, delay)
    }
    #expect(longest > .seconds(50))
    var again = SeededGenerator(seed: 7, stream: "retry")
    var twin = SeededGenerator(seed: 7, stream: "retry")
    #expect(RetryPolicy.backoff(3, &again) == RetryPolicy.backoff(3, &twin))
  }
}

@Suite struct TimeTextTests {
  @Test(arguments: [
    ("12ms", 0.012), ("6m0s", 360), ("1.5s", 1.5), ("1h2m3s", 3723), ("37s", 37), ("0s", 0),
  ])
  func goDurationsAreRead(text: String, seconds: Double) {
    #expect(TimeText.goDuration(text) == .microseconds(Int64((seconds * 1e6).rounded())))
  }

  @Test(arguments: ["", "s", "5", "5x", "-1s", "1s 2s", "∞s"])
  func whatIsNoGoDurationIsNot(text: String) {
    #expect(TimeText.goDuration(text) == nil)
  }

  @Test(arguments: [
    ("2026-11-22T12:00:00Z", 1_795_348_800.0), ("2026-11-22T12:00:00.25Z", 1_795_348_800.25),
    ("2026-11-22T13:00:00+01:00", 1_795_348_800), ("1970-01-01T00:00:00Z", 0),
  ])
  func rfc3339TimesAreRead(text: String, seconds: Double) {
    #expect(TimeText.rfc3339(text) == seconds)
  }

  @Test(arguments: ["", "2026-11-22", "2026-13-22T12:00:00Z", "2026-11-22T25:00:00Z", "T", "-T-Z"])
  func whatIsNoTimeIsNot(text: String) {
    #expect(TimeText.rfc3339(text) == nil)
  }

  @Test func theExampleOfTheStandardIsRead() {
    #expect(TimeText.httpDate("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
  }

  @Test func rateHeadersAreReadInBothForms() {
    let openAI = HTTPResponse(
      status: 200,
      headers: [
        HTTPHeader("X-RateLimit-Limit-Requests", "60"),
        HTTPHeader("x-ratelimit-remaining-requests", "59"),
        HTTPHeader("x-ratelimit-reset-requests", "1s"),
        HTTPHeader("x-ratelimit-limit-tokens", "-1"),
      ], body: [])
    let first = RateHeaders(openAI, wallMicroseconds: RetryPolicyTests.wall)
    #expect(first.requests == .init(limit: 60, remaining: 59, reset: .seconds(1)))
    #expect(first.tokens == nil)
    let anthropic = HTTPResponse(
      status: 200,
      headers: [
        HTTPHeader("anthropic-ratelimit-requests-limit", "50"),
        HTTPHeader("anthropic-ratelimit-requests-remaining", "0"),
        HTTPHeader("anthropic-ratelimit-requests-reset", "2026-11-22T12:00:30Z"),
        HTTPHeader("anthropic-ratelimit-input-tokens-limit", "40000"),
        HTTPHeader("anthropic-ratelimit-input-tokens-remaining", "30000"),
        HTTPHeader("anthropic-ratelimit-output-tokens-limit", "8000"),
        HTTPHeader("anthropic-ratelimit-output-tokens-remaining", "100"),
      ], body: [])
    let second = RateHeaders(anthropic, wallMicroseconds: RetryPolicyTests.wall)
    #expect(second.requests == .init(limit: 50, remaining: 0, reset: .seconds(30)))
    #expect(second.tokens?.limit == 8000 && second.tokens?.remaining == 100)
  }
}
