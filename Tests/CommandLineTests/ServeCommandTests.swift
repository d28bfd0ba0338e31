internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// `serve` as a process, and what can be done with it.
@Suite struct ServeCommandTests {
  private var tool: CommandLineTool
  private let model: String

  init() throws {
    tool = try CommandLineTool()
    model = try TinyChatModel(in: tool.folder).path
  }

  /// A server of its own, with what it said.
  private struct Running {
    let process: Process
    let url: String
    let models: [String]
    let server: CommandLineTool

    /// Interrupts it and waits.
    func stop() throws -> CommandLineTool.Outcome {
      process.interrupt()
      return try server.outcome(of: process)
    }
  }

  private func start(_ arguments: [String] = [], model: String? = nil) throws -> Running {
    var server = try CommandLineTool()
    server.environment = tool.environment
    server.environment["EXPERT_HOME"] = tool.folder.file("home")
    let process = try server.start(
      ["serve", "--base", model ?? self.model, "--name", "tiny", "--port", "0", "--json"]
        + arguments)
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end, process.isRunning {
      let text = try server.text(".stdout")
      if text.hasSuffix("\n"),
        let json = try? JSONValue.parse(text.trimmingCharacters(in: .newlines))
      {
        return Running(
          process: process, url: json["url"]?.string ?? "",
          models: (json["models"]?.array ?? []).compactMap(\.string), server: server)
      }
      usleep(20_000)
    }
    throw Failed(text: try server.text(".stderr"))
  }

  private struct Failed: Error {
    var text: String
  }

  private func send(
    _ url: String, _ body: JSONValue? = nil, token: String? = nil
  ) async throws -> HTTPResponse {
    let transport = CurlTransport()
    defer { transport.shutdown() }
    var headers = [HTTPHeader("Content-Type", "application/json")]
    if let token { headers.append(HTTPHeader("Authorization", "Bearer " + token)) }
    return try await transport.send(
      HTTPRequest(
        method: body == nil ? "GET" : "POST", url: url, headers: headers,
        body: body.map { CanonicalJSON.bytes(of: $0) } ?? []))
  }

