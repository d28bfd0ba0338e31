internal import ExpertLoopback
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
internal import Synchronization
import Testing

/// Providers that fail, as `dataset create` meets them over a real connection.
@Suite struct ProviderFaultTests {
  /// A job of `count` records against a server, one record a request.
  static func create(
    _ server: ScriptedServer, count: Int, provider: String = "vllm", workers: Int = 4,
    _ more: String...
  ) -> [String] {
    [
      "dataset", "create", "--domain", "lists", "--task", "reverse lists of words", "--count",
      "\(count)", "--provider", provider, "--base-url", server.baseURL, "--batch-size", "1",
      "--max-workers", "\(workers)", "--json",
    ] + (provider == "vllm" ? ["--model", "m"] : []) + more
  }

  // MARK: garbled replies

  /// The faults that end by themselves; those of time are cut off by deadlines of minutes, which
  /// the tests of the transport set shorter.
  static let garbled = ScriptedFault.allCases.filter {
    ![
      .silence, .slowHead, .slowBody, .halfOpen, .endlessKeepAlive, .endlessInterimReplies,
    ].contains($0)
  }

  @Test func thereAreThirtyFaultsBesideThoseOfTime() {
    #expect(ScriptedFault.allCases.count == 36)
    #expect(Self.garbled.count == 30)
  }

