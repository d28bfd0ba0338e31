internal import ExpertLoopback
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// Keys that stand in the environment come out nowhere: not in what is printed, not in any file.
@Suite struct CanaryTests {
  /// Stands several times in every key, so that a piece of one is found too.
  private static let mark = "c4n4ry"

  /// The providers that have a key, with its variable.
  private static let keyed: [(name: String, variable: String, dialect: Dialect)] = [
    ("openai", "OPENAI_API_KEY", .openAI), ("anthropic", "ANTHROPIC_API_KEY", .anthropic),
    ("gemini", "GEMINI_API_KEY", .gemini), ("deepseek", "DEEPSEEK_API_KEY", .deepSeek),
    ("mistral", "MISTRAL_API_KEY", .openAI), ("openrouter", "OPENROUTER_API_KEY", .openAI),
    ("vllm", "VLLM_API_KEY", .vLLM), ("ollama", "OLLAMA_API_KEY", .ollama),
    ("llamacpp", "LLAMACPP_API_KEY", .llamaCpp),
  ]

  private static func key(_ name: String) -> String {
    "sk-\(mark)-\(name)-\(mark)0123456789abcdef\(mark)"
  }

  /// Runs commands and looks for the mark in all that comes of them.
  private struct Lookout {
    var tool: CommandLineTool
    var paths = 0
    var files = 0
    var found: [String] = []

    init() throws {
      tool = try CommandLineTool()
      for provider in CanaryTests.keyed {
        tool.environment[provider.variable] = CanaryTests.key(provider.name)
      }
    }

    @discardableResult
    mutating func run(_ arguments: String...) throws -> CommandLineTool.Outcome {
      try run(arguments)
    }

    @discardableResult
    mutating func run(_ arguments: [String]) throws -> CommandLineTool.Outcome {
      let outcome = try tool.run(arguments)
      look(at: outcome, of: arguments)
      return outcome
    }

    mutating func look(at outcome: CommandLineTool.Outcome, of arguments: [String]) {
      paths += 1
      let name = arguments.prefix(4).joined(separator: " ")
      if outcome.output.contains(CanaryTests.mark) { found.append("standard output of \(name)") }
      if outcome.errors.contains(CanaryTests.mark) { found.append("standard error of \(name)") }
      lookAtFiles(after: name)
    }

    /// Every file in the folder, hidden ones, database pages, logs and witnesses included.
    private mutating func lookAtFiles(after name: String) {
      let mark = Data(CanaryTests.mark.utf8)
      let walk = FileManager.default.enumerator(atPath: tool.folder.path)
      while let file = walk?.nextObject() as? String {
        guard let data = FileManager.default.contents(atPath: tool.folder.file(file)) else {
          continue
        }
        files += 1
        if data.range(of: mark) != nil { found.append("\(file) after \(name)") }
      }
    }
  }

  /// A server that quotes the key wherever a client might keep it.
  private func quotingServer(_ dialect: Dialect) throws -> ScriptedServer {
    try ScriptedServer(
      DialectScript.replying(dialect: dialect) { question in
        let key = Self.sentKey(question.request)
        var answer = DialectAnswer(
          ScriptedModel.text(question.request.index, batch: 1)
            .replacing("Reverse", with: "Reverse with \(key)"),
          model: "m-\(key)", reasoning: "I was given \(key).")
        answer.requestID = "req-\(key)"
        return dialect.reply(answer)
      })
  }

  private func refusingServer(_ dialect: Dialect) throws -> ScriptedServer {
    try ScriptedServer(
      DialectScript.replying(dialect: dialect) { question in
        let key = Self.sentKey(question.request)
        return dialect.error(
          DialectError(
            401, code: "bad key \(key)", type: "auth \(key)",
            message: "Incorrect API key provided: \(key). Not \(key)!"))
      })
  }

  private static func sentKey(_ request: ReceivedRequest) -> String {
    let value =
      request.header("authorization") ?? request.header("x-api-key")
      ?? request.header("x-goog-api-key") ?? "none"
    return value.replacing("Bearer ", with: "")
  }

  private func create(_ provider: String, _ server: ScriptedServer, _ more: String...) -> [String] {
    [
      "dataset", "create", "--domain", "lists", "--task", "reverse lists", "--count", "2",
      "--batch-size", "1", "--provider", provider, "--model", "m", "--base-url", server.baseURL,
      "--store", "\(provider).db",
    ] + more
  }

