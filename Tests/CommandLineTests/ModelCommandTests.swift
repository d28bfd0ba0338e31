internal import ExpertLoopback
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// The tiny models that stand beside the model's own tests.
private let tiny =
  #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
  + "/ExpertModelTests/Golden/tiny"

@Suite struct ModelCommandTests {
  @Test func aModelIsImportedListedShownVerifiedAndRemoved() throws {
    let tool = try CommandLineTool()
    let imported = try tool.run("model", "import", tiny + "/qwen3", "--name", "mine", "--json")
    #expect(imported.status == 0, "\(imported.errors)")
    let hash = try SHA256.hash(file: tiny + "/qwen3/model.safetensors").description
    #expect(try imported.json()["model"]?["sha256"]?.string == hash)
    let list = try tool.run("model", "list", "--json").json()
    #expect(list["models"]?.array?.compactMap { $0["name"]?.string } == ["mine"])
    #expect(list["available"]?.array?.count == 5)
    let shown = try tool.run("model", "show", "mine", "--json", "--tensors").json()
    #expect(shown["architecture"]?.string == "qwen3")
    #expect(shown["parameters"]?.integer == 131_456)
    #expect(shown["tensors"]?.array?.count == 24)
    #expect(shown["record"]?["sha256"]?.string == hash)
    let text = try tool.run("model", "show", "mine").output
    #expect(text.contains(hash) && text.contains("2 layers"))
    #expect(try tool.run("model", "verify", "mine").output.contains("sound"))
    let doctor = try tool.run("doctor", "--json").json()
    #expect(
      doctor["findings"]?.array?.contains {
        $0["subject"]?.string == "models" && $0["text"]?.string?.hasPrefix("mine") == true
      } == true)
    #expect(try tool.run("model", "remove", "mine").status == 0)
    #expect(try tool.run("model", "list", "--json").json()["models"] == .array([]))
  }

  @Test func aPathIsShownWithoutImport() throws {
    let shown = try CommandLineTool().run("model", "show", tiny + "/llama.gguf", "--json").json()
    #expect(shown["format"]?.string == "gguf")
    #expect(shown["record"] == .null)
  }

  /// Arguments, exit code, what standard error says.
  @Test(arguments: [
    (["show", "nope"], 2, "there is no model nope"),
    (["show", "qwen3-0.6b"], 3, "expert-gen model pull qwen3-0.6b"),
    (["verify", "../x"], 2, "is no name"), (["remove", "nope"], 2, "there is no model"),
    (["import", "/dev/null", "--name", "x"], 1, "/dev/null"),
    (["import", "/nowhere", "--name", "x"], 2, "/nowhere"),
    (["pull", "nothing"], 2, "neither a short name nor a repository"),
  ])
  func whatCannotBeDoneSaysWhyAndWhatToDo(
    _ arguments: [String], _ status: Int32, _ text: String
  ) throws {
    let outcome = try CommandLineTool().run(["model"] + arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(
      outcome.errors.hasPrefix("error: ") && outcome.errors.contains(text), "\(outcome.errors)")
  }

  @Test func damageLeavesWithEleven() throws {
    let tool = try CommandLineTool()
    _ = try tool.run("model", "import", tiny + "/qwen3", "--name", "mine")
    let path = tool.folder.file("home/models/mine/model.safetensors")
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[bytes.count - 1] ^= 1
    try AtomicFile.write(path, bytes)
    let outcome = try tool.run("model", "verify", "mine", "--json")
    #expect(outcome.status == 11)
    #expect(try outcome.json()["error"]?["kind"]?.string == "damaged")
    #expect(outcome.errors.contains("model.safetensors: SHA-256"))
    bytes[3] = 9
    try AtomicFile.write(path, bytes)
    #expect(try tool.run("doctor").status == 11)
  }
}

@Suite struct ModelPullCommandTests {
  private static func tool(_ hub: HubServer) throws -> CommandLineTool {
    var tool = try CommandLineTool()
    tool.environment["HF_ENDPOINT"] = hub.hub.baseURL
    tool.environment["HF_TOKEN"] = "hf_canary0123456789abcdef"
    return tool
  }

  /// Ranges that the content server was asked for, in order.
  private static func ranges(_ hub: HubServer) -> [String?] {
    (hub.content.log?.all ?? []).map { entry in
      entry.headers.first { $0.name.lowercased() == "range" }?.value
    }
  }

