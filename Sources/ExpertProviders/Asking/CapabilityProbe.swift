package import ExpertPlatform
package import ExpertRecord

/// What a server was found to do, for one base URL and model: a value to store and to print.
package struct ProbeReport: Sendable, Hashable {
  package var baseURL: String
  package var model: String
  /// The models that the server lists; empty where it has no list.
  package var models: [String] = []
  /// Whether it answered a plain question.
  package var answers = false
  /// The firmest format in which it gave a right answer.
  package var structured: Capabilities.Structured = .none
  package var reportsUsage = false
  package var reportedModel: String?
  /// Time to the plain answer.
  package var latency: Duration?
  package var rates = RateHeaders()
  /// What went wrong on the way, in the order in which it was tried.
  package var problems: [String] = []

  package init(baseURL: String, model: String) {
    self.baseURL = baseURL
    self.model = model
  }

  /// The report for the store and for `--json`.
  package var json: JSONValue {
    [
      "base_url": .string(baseURL), "model": .string(model),
      "models": .array(models.map(JSONValue.string)), "answers": .bool(answers),
      "structured": .string(structured.rawValue), "reports_usage": .bool(reportsUsage),
      "reported_model": reportedModel.map(JSONValue.string) ?? .null,
      "latency_ms": latency.map { .number((RetryPolicy.seconds($0) * 1000).rounded()) } ?? .null,
      "problems": .array(problems.map(JSONValue.string)),
    ]
  }

  /// Reads a stored report; `nil` where it is none.
  package init?(json: JSONValue) {
    guard let baseURL = json["base_url"]?.string, let model = json["model"]?.string,
      let structured = json["structured"]?.string.flatMap(Capabilities.Structured.init)
    else { return nil }
    self.init(baseURL: baseURL, model: model)
    self.structured = structured
    models = (json["models"]?.array ?? []).compactMap(\.string)
    answers = json["answers"]?.bool ?? false
    reportsUsage = json["reports_usage"]?.bool ?? false
    reportedModel = json["reported_model"]?.string
    latency = json["latency_ms"]?.number.map { .milliseconds(Int64($0)) }
    problems = (json["problems"]?.array ?? []).compactMap(\.string)
  }

  /// The target with its capabilities as they were found.
  package func applied(to target: ProviderTarget) -> ProviderTarget {
    guard answers, target.model.name == model, target.provider.baseURL == baseURL else {
      return target
    }
    var result = target
    result.model.capabilities.structured = structured
    return result
  }
}

/// Finds out what a server does, with a few requests of a few tokens: the list of models, a plain
/// question, then the same as JSON by schema, by `json_object` and by prompt alone.
package struct CapabilityProbe: Sendable {
  let target: ProviderTarget
  let key: BoundSecret?
  let transport: any HTTPTransport
  let clock: any PlatformClock
  let codec: WireCodec

  package init(
    target: ProviderTarget, key: BoundSecret?, transport: any HTTPTransport,
    clock: any PlatformClock, allowPrivate: Bool = false
  ) throws(ProviderError) {
    guard let dialect = target.provider.wire.dialect else {
      throw .unknown(what: "HTTP provider", name: target.provider.name, known: [])
    }
    let base = try target.provider.checkedBase(allowPrivate: allowPrivate)
    codec = WireCodec(dialect: dialect, base: base)
    self.target = target
    self.key = key
    self.transport = transport
    self.clock = clock
  }

  /// Asks everything; a cancelled or failed step leaves its reason in `problems`.
  package func run(structured: Bool = true) async -> ProbeReport {
    var report = ProbeReport(baseURL: target.provider.baseURL, model: target.model.name)
    await list(into: &report)
    await plain(into: &report)
    guard report.answers, structured else { return report }
    for format in [Capabilities.Structured.jsonSchema, .jsonObject] {
      if await holds(to: format, &report) {
        report.structured = format
        break
      }
    }
    return report
  }

  private static let limits: HTTPLimits = {
    var limits = HTTPLimits()
    limits.connectTimeout = .seconds(5)
    limits.deadline = .seconds(120)
    return limits
  }()

  private func list(into report: inout ProbeReport) async {
    guard let request = codec.modelsRequest(target.provider, key: key, limits: Self.limits) else {
      return
    }
    do {
      let response = try await transport.send(request)
      if response.status == 200, let json = WireCodec.json(response.body) {
        report.models = codec.dialect.modelNames(json).map { ErrorBody.clean($0) }
      } else {
        report.problems.append("models list: " + safe(ErrorBody.facts(response).summary))
      }
    } catch {
      report.problems.append("models list: " + safe(error.description))
    }
  }

  private func plain(into report: inout ProbeReport) async {
    let begin = clock.monotonic()
    let result = await ask("Answer with the word OK.", format: .none, schema: nil, &report)
    switch result {
    case .reply(let reply):
      // A thinking model may spend the few tokens before its first word: that is an answer too.
      report.answers = !reply.text.isEmpty || reply.reasoning != nil || reply.finish == .truncated
      report.latency = clock.monotonic() - begin
      report.reportsUsage = reply.usage.input != nil && reply.usage.output != nil
      report.reportedModel = reply.reportedModel.map { ErrorBody.clean($0) }
      if !report.answers { report.problems.append("plain question: a blank answer") }
    case .failure(let facts):
      report.problems.append("plain question: " + safe(facts.summary))
    }
  }

  private static let schema: JSONValue = [
    "type": "object",
    "properties": ["sum": ["type": "integer"]],
    "required": ["sum"],
    "additionalProperties": false,
  ]

  private func holds(
    to format: Capabilities.Structured, _ report: inout ProbeReport
  ) async -> Bool {
    // The question does not mention the member: an answer that has it was held to the schema.
    let question =
      format == .jsonSchema ? "What is two and three?" : "What is two and three? Answer as JSON."
    switch await ask(question, format: format, schema: Self.schema, &report) {
    case .reply(let reply):
      let reasons = ReplyValidator.reasons(reply.text, schema: Self.schema, limit: 1)
      if reasons.isEmpty { return true }
      report.problems.append("\(format.rawValue): \(reasons[0])")
    case .failure(let facts):
      report.problems.append("\(format.rawValue): " + safe(facts.summary))
    }
    return false
  }

  private func ask(
    _ text: String, format: Capabilities.Structured, schema: JSONValue?,
    _ report: inout ProbeReport
  ) async -> WireResult {
    var capabilities = target.model.capabilities
    capabilities.structured = format
    let request = ModelRequest(
      provider: target.provider.name, model: target.model.name,
      messages: [Message(role: "user", content: text)], schema: schema,
      maxTokens: schema == nil ? 32 : 256)
    let call = WireCall(request: request, target: target, capabilities: capabilities)
    do {
      let response = try await transport.send(
        codec.request(call, key: key, limits: Self.limits))
      let rates = RateHeaders(response, wallMicroseconds: clock.wallMicroseconds())
      if rates.requests != nil || rates.tokens != nil { report.rates = rates }
      return codec.result(response, call: call)
    } catch {
      return .failure(FailureFacts(transfer: error))
    }
  }

  private func safe(_ text: String) -> String { key?.redacted(from: text) ?? text }
}
