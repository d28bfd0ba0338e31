package import ExpertPlatform
package import ExpertRecord

/// What `provider check` finds: a list of findings, each with what to do.
package struct ProviderCheck: Sendable {
  package struct Finding: Sendable, Hashable {
    package enum Level: String, Sendable, Hashable { case ok, note, problem }
    package var level: Level
    package var text: String
    /// What to do; empty where nothing is to be done.
    package var advice: String

    package init(_ level: Level, _ text: String, advice: String = "") {
      self.level = level
      self.text = text
      self.advice = advice
    }
  }

  package var findings: [Finding] = []
  /// What the server was found to do; `nil` where it was not asked.
  package var probe: ProbeReport?
  /// What kept the server from being asked at all: a missing key, a forbidden endpoint.
  package var error: ProviderError?

  /// Nothing stands in the way of using the provider.
  package var passed: Bool { !findings.contains { $0.level == .problem } }

  package var json: JSONValue {
    [
      "passed": .bool(passed),
      "findings": .array(
        findings.map {
          [
            "level": .string($0.level.rawValue), "text": .string($0.text),
            "advice": .string($0.advice),
          ]
        }),
      "probe": probe?.json ?? .null,
    ]
  }

  /// Looks at the file, the endpoint and the key, then asks the server a few tokens' worth.
  package static func run(
    _ target: ProviderTarget, environment: [String: String], transport: any HTTPTransport,
    clock: any PlatformClock, allowPrivate: Bool = false
  ) async -> ProviderCheck {
    var check = ProviderCheck()
    let spec = target.provider
    check.add(.ok, "\(spec.name) is described by \(spec.origin), wire format \(spec.wire.rawValue)")
    guard spec.wire != .procedural else {
      check.add(.ok, "computed here: no key, no network")
      return check
    }
    check.lookAtModel(target, day: Timestamp.day(clock.wallMicroseconds()).description)
    do {
      _ = try spec.checkedBase(allowPrivate: allowPrivate)
      check.add(.ok, "the endpoint \(spec.baseURL) is allowed")
      let key = try ProviderKey.find(for: spec, environment: environment)
      check.lookAtKey(key != nil, spec)
      let probe = try CapabilityProbe(
        target: target, key: key, transport: transport, clock: clock, allowPrivate: allowPrivate)
      check.lookAt(await probe.run(), target)
    } catch {
      check.error = error
      check.add(.problem, error.description)
    }
    return check
  }

  private mutating func add(_ level: Finding.Level, _ text: String, _ advice: String = "") {
    findings.append(Finding(level, text, advice: advice))
  }

  private mutating func lookAtModel(_ target: ProviderTarget, day: String) {
    let name = target.model.name
    if let written = target.writtenAs { add(.note, "\(written) stands for \(name)") }
    if !target.model.isListed, !target.provider.isLocal {
      add(
        .note, "the model \(name) is not in the provider file: its price and limits are unknown",
        "add it to a file of your own in Providers/ or ~/.expert/providers/")
    }
    if target.model.price(on: day)?.input == nil {
      add(
        .note, "the price of \(name) is unknown, so --budget needs --price-in and --price-out",
        "add a dated price to the provider file")
    }
  }

  private mutating func lookAtKey(_ isPresent: Bool, _ spec: ProviderSpec) {
    switch (spec.keyVariable, isPresent) {
    case (let variable?, true): add(.ok, "a key is set (\(variable))")
    case (let variable?, false): add(.ok, "no key is set (\(variable)); none is needed")
    case (nil, _): add(.ok, "no key is needed")
    }
  }

  private mutating func lookAt(_ report: ProbeReport, _ target: ProviderTarget) {
    probe = report
    let name = target.model.name
    guard report.answers else {
      for problem in report.problems { add(.problem, problem, Self.advice(problem, target)) }
      return
    }
    let seconds = report.latency.map { RetryPolicy.seconds($0) } ?? 0
    let tenths = (seconds * 10).rounded() / 10
    add(.ok, "\(name) answers; a few tokens took \(tenths) s")
    if !report.models.isEmpty, !report.models.contains(name) {
      add(.note, "the server's list of models does not hold \(name)")
    }
    if report.structured == target.model.capabilities.structured {
      add(.ok, "structured output: \(report.structured.rawValue)")
    } else {
      add(
        .note,
        "structured output: the file says \(target.model.capabilities.structured.rawValue), "
          + "the server did \(report.structured.rawValue)",
        "set capabilities.structured of the model to what it did")
    }
    if !report.reportsUsage { add(.note, "the server counts no tokens; costs will be estimates") }
    lookAt(report.rates)
  }

  private mutating func lookAt(_ rates: RateHeaders) {
    if let window = rates.requests, let limit = window.limit {
      add(.ok, "requests: \(limit) a minute, \(window.remaining.map(String.init) ?? "?") left")
    }
    if let window = rates.tokens, let limit = window.limit {
      add(.ok, "tokens: \(limit) a minute, \(window.remaining.map(String.init) ?? "?") left")
    }
  }

  private static func advice(_ problem: String, _ target: ProviderTarget) -> String {
    let variable = target.provider.keyVariable ?? "the key"
    if problem.contains("HTTP 401") || problem.contains("HTTP 403") {
      return "the key was not accepted: check \(variable)"
    }
    if problem.contains("HTTP 402") || problem.contains("quota") {
      return "top up the account or raise its limit"
    }
    if problem.contains("HTTP 404") { return "check the model's name and the base URL" }
    if problem.contains("no connection"), target.provider.isLocal {
      return "start the server, or give its address with --base-url"
    }
    return "check the network and the base URL, then try again"
  }
}