  @Test func aPulledModelIsThereAndTheTokenNowhere() throws {
    let hub = try HubServer(model: tiny + "/qwen3")
    let tool = try Self.tool(hub)
    let outcome = try tool.run("model", "pull", HubServer.repository, "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json()["model"]?["name"]?.string == "tiny-model")
    #expect(try tool.run("model", "verify", "tiny-model").status == 0)
    #expect(!(outcome.output + outcome.errors).contains("canary"))
    let record = try tool.text("home/models/tiny-model/model.json")
    #expect(!record.contains("canary"))
    #expect(try tool.run("model", "pull", HubServer.repository).errors.contains("here already"))
  }

  /// `kill -9` in the middle of the weights, three times at other places.
  @Test func aKilledPullGoesOnFromItsBytes() throws {
    let faults = HubServer.Faults(cutAfter: 120_000, cuts: 3).with { $0.stalls = true }
    let hub = try HubServer(model: tiny + "/qwen3", faults)
    let tool = try Self.tool(hub)
    for round in 1...3 {
      let process = try tool.start(["model", "pull", HubServer.repository])
      let wanted = round * 120_000
      let end = ContinuousClock().now + .seconds(60)
      while Self.arrived(tool) < wanted, ContinuousClock().now < end { usleep(5000) }
      #expect(Self.arrived(tool) == wanted)
      kill(process.processIdentifier, SIGKILL)
      #expect(try tool.outcome(of: process).status == 137)
      #expect(try tool.run("model", "list", "--json").json()["models"] == .array([]))
    }
    let last = try tool.run("model", "pull", HubServer.repository)
    #expect(last.status == 0, "\(last.errors)")
    #expect(
      Self.ranges(hub) == [nil, "bytes=120000-", "bytes=240000-", "bytes=360000-"])
    #expect(try tool.run("model", "verify", "tiny-model").status == 0)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: tool.folder.file("home/models/.partial"))
    #expect(
      left.filter { !$0.hasSuffix(".lock") }.flatMap { name in
        (try? FileManager.default.contentsOfDirectory(
          atPath: tool.folder.file("home/models/.partial/" + name))) ?? []
      } == [])
  }

  /// Bytes of the weights that lie in the partial file.
  private static func arrived(_ tool: CommandLineTool) -> Int {
    let folder = tool.folder.file("home/models/.partial")
    let all = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    guard let path = all.first(where: { $0.hasSuffix("model.safetensors.part") }) else { return 0 }
    let facts = try? FileManager.default.attributesOfItem(atPath: folder + "/" + path)
    return (facts?[.size] as? Int) ?? 0
  }

  /// A limit on file sizes stands for the full disk: a clear error, what came is kept, and with
  /// room the same command ends well.
  @Test func aFullDiskKeepsWhatCame() throws {
    let hub = try HubServer(model: tiny + "/qwen3")
    var tool = try Self.tool(hub)
    tool.preparation = "ulimit -f 200"
    let full = try tool.run("model", "pull", HubServer.repository, "--json")
    #expect(full.status == 1)
    #expect(try full.json()["error"]?["kind"]?.string == "disk-full", "\(full.errors)")
    #expect(full.errors.contains("make room"))
    let kept = Self.arrived(tool)
    #expect(kept > 0)
    #expect(try tool.run("model", "list", "--json").json()["models"] == .array([]))
    tool.preparation = nil
    #expect(try tool.run("model", "pull", HubServer.repository).status == 0)
    #expect(Self.ranges(hub) == [nil, "bytes=\(kept)-"])
    #expect(try tool.run("model", "verify", "tiny-model").status == 0)
  }

  @Test func wrongBytesAreNamedAndLeaveWithOne() throws {
    let hub = try HubServer(
      model: tiny + "/qwen3", HubServer.Faults().with { $0.wrongBytes = true })
    let outcome = try Self.tool(hub).run("model", "pull", HubServer.repository)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("model.safetensors: SHA-256"))
  }

  @Test func aPublicAddressIsNotAskedWithoutEncryption() throws {
    var tool = try CommandLineTool()
    tool.environment["HF_ENDPOINT"] = "http://192.0.2.1"
    let outcome = try tool.run("model", "pull", "a/b")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("not encrypted"), "\(outcome.errors)")
  }
}