  @Test func noKeyComesOutAnywhere() throws {
    var lookout = try Lookout()
    for provider in Self.keyed {
      let server = try quotingServer(provider.dialect)
      defer { server.stop() }
      let done = try lookout.run(
        create(provider.name, server, "--output", "\(provider.name).jsonl"))
      #expect(done.status == 0, "\(provider.name): \(done.output) \(done.errors)")
      try lookout.run(create(provider.name, server, "--json", "--name", "again"))
      try lookout.run(
        "provider", "check", provider.name, "--model", "m", "--base-url", server.baseURL)
      let refusing = try refusingServer(provider.dialect)
      defer { refusing.stop() }
      let refused = try lookout.run(create(provider.name, refusing, "--seed", "900"))
      #expect(refused.status != 0)
      try lookout.run(
        "provider", "check", provider.name, "--model", "m", "--base-url", refusing.baseURL, "--json"
      )
      try lookAtTheStore("\(provider.name).db", &lookout)
    }
    try crash(&lookout)
    for command in [
      ["doctor"], ["doctor", "--json"], ["provider", "list"], ["provider", "list", "--json"],
      ["provider", "show", "openai"], ["init", "work"], ["manual"],
      ["dataset", "create", "--nope"],
    ] {
      try lookout.run(command)
    }
    print("canaries: \(lookout.paths) command lines, \(lookout.files) readings of files")
    #expect(lookout.found == [])
    #expect(lookout.paths >= 30)
    #expect(lookout.files >= 300)
  }

  /// What the store says of its records, compressed bodies included.
  private func lookAtTheStore(_ store: String, _ lookout: inout Lookout) throws {
    let shown = try lookout.run("dataset", "show", "lists", "--json", "--store", store)
    let rids = try shown.json()["records"]?.array?.compactMap { $0["rid"]?.string } ?? []
    #expect(rids.count == 2)
    for rid in rids { try lookout.run("dataset", "why", rid, "--json", "--store", store) }
    try lookout.run("dataset", "funnel", "lists", "--json", "--store", store)
    try lookout.run("dataset", "log", "lists", "--store", store)
    try lookout.run(
      "dataset", "export", "lists", "--output", "out.csv", "--format", "csv", "--store", store)
    try lookout.run("store", "backup", "copy-\(store)", "--store", store)
    try lookout.run("store", "fsck", "--full", "--store", store)
  }

  /// A crash in the middle of a request, with cores allowed.
  private func crash(_ lookout: inout Lookout) throws {
    let model = ScriptedModel(delay: 2_000...2_000)
    let server = try model.server(.openAI)
    defer { server.stop() }
    lookout.tool.preparation = "ulimit -c unlimited"
    defer { lookout.tool.preparation = nil }
    for number in [SIGABRT, SIGSEGV, SIGKILL, SIGTERM] {
      let first = model.count
      let command = create("openai", server, "--seed", "\(1_000 + number * 10)")
      let process = try lookout.tool.start(command)
      while model.count == first, process.isRunning { usleep(2_000) }
      kill(process.processIdentifier, number)
      let outcome = try lookout.tool.outcome(of: process)
      // SIGTERM lets what is under way end.
      #expect(number == SIGTERM || outcome.status == 128 + number, "\(outcome.status)")
      lookout.look(at: outcome, of: command)
    }
  }