  @Test func baseAndAdaptersAreServedUntilAnInterrupt() async throws {
    let running = try start(["--adapter", "mine=" + TinyChatModel.adapter("lora_warm")])
    #expect(running.models == ["tiny", "mine"])
    var texts: [String] = []
    for name in running.models {
      let reply = try await send(
        running.url + "/chat/completions",
        [
          "max_tokens": 8, "messages": [["content": "Hi", "role": "user"]], "model": .string(name),
          "temperature": 0,
        ])
      #expect(reply.status == 200)
      let json = try JSONValue.parse(reply.body)
      texts.append(json["choices"]?[0]?["message"]?["content"]?.string ?? "")
    }
    #expect(texts[0] != texts[1])
    // The same words as generate gives, with the adapter and without.
    let arguments = ["generate", "--base", model, "--prompt", "Hi", "--max-tokens", "8", "--json"]
    for (text, more) in zip(texts, [[], ["--adapter", TinyChatModel.adapter("lora_warm")]]) {
      #expect(try tool.run(arguments + more).json()["results"]?[0]?["text"]?.string == text)
    }
    let outcome = try running.stop()
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  /// A small model's words are hardly ever records; that it was asked, and its replies received and
  /// judged by name, is what counts.
  @Test(.testModel(TestModels.smolLM2)) func aDatasetIsAskedOfOnesOwnModel() throws {
    let running = try start(model: TestModels.path(TestModels.smolLM2))
    let outcome = try tool.run(
      "dataset", "create", "--domain", "fruit", "--task", "name a fruit", "--count", "1",
      "--provider", "expert", "--base-url", running.url, "--model", "tiny", "--batch-size", "1",
      "--max-candidates", "2", "--max-tokens", "60", "--json")
    let report = try outcome.json()
    #expect(report["replies"] == 2 && report["requests"] == 2, "\(outcome.errors)")
    #expect((report["tokens_in"]?.integer ?? 0) > 100 && report["cost_usd"] == 0)
    let judged = (report["rejections"]?.members ?? []).reduce(0) { $0 + ($1.value.integer ?? 0) }
    #expect(judged + (report["accepted"]?.integer ?? 0) >= 1)
    let checked = try tool.run(
      "provider", "check", "expert", "--base-url", running.url, "--json"
    ).json()
    #expect(checked["passed"] == true && checked["probe"]?["models"] == ["tiny"])
    _ = try running.stop()
  }

  @Test func aTokenIsNeededAndAskedFor() async throws {
    var guarded = self
    guarded.tool.environment["EXPERT_SERVE_TOKEN"] = "canary-token-1"
    let running = try guarded.start()
    #expect(try await send(running.url + "/models").status == 401)
    #expect(try await send(running.url + "/models", token: "canary-token-2").status == 401)
    #expect(try await send(running.url + "/models", token: "canary-token-1").status == 200)
    let outcome = try running.stop()
    #expect(!(outcome.output + outcome.errors).contains("canary-token"))
  }

  /// Arguments, exit code, what standard error says.
  @Test(arguments: [
    (["--host", "0.0.0.0"], 3, "EXPERT_SERVE_TOKEN"),
    (["--host", "example.com"], 2, "no address"),
    (["--port", "70000"], 2, "no port"),
    (["--adapter", "x"], 2, "NAME=FOLDER"),
    (["--adapter", "x=/nowhere"], 1, "/nowhere"),
    (["--expert", "nothing"], 2, "nothing"),
    (["--token-file", "/nowhere"], 3, "/nowhere"),
    (["--max-streams", "0"], 2, "--max-streams"),
  ])
  func whatCannotBeServedSaysWhy(
    _ arguments: [String], _ status: Int32, _ text: String
  ) throws {
    let outcome = try tool.run(["serve", "--base", model] + arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(
      outcome.errors.hasPrefix("error: ") && outcome.errors.contains(text), "\(outcome.errors)")
  }

  /// Two experts are installed; one is changed on the disk, later the key of both is taken away.
  @Test func installedExpertsAreServedWhileTheyMayBe() throws {
    #expect(try tool.run("model", "import", model, "--name", "tiny").status == 0)
    #expect(try tool.run("expert", "keygen").status == 0)
    #expect(try tool.run("expert", "trust", "add", "publisher", "--label", "me").status == 0)
    for name in ["one", "two"] {
      let packed = try tool.run(
        "expert", "package", TinyChatModel.adapter("lora_warm"), "--name", name, "--version",
        "1.0.0", "--base", "tiny", "--base-name", "tiny", "--key", "publisher")
      #expect(packed.status == 0, "\(packed.errors)")
      #expect(try tool.run("expert", "install", "\(name).v1.0.0.expert").status == 0)
    }
    func served() throws -> (models: [String], errors: String) {
      let running = try start(model: "tiny")
      return (running.models, try running.stop().errors)
    }
    #expect(try served().models == ["tiny", "one", "two"])
    let experts = try tool.run("expert", "list", "--json").json()["experts"]
    let folder = try #require(experts?[0]?["folder"]?.string)
    let weights = URL(filePath: folder + "/weights.safetensors")
    var bytes = try Data(contentsOf: weights)
    bytes[bytes.count - 3] ^= 1
    try bytes.write(to: weights)
    let changed = try served()
    #expect(changed.models == ["tiny", "two"])
    #expect(changed.errors.contains("one is not served") && changed.errors.contains("changed"))
    #expect(try tool.run("expert", "trust", "remove", "me").status == 0)
    let untrusted = try served()
    #expect(untrusted.models == ["tiny"])
    #expect(untrusted.errors.contains("two is not served"))
    #expect(untrusted.errors.contains("not trusted"))
  }

  @Test func twoModelsOfOneNameAreRefused() throws {
    let adapter = TinyChatModel.adapter("lora_warm")
    let outcome = try tool.run(
      "serve", "--base", model, "--adapter", "x=" + adapter, "--adapter", "x=" + adapter)
    #expect(outcome.status == 2 && outcome.errors.contains("called x"))
  }
}
