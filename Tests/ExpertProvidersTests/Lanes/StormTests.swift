import ExpertPlatform
import ExpertProviders
import ExpertRecord
import Synchronization
import Testing

/// A server that refuses nine requests in ten for minutes, and what the lane makes of it.
@Suite struct StormTests {
  /// How the server words its delay, and how long it means.
  enum Pattern: String, CaseIterable, Sendable {
    case seconds, fraction, date, milliseconds, bodyHint, absent, garbage, mixed

    func reply(_ index: Int, now: Int64) -> (
      headers: [String: String], body: String, delay: Duration?
    ) {
      let wait = 1 + index % 20
      switch self {
      case .seconds: return (["Retry-After": "\(wait)"], "", .seconds(wait))
      case .fraction: return (["retry-after": "\(wait).25"], "", .milliseconds(wait * 1000 + 250))
      case .date:
        // An HTTP date has whole seconds: the wait ends between one second early and in time.
        let moment = HTTPDateText.text(now / 1_000_000 + Int64(wait))
        return (["retry-after": moment], "", .seconds(wait) - .seconds(1))
      case .milliseconds:
        return (
          ["retry-after-ms": "\(wait * 100)", "retry-after": "1"], "",
          .milliseconds(wait * 100)
        )
      case .bodyHint:
        return ([:], #"{"error":{"message":"Please try again in \#(wait)s."}}"#, .seconds(wait))
      case .absent: return ([:], "", nil)
      case .garbage: return (["retry-after": "when I feel like it"], "", nil)
      case .mixed:
        let all: [Pattern] = [.seconds, .milliseconds, .absent, .garbage, .bodyHint]
        return all[index % all.count].reply(index, now: now)
      }
    }
  }

  /// What the server remembers.
  struct Ledger: Sendable {
    var random = SeededGenerator(seed: 5, stream: "storm")
    var closed: (from: Duration, until: Duration)?
    var early = 0
    var refused = 0
    var served = 0
  }

  final class Server: Sendable {
    let ledger = Mutex(Ledger())
    let clock: ScriptedClock
    let pattern: Pattern
    let stormEnd: Duration

    init(clock: ScriptedClock, pattern: Pattern, stormEnd: Duration) {
      self.clock = clock
      self.pattern = pattern
      self.stormEnd = stormEnd
    }

    func answer(_ index: Int) -> Result<HTTPResponse, HTTPTransferError> {
      let now = clock.monotonic()
      return ledger.withLock { ledger in
        // Those of the same moment were in flight when the refusal came.
        if let closed = ledger.closed, now > closed.from, now < closed.until { ledger.early += 1 }
        guard now < stormEnd, ledger.random.unit() < 0.9 else {
          ledger.served += 1
          return Reply.openAI("one")
        }
        ledger.refused += 1
        let reply = pattern.reply(index, now: clock.wallMicroseconds())
        if let delay = reply.delay, now + delay > (ledger.closed?.until ?? .zero) {
          ledger.closed = (now, now + delay)
        }
        return Reply.json(reply.body, status: 429, headers: reply.headers)
      }
    }
  }

  private static let workers = 16

  @Test(arguments: Pattern.allCases)
  func everySlotIsServedAndNoneBeforeItsTime(pattern: Pattern) async throws {
    let clock = ScriptedClock()
    let server = Server(clock: clock, pattern: pattern, stormEnd: .seconds(300))
    let transport = ScriptedTransport { _, index in server.answer(index) }
    let target = try ProviderFilesTests.catalog().resolve(provider: "vllm", model: "m")
    let provider = try HTTPModelProvider(
      target: target, key: nil, transport: transport, clock: clock,
      options: .init(maxWorkers: Self.workers))
    let texts = await withTaskGroup(of: String?.self) { group in
      for slot in 0..<100 {
        group.addTask {
          let request = ModelRequest(
            provider: "vllm", model: "m", messages: [Message(role: "user", content: "x")],
            slot: slot)
          return try? await provider.ask(request) { _ in }.text
        }
      }
      return await group.reduce(into: [String?]()) { $0.append($1) }
    }
    #expect(texts.count == 100 && texts.allSatisfy { $0 == "one" })
    let ledger = server.ledger.withLock { $0 }
    // The scripted clock jumps while a request is between its leave to go and its arrival, so the
    // server may take one for early that was on its way; never more than there are workers. Without
    // the lane's pause it counts hundreds.
    #expect(ledger.early < Self.workers, "\(ledger.early) of \(ledger.refused)")
    #expect(ledger.served == 100)
    // The storm was real.
    #expect(ledger.refused >= 20, "\(ledger.refused)")
  }

  @Test func theServerNoticesWhoComesTooEarly() {
    let clock = ScriptedClock()
    let server = Server(clock: clock, pattern: .seconds, stormEnd: .seconds(300))
    for index in 0..<100 {
      _ = server.answer(index)
      clock.advance(by: .milliseconds(100))
    }
    #expect(server.ledger.withLock { $0.early } > 10)
  }

  @Test func aWaitOfHoursPausesTheRunAndSaysSo() async throws {
    let clock = ScriptedClock()
    let transport = ScriptedTransport { _, _ in
      Reply.json("", status: 429, headers: ["retry-after": "90000"])
    }
    let target = try ProviderFilesTests.catalog().resolve(provider: "vllm", model: "m")
    let provider = try HTTPModelProvider(
      target: target, key: nil, transport: transport, clock: clock,
      options: .init(maxWorkers: 2))
    let request = ModelRequest(
      provider: "vllm", model: "m", messages: [Message(role: "user", content: "x")])
    for _ in 0..<3 {
      await #expect(throws: ProviderError.longPause(provider: "vllm", seconds: 90_000)) {
        _ = try await provider.ask(request) { _ in }
      }
    }
    #expect(transport.requests.count == 1)
    #expect(clock.monotonic() < .seconds(1))
  }

  @Test func aRateLimitThatLastsAnHourPausesTheRunToo() async throws {
    let clock = ScriptedClock()
    let transport = ScriptedTransport { _, _ in
      Reply.json("", status: 429, headers: ["retry-after": "60"])
    }
    let target = try ProviderFilesTests.catalog().resolve(provider: "vllm", model: "m")
    let provider = try HTTPModelProvider(
      target: target, key: nil, transport: transport, clock: clock,
      options: .init(maxWorkers: 1))
    let request = ModelRequest(
      provider: "vllm", model: "m", messages: [Message(role: "user", content: "x")])
    let error = await #expect(throws: ProviderError.self) {
      _ = try await provider.ask(request) { _ in }
    }
    guard case .longPause? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(clock.monotonic() >= .seconds(3600) && clock.monotonic() < .seconds(3800))
  }
}

/// Writes HTTP dates, for the scripted server.
enum HTTPDateText {
  static func text(_ seconds: Int64) -> String {
    let day = Timestamp.day(seconds * 1_000_000).description.split(separator: "-")
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let rest = seconds % 86_400
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    return "Mon, \(day[2]) \(months[(Int(day[1]) ?? 1) - 1]) \(day[0]) \(time) GMT"
  }
}
