package import ExpertPlatform
internal import ExpertRecord
internal import Synchronization

/// Asks models over HTTP, through lanes, by the client rules: one lane for each model, retries by
/// `RetryPolicy`, refused parameters learned, structured answers checked.
package final class HTTPModelProvider: ModelProvider {
  package let target: ProviderTarget
  private let codec: WireCodec
  private let key: BoundSecret?
  private let transport: any HTTPTransport
  private let clock: any PlatformClock
  private let options: Options
  private let policy: RetryPolicy
  private let notice: @Sendable (ProviderNotice) -> Void
  private let learned = LearnedRefusals()
  private let shared: Mutex<Shared>

  /// What may be set for a run.
  package struct Options: Sendable {
    /// Requests in flight at once; `nil` takes the provider file's.
    package var maxWorkers: Int?
    /// Permits private networks as endpoints.
    package var allowPrivate = false
    /// Attempts at one request, rate limits not counted.
    package var maxAttempts = 6
    /// A wait longer than this pauses the run; so does a rate limit that lasts as long.
    package var longPause = Duration.seconds(3600)
    package var http = HTTPLimits()
    /// Seeds the jitter of retries.
    package var seed: UInt64 = 0

    package init(maxWorkers: Int? = nil, allowPrivate: Bool = false) {
      self.maxWorkers = maxWorkers
      self.allowPrivate = allowPrivate
    }
  }

  private struct Shared {
    var lanes: [String: LaneActor] = [:]
    var random: SeededGenerator
  }

  /// Throws where the endpoint is not allowed, where it is not the key's own, or where the provider
  /// needs no network at all.
  package init(
    target: ProviderTarget, key: BoundSecret?, transport: any HTTPTransport,
    clock: any PlatformClock, options: Options = Options(),
    notice: @escaping @Sendable (ProviderNotice) -> Void = { _ in }
  ) throws(ProviderError) {
    guard let dialect = target.provider.wire.dialect else {
      throw .unknown(what: "HTTP provider", name: target.provider.name, known: [])
    }
    let base = try target.provider.checkedBase(allowPrivate: options.allowPrivate)
    try Self.check(key, for: base)
    codec = WireCodec(dialect: dialect, base: base)
    policy = RetryPolicy(
      provider: target.provider.name, billingCodes: target.provider.billingCodes,
      maxAttempts: options.maxAttempts, longPause: options.longPause)
    shared = Mutex(Shared(random: SeededGenerator(seed: options.seed, stream: "retry")))
    self.target = target
    self.key = key
    self.transport = transport
    self.clock = clock
    self.options = options
    self.notice = notice
  }

  private static func check(_ key: BoundSecret?, for base: BaseURL) throws(ProviderError) {
    guard let key, let origin = try? Origin(url: base.text), origin != key.origin else { return }
    throw .forbiddenEndpoint(
      url: base.text, reason: "the key was given for \(key.origin) and goes nowhere else")
  }

  /// Requests that may be in flight at once before anything was learned.
  package var workers: Int {
    max(1, options.maxWorkers ?? target.model.limits.concurrency ?? Self.defaultWorkers)
  }

  /// Where neither the user nor the provider file says it.
  static let defaultWorkers = 8

  package func ask(
    _ request: ModelRequest, report: @escaping @Sendable (AttemptReport) -> Void
  ) async throws(ProviderError) -> ModelReply {
    var asking = Asking(
      call: WireCall(request: request, target: targetOf(request)),
      started: clock.monotonic())
    let lane = lane(asking.call.target.model)
    while true {
      learned.apply(to: &asking.call)
      let ticket = try await lane.enter(size: asking.size, notBefore: asking.notBefore)
      let attempt = await send(asking.call, report: report)
      let step = next(attempt, &asking)
      await lane.finish(ticket, step.outcome, rates: attempt.rates)
      switch step.verdict {
      case .again: continue
      case .reply(let reply): return reply
      case .fail(let error): throw error
      }
    }
  }

  // MARK: one attempt

  private struct Attempt {
    var result: WireResult
    var rates = RateHeaders()
    var body: JSONValue
  }

  private func send(
    _ call: WireCall, report: @Sendable (AttemptReport) -> Void
  ) async -> Attempt {
    let begin = clock.monotonic()
    var attempt = Attempt(result: .failure(FailureFacts()), body: codec.body(call))
    let status: Int?
    var requestID: String?
    do {
      let request = codec.request(call, key: key, limits: options.http)
      let response = try await transport.send(request)
      let wall = clock.wallMicroseconds()
      attempt.rates = RateHeaders(response, wallMicroseconds: wall)
      attempt.result = redacted(codec.result(response, call: call), response, wall)
      requestID = WireCodec.requestID(response).map { key?.redacted(from: $0) ?? $0 }
      status = response.status
    } catch {
      attempt.result = redacted(.failure(FailureFacts(transfer: error)), nil, 0)
      status = nil
    }
    report(
      AttemptReport(
        status: status, requestID: requestID, error: Self.problem(attempt.result),
        elapsed: clock.monotonic() - begin, usage: Self.usage(attempt.result)))
    return attempt
  }

  /// The result without the key, should a server have quoted it, and with the headers' wishes.
  private func redacted(
    _ result: WireResult, _ response: HTTPResponse?, _ wall: Int64
  ) -> WireResult {
    switch result {
    case .reply(var reply):
      guard let key else { return result }
      reply.text = key.redacted(from: reply.text)
      reply.reasoning = reply.reasoning.map(key.redacted)
      reply.reportedModel = reply.reportedModel.map(key.redacted)
      reply.requestID = reply.requestID.map(key.redacted)
      return .reply(reply)
    case .failure(var facts):
      if let response { facts.headers = RetryHeaders(response, wallMicroseconds: wall) }
      if let key {
        facts.message = key.redacted(from: facts.message)
        facts.codes = Set(facts.codes.map(key.redacted))
      }
      return .failure(facts)
    }
  }

  private static func usage(_ result: WireResult) -> Usage? {
    if case .reply(let reply) = result { reply.usage } else { nil }
  }

  private static func problem(_ result: WireResult) -> String? {
    switch result {
    case .reply(let reply):
      reply.finish == .transient ? "no usable answer (\(reply.rawFinish ?? "blank"))" : nil
    case .failure(let facts): facts.summary
    }
  }

  // MARK: what follows

  /// One request on its way through its attempts.
  private struct Asking {
    var call: WireCall
    var started: Duration
    var failures = 0
    var notBefore = Duration.zero
    /// When the provider first said that it was short of room, without an answer since.
    var pacedSince: Duration?

    /// The estimate that the lane's token bucket is asked for.
    var size: Int {
      TokenEstimate.input(call.request.messages).expected + (call.maxTokens ?? 256)
    }
  }

  private struct Step {
    enum Verdict { case again, reply(ModelReply), fail(ProviderError) }
    var outcome: Lane.Outcome
    var verdict: Verdict
  }

  private func next(_ attempt: Attempt, _ asking: inout Asking) -> Step {
    switch attempt.result {
    case .reply(var reply):
      guard reply.finish == .transient else {
        if let schema = asking.call.request.schema, reply.finish == .complete {
          reply.schemaProblems = ReplyValidator.reasons(reply.text, schema: schema)
        }
        warnOfCutPrompt(reply, asking.call)
        return Step(outcome: .success, verdict: .reply(reply))
      }
      var facts = FailureFacts.garbled("no usable answer (\(reply.rawFinish ?? "blank"))")
      facts.status = 200
      return retry(facts, &asking, isServerFault: false)
    case .failure(let facts):
      if let step = adapt(facts, attempt.body, asking) { return step }
      return retry(
        facts, &asking, isServerFault: facts.transfer != nil || (facts.status ?? 0) >= 500)
    }
  }

  /// Learns from a refused parameter; the same request goes out again without it.
  private func adapt(_ facts: FailureFacts, _ body: JSONValue, _ asking: Asking) -> Step? {
    guard let refusal = Refusal.find(facts, sent: body, call: asking.call) else { return nil }
    let model = asking.call.target.model.name
    let reason = facts.message
    switch refusal {
    case .drop(let name):
      // Several attempts may have been under way with it: that is no reason to give one up.
      if learned.learn(model, { $0.dropped.insert(name) }) {
        notice(.dropped(model: model, parameter: name, reason: reason))
      } else if asking.call.dropped.contains(name) {
        return nil
      }
    case .rename(_, let name):
      if learned.learn(model, { $0.maxTokensName = name }) {
        notice(
          .dropped(
            model: model, parameter: asking.call.capabilities.maxTokensName,
            reason: reason))
      }
    case .weaken(let format):
      if learned.learn(model, { $0.structured = min($0.structured ?? format, format) }) {
        notice(.weaker(model: model, format: format, reason: reason))
      }
    }
    return Step(outcome: .neutral, verdict: .again)
  }

  private func retry(
    _ facts: FailureFacts, _ asking: inout Asking, isServerFault: Bool
  ) -> Step {
    asking.failures += 1
    let decision = shared.withLock { shared in
      policy.decide(facts, failures: asking.failures, random: &shared.random)
    }
    let now = clock.monotonic()
    switch decision {
    case .retry(let delay, true):
      // A shortage is the provider's affair, so it does not count against the request.
      asking.failures -= 1
      let since = asking.pacedSince ?? now
      asking.pacedSince = since
      guard now - since <= options.longPause else {
        return pause(RetryPolicy.seconds(delay))
      }
      return Step(outcome: .pacing(delay), verdict: .again)
    case .retry(let delay, false):
      asking.notBefore = now + delay
      let outcome = isServerFault ? Lane.Outcome.failure(facts.summary) : .neutral
      return Step(outcome: outcome, verdict: .again)
    case .longPause(let seconds):
      return pause(seconds)
    case .stop(let error):
      return Step(outcome: outcome(of: error, isServerFault, facts), verdict: .fail(error))
    }
  }

  private func pause(_ seconds: Double) -> Step {
    let error = ProviderError.longPause(provider: target.provider.name, seconds: seconds)
    return Step(outcome: .stop(error), verdict: .fail(error))
  }

  private func outcome(
    of error: ProviderError, _ isServerFault: Bool, _ facts: FailureFacts
  ) -> Lane.Outcome {
    if case .billing = error { return .stop(error) }
    if case .cancelled = error { return .neutral }
    return isServerFault ? .failure(facts.summary) : .neutral
  }

  /// Small local contexts cut prompts silently; the count of prompt tokens gives it away.
  private func warnOfCutPrompt(_ reply: ModelReply, _ call: WireCall) {
    guard call.target.provider.isLocal, let counted = reply.usage.input, counted > 0 else { return }
    let estimate = TokenEstimate.input(call.request.messages)
    guard estimate.low > 1000, counted * 2 < estimate.low else { return }
    let model = call.target.model.name
    if learned.learn(model, { $0.cutPromptSeen = true }) {
      notice(.promptCut(model: model, counted: counted, expected: estimate.expected))
    }
  }

  // MARK: lanes

  private func targetOf(_ request: ModelRequest) -> ProviderTarget {
    if request.model.isEmpty || request.model == target.model.name { return target }
    let found = try? ProviderCatalog.target(of: target.provider, model: request.model)
    return found ?? target
  }

  private func lane(_ model: ModelSpec) -> LaneActor {
    shared.withLock { shared in
      if let lane = shared.lanes[model.name] { return lane }
      let lane = LaneActor(
        provider: target.provider.name, limits: model.limits, cap: workers, clock: clock)
      shared.lanes[model.name] = lane
      return lane
    }
  }
}

extension ProviderSpec {
  /// The address, if it is one and the rules allow it.
  package func checkedBase(allowPrivate: Bool) throws(ProviderError) -> BaseURL {
    let base: BaseURL
    do {
      base = try BaseURL(baseURL)
    } catch {
      throw .forbiddenEndpoint(url: KeyShapes.redacted(baseURL), reason: error.reason)
    }
    try base.check(allowPrivate: allowPrivate)
    return base
  }
}