  @Test(arguments: garbled)
  func noBadRecordComesOfAGarbledReply(_ fault: ScriptedFault) throws {
    let model = ScriptedModel(instead: { number, question in
      guard number < 2 else { return nil }
      let answer = DialectAnswer(ScriptedModel.text(5_000 + number, batch: 1), model: "m")
      let good = CanonicalJSON.bytes(of: Dialect.vLLM.body(answer))
      return fault.reply(insteadOf: good, interval: .milliseconds(5))
    })
    let server = try model.server(.vLLM)
    defer { server.stop() }
    let tool = try CommandLineTool()
    let process = try tool.start(Self.create(server, count: 3, workers: 2))
    let peak = Self.peakMemory(of: process)
    let outcome = try tool.outcome(of: process)
    #expect(outcome.status == 0, "\(fault): \(outcome.output) \(outcome.errors)")
    let json = try outcome.json()
    #expect(json["accepted"] == 3)
    #expect(json["rejections"] == [:])
    // A process that meets no fault stays below 40 MiB.
    #expect(peak > 0 && peak < 104 << 20, "\(fault): \(peak >> 20) MiB")
    let lines = try Self.exported(tool)
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { Self.isWhole($0, of: model) })
  }

  @Test func aRecordThatNobodySentIsNoticed() throws {
    let model = ScriptedModel()
    let forged: JSONValue = ["instruction": "x", "input": "", "output": "y"]
    #expect(!Self.isWhole(forged, of: model))
  }

  /// The records of the dataset as it was exported.
  static func exported(_ tool: CommandLineTool) throws -> [JSONValue] {
    let outcome = try tool.run("dataset", "export", "lists", "--output", "all.jsonl")
    guard outcome.status == 0 else { return [] }
    return try tool.text("all.jsonl").split(separator: "\n").map { try JSONValue.parse(String($0)) }
  }

  /// Whether a record is, letter for letter, one that the model can have sent: its answers are
  /// their inputs in reverse order.
  private static func isWhole(_ record: JSONValue, of model: ScriptedModel) -> Bool {
    guard let input = record["input"]?.string, let output = record["output"]?.string else {
      return false
    }
    let words = input.split(separator: " ")
    let answer = try? JSONValue.parse(output)
    return words.count == 18 && words.reversed().joined(separator: " ") == answer?.string
  }

  /// The most memory that a process held while it ran, in bytes.
  static func peakMemory(of process: Process) -> Int {
    var peak = 0
    while process.isRunning {
      let path = "/proc/\(process.processIdentifier)/status"
      let status = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let kilobytes = line?.split(separator: " ").compactMap { Int($0) }.first ?? 0
      // It only grows, but begins anew with the program: before that it is the tests' own.
      if kilobytes > 0 { peak = kilobytes << 10 }
      usleep(2_000)
    }
    return peak
  }

  // MARK: rate limits

  enum Storm: String, CaseIterable, Sendable {
    case seconds, date, milliseconds, both, absent, garbage

    /// What the refusal says, and how long it means; `nil` where it names no time.
    func refusal(now: Date) -> (hint: RetryHint, wait: Duration?) {
      switch self {
      case .seconds: (.seconds("1"), .seconds(1))
      case .date:
        // Whole seconds: it ends between one and two seconds from now.
        (.date(HTTPDate.text(now.addingTimeInterval(2))), .seconds(1))
      case .milliseconds: (.milliseconds(700), .milliseconds(700))
      case .both: (.both(milliseconds: 600, seconds: "2"), .milliseconds(600))
      case .absent: (.absent, nil)
      case .garbage: (.garbage, nil)
      }
    }
  }

  /// When a question may come back, and what came too early.
  struct Ledger {
    var notBefore: [String: Duration] = [:]
    var early = 0
    var refused = 0
    var random: SeededGenerator
  }

  @Test(arguments: Storm.allCases)
  func everySlotOfAStormIsServedAndNoneBeforeItsTime(_ storm: Storm) throws {
    let ledger = Mutex(Ledger(random: SeededGenerator(seed: 3, stream: storm.rawValue)))
    let model = ScriptedModel(instead: { _, question in
      let now = question.request.time
      return ledger.withLock { ledger in
        let key = question.prompt + "\(question.body["seed"]?.integer ?? 0)"
        if let earliest = ledger.notBefore[key], now < earliest { ledger.early += 1 }
        guard now < .seconds(4), ledger.random.unit() < 0.9 else { return nil }
        let refusal = storm.refusal(now: Date())
        ledger.notBefore[key] = refusal.wait.map { now + $0 }
        ledger.refused += 1
        return Dialect.vLLM.error(
          DialectError(429, code: "busy", type: "requests", message: "Too many requests"),
          retry: refusal.hint)
      }
    })
    let server = try model.server(.vLLM)
    defer { server.stop() }
    let tool = try CommandLineTool()
    let outcome = try tool.run(Self.create(server, count: 12))
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    #expect(try outcome.json()["accepted"] == 12)
    #expect(model.answered == 12)
    let seen = ledger.withLock { ($0.early, $0.refused) }
    #expect(seen.0 == 0)
    #expect(seen.1 >= 3, "the storm was no storm")
  }

  @Test func aWaitOfADayPausesTheJobWhichGoesOnLater() throws {
    let isBusy = Atomic(true)
    let model = ScriptedModel(instead: { number, _ in
      number < 3 || !isBusy.load(ordering: .relaxed)
        ? nil : Dialect.vLLM.error(Dialect.vLLM.rateLimit, retry: .huge)
    })
    let server = try model.server(.vLLM)
    defer { server.stop() }
    let tool = try CommandLineTool()
    let paused = try tool.run(Self.create(server, count: 8, workers: 1))
    #expect(paused.status == 1, "\(paused.output) \(paused.errors)")
    let reason = try paused.json()["stopped"]?.string ?? ""
    #expect(reason.contains("run the same command later to go on"), "\(reason)")
    #expect(try paused.json()["accepted"] == 3)
    isBusy.store(false, ordering: .relaxed)
    let done = try tool.run(Self.create(server, count: 8, workers: 1))
    #expect(done.status == 0, "\(done.output) \(done.errors)")
    #expect(try done.json()["accepted"] == 8)
    #expect(model.answered == 8)
  }

  @Test func aStormNeverSpendsOverTheBudget() throws {
    let random = Mutex(SeededGenerator(seed: 9, stream: "storm"))
    let model = ScriptedModel(instead: { _, _ in
      random.withLock { $0.unit() } < 0.5
        ? Dialect.vLLM.error(Dialect.vLLM.rateLimit, retry: .milliseconds(20)) : nil
    })
    let server = try model.server(.vLLM)
    defer { server.stop() }
    let tool = try CommandLineTool()
    // A reply counts 20 tokens in and 40 out: 6 cents.
    let command =
      Self.create(server, count: 100) + [
        "--price-in", "1000", "--price-out", "1000", "--budget", "2", "--max-tokens", "100",
      ]
    let outcome = try tool.run(command)
    #expect(outcome.status == 1, "\(outcome.output) \(outcome.errors)")
    let json = try outcome.json()
    #expect(json["stopped"]?.string?.contains("raise --budget") == true)
    #expect(model.answered > 3)
    #expect(Double(model.answered) * 0.06 <= 2)
    #expect(json["cost_usd"]?.number == Double(model.answered * 60_000) / 1e6)
  }

  // MARK: accounts that cannot pay

  struct Bill: Sendable, CustomTestStringConvertible {
    var provider: String
    var dialect: Dialect
    var error: DialectError
    var testDescription: String { "\(provider) \(error.status) \(error.code) \(error.type)" }
  }

  static let bills: [Bill] = [
    ("openai", Dialect.openAI), ("anthropic", .anthropic), ("gemini", .gemini),
    ("deepseek", .deepSeek),
  ].flatMap { provider, dialect in
    dialect.billingErrors.map { Bill(provider: provider, dialect: dialect, error: $0) }
  }

  @Test(arguments: bills)
  func anAccountThatCannotPayStopsTheJobAndKeepsItsRecords(_ bill: Bill) throws {
    let isEmpty = Atomic(true)
    let model = ScriptedModel(instead: { number, _ in
      number < 2 || !isEmpty.load(ordering: .relaxed) ? nil : bill.dialect.error(bill.error)
    })
    let server = try model.server(bill.dialect)
    defer { server.stop() }
    var tool = try CommandLineTool()
    tool.environment["\(bill.provider.uppercased())_API_KEY"] = "key-0123456789abcdef"
    let command = Self.create(server, count: 4, provider: bill.provider, workers: 1)
    let stopped = try tool.run(command)
    #expect(stopped.status == 1, "\(stopped.output) \(stopped.errors)")
    let json = try stopped.json()
    let reason = json["stopped"]?.string ?? ""
    #expect(reason.contains("will not bill this account"), "\(reason)")
    #expect(json["records"] == 2)
    #expect(model.count == 3, "it went on asking")
    isEmpty.store(false, ordering: .relaxed)
    let done = try tool.run(command)
    #expect(done.status == 0, "\(done.output) \(done.errors)")
    #expect(try done.json()["records"] == 4)
    #expect(model.answered == 4)
  }

  @Test func thereAreTenBillingErrors() { #expect(Self.bills.count == 10) }

  // MARK: the guide

  @Test func theGuidesCommandWorksAsWritten() throws {
    let count = KillTests.isLong ? 5_000 : 200
    let model = ScriptedModel(batch: 4, delay: 1...5)
    let server = try model.server(.deepSeek)
    defer { server.stop() }
    var tool = try CommandLineTool()
    tool.environment["DEEPSEEK_API_KEY"] = "key-0123456789abcdef"
    let file = try #require(EmbeddedFiles.all["Providers/deepseek.yaml"])
    try FileManager.default.createDirectory(
      atPath: tool.folder.file("Providers"), withIntermediateDirectories: true)
    try tool.write(
      file.replacing("https://api.deepseek.com", with: server.baseURL),
      to: "Providers/deepseek.yaml")
    let command = [
      "dataset", "create", "--domain", "json-parsing", "--task",
      "parse and validate JSON documents", "--count", "\(count)", "--provider", "deepseek",
      "--output", "datasets/json_5k.jsonl",
    ]
    let outcome = try tool.run(command)
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    let lines = try tool.text("datasets/json_5k.jsonl").split(separator: "\n")
    #expect(lines.count == count)
    #expect(KillTests.repeated(lines.map(String.init)) == 0)
    let asked = model.count
    let again = try tool.run(command)
    #expect(again.status == 0)
    #expect(again.output.contains("nothing to do"))
    #expect(model.count == asked)
  }
}

/// HTTP's date form (RFC 9110, section 5.6.7).
enum HTTPDate {
  static func text(_ date: Date) -> String {
    var seconds = Int(date.timeIntervalSince1970)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
      + "\(1900 + parts.tm_year) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
  }
}