  /// The same for what is made of a trained adapter: packages, exports, evaluations, a server.
  @Test func noKeyComesOutOfExperts() async throws {
    var lookout = try Lookout()
    for name in ["EXPERT_SERVE_TOKEN", "EXPERT_REGISTRY_TOKEN"] {
      lookout.tool.environment[name] = Self.key(name)
    }
    let folder = lookout.tool.folder
    let model = try TinyChatModel(in: folder).path
    try TinyChatModel.copy(ofAdapter: "lora_warm", to: folder.file("work"))
    try lookout.tool.write(
      "{\"instruction\":\"Add.\",\"input\":\"1 2\",\"output\":\"3\",\"split\":\"test\"}\n",
      to: "rows.jsonl")
    let measuring = [
      "--base", model, "--dataset", "d", "--max-tokens", "4", "--template", "chatml",
    ]
    for command in [
      ["model", "import", model, "--name", "tiny"], ["dataset", "import", "d", "rows.jsonl"],
      ["expert", "keygen"], ["expert", "trust", "add", "publisher"],
      ["eval", "run", "--expert", "work", "--html", "page.html"] + measuring,
      ["eval", "list"], ["eval", "show", "1", "--json"],
      [
        "expert", "package", "work", "--name", "mine", "--version", "1.0.0", "--base", "tiny",
        "--base-name", "tiny", "--key", "publisher",
      ],
      ["expert", "inspect", "mine.v1.0.0.expert", "--json"],
      ["expert", "publish", "mine.v1.0.0.expert", "--to", "registry"],
      ["expert", "install", "mine", "--from", "registry", "--json"],
      ["eval", "run", "--expert", "mine", "--json"] + measuring,
      ["run", "--experts", "mine", "--prompt", "Hi", "--max-tokens", "4", "--template", "chatml"],
      ["export", "mine", "--base", "tiny", "--format", "peft", "-o", "out/peft"],
      ["export", "work", "--base", "tiny", "--format", "merged", "-o", "out/merged", "--json"],
      ["export", "work", "--base", "tiny", "--format", "modelfile", "-o", "out/ollama"],
      ["expert", "merge", "mine", "work", "--base", "tiny", "--output", "out/both"],
    ] {
      let outcome = try lookout.run(command)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
    }
    try judge(&lookout)
    try await serve(&lookout)
    print("canaries of experts: \(lookout.paths) command lines, \(lookout.files) files read")
    #expect(lookout.found == [])
    #expect(lookout.paths >= 20 && lookout.files >= 500)
  }

  /// A judge that quotes the key that it was asked with, in replies and in errors.
  private func judge(_ lookout: inout Lookout) throws {
    try lookout.tool.write(
      "{\"prediction\":\"a\",\"reference\":\"a\",\"prompt\":\"p\"}\n", to: "one.jsonl")
    try lookout.tool.write("{\"prediction\":\"b\"}\n", to: "two.jsonl")
    for server in [try quotingServer(.openAI), try refusingServer(.openAI)] {
      defer { server.stop() }
      try lookout.run(
        "eval", "score", "--predictions", "one.jsonl", "--base", "two.jsonl", "--judge", "openai",
        "--judge-model", "m", "--base-url", server.baseURL, "--output", "judged.json")
      #expect(server.acceptedCount > 0)
    }
  }

  /// A server whose token stands in the environment, asked with it and without.
  private func serve(_ lookout: inout Lookout) async throws {
    let command = ["serve", "--base", "tiny", "--port", "0", "--json"]
    let process = try lookout.tool.start(command)
    var url: String?
    let end = ContinuousClock.now + .seconds(60)
    while url == nil, process.isRunning, ContinuousClock.now < end {
      usleep(20_000)
      let text = try lookout.tool.text(".stdout").trimmingCharacters(in: .newlines)
      url = (try? JSONValue.parse(text))?["url"]?.string
    }
    let address = try #require(url) + "/models"
    let transport = CurlTransport()
    defer { transport.shutdown() }
    for (key, status) in [(Self.key("EXPERT_SERVE_TOKEN"), 200), ("x", 401)] {
      let reply = try await transport.send(
        HTTPRequest(
          method: "GET", url: address, headers: [HTTPHeader("Authorization", "Bearer " + key)],
          body: []))
      #expect(reply.status == status)
      #expect(!String(decoding: reply.body, as: UTF8.self).contains(Self.mark))
    }
    process.interrupt()
    let outcome = try lookout.tool.outcome(of: process)
    #expect(outcome.status == 0, "\(outcome.errors)")
    lookout.look(at: outcome, of: command)
  }

  @Test func aKeyThatIsPlantedIsFound() throws {
    var lookout = try Lookout()
    try lookout.tool.write("{\"key\": \"\(Self.key("openai"))\"}", to: "rows.jsonl")
    try lookout.run("doctor")
    #expect(lookout.found == ["rows.jsonl after doctor"])
    try lookout.tool.write("error: \(Self.key("gemini"))", to: "Providers")
    try lookout.run("provider", "list")
    #expect(lookout.found.count > 1)
  }
}
