internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import ExpertTestSupport
internal import Foundation
import Testing

/// Experts on SmolLM2: random adapters, small enough to change words and leave a language.
@Suite(.testModel(TestModels.smolLM2)) struct CompositionCommandTests {
  private static let base = TestModels.path(TestModels.smolLM2)

  /// A tool with a key and the base under the name `small`.
  private func prepared() throws -> CommandLineTool {
    let tool = try CommandLineTool()
    let path = URL(filePath: Self.base).path
    let imported = try tool.run("model", "import", path, "--name", "small")
    #expect(imported.status == 0, "\(imported.errors)")
    #expect(try tool.run("expert", "keygen").status == 0)
    #expect(try tool.run("expert", "trust", "add", "publisher", "--label", "me").status == 0)
    return tool
  }

  /// A LoRA adapter with values of its own.
  private func adapter(
    _ tool: CommandLineTool, _ name: String, seed: UInt64,
    targets: [TargetModule] = [.query, .value]
  ) throws {
    let files = try ModelFiles.open(Self.base)
    let adapter = Adapter(
      AdapterConfig(method: .lora(.init(rank: 2, alpha: 2)), targets: targets, base: "small"),
      for: files.config)
    adapter.start(seed: seed)
    var random = SeededGenerator(seed: seed, stream: "test")
    for parameter in adapter.parameters where parameter.isOutputSide {
      for place in 0..<parameter.count {
        parameter.value[place] = Float(random.unit() - 0.5) * 0.9
      }
    }
    try AdapterFolder.save(adapter, to: tool.folder.file(name))
  }

  private func install(
    _ tool: CommandLineTool, _ name: String, seed: UInt64, manifest: String,
    targets: [TargetModule] = [.query, .value, .up, .down]
  ) throws {
    try adapter(tool, "work-\(name)", seed: seed, targets: targets)
    try tool.write(manifest, to: "\(name).json")
    let packed = try tool.run(
      "expert", "package", "work-\(name)", "--name", name, "--version", "1.0.0", "--manifest",
      "\(name).json", "--base", Self.base, "--key", "publisher")
    #expect(packed.status == 0, "\(packed.errors)")
    let installed = try tool.run("expert", "install", "\(name).v1.0.0.expert")
    #expect(installed.status == 0, "\(installed.errors)")
  }

  private static let jsonManifest = #"""
    {"description": "Parses JSON documents and extracts fields",
     "routing": {"keywords": ["json", "parse"], "router_hint": "json AND NOT xml", "priority": 0.8},
     "prompt_template": {"name": "smollm2"}, "constraints": {"load_order": 2}}
    """#
  private static let sqlManifest = #"""
    {"description": "Writes SQL queries for tables",
     "routing": {"keywords": ["sql", "query", "table"], "exclude_keywords": ["xml"]},
     "prompt_template": {"name": "smollm2"}, "constraints": {"load_order": 1}}
    """#

  private func text(_ outcome: CommandLineTool.Outcome, _ place: Int = 0) throws -> String? {
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.json()["results"]?[place]?["text"]?.string
  }

  private static let asking = ["--prompt", "Write a short poem about rain.", "--max-tokens", "12"]

  @Test func expertsAnswerAloneAndTogetherFromEveryPlace() throws {
    let tool = try prepared()
    try install(tool, "json", seed: 1, manifest: Self.jsonManifest)
    try install(tool, "sql", seed: 2, manifest: Self.sqlManifest)
    func run(_ more: String...) throws -> CommandLineTool.Outcome {
      try tool.run(["run", "--json"] + Self.asking + more)
    }
    let base = try text(
      tool.run(["generate", "--base", Self.base, "--json"] + Self.asking))
    let alone = try text(run("--experts", "json"))
    #expect(alone != base)
    // The same expert from its package and from its folder.
    #expect(try text(run("--experts", "json.v1.0.0.expert")) == alone)
    #expect(try text(run("--experts", "./work-json", "--template", "smollm2")) == alone)
    #expect(try text(run("--experts", "json:0,sql:0")) == base)
    let both = try run("--experts", "json,sql:0.5")
    let used = try both.json()["results"]?[0]?["experts"]
    #expect(used?[0]?["name"]?.string == "sql" && used?[1]?["name"]?.string == "json")
    #expect(used?[0]?["weight"]?.number == 0.5)
    // Text as it comes, and nothing else on standard output.
    let streamed = try tool.run(["run", "--experts", "json"] + Self.asking)
    #expect(streamed.output == (alone ?? "") + "\n", "\(streamed.errors)")
    // An exact merge of both says the same.
    let merged = try tool.run(
      "expert", "merge", "json", "sql:0.5", "--method", "cat", "--output", "out/both")
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(try text(run("--experts", "out/both")) == text(both))
    let provenance = try JSONValue.parse(tool.text("out/both/provenance.json"))
    #expect(provenance["merged"]?["experts"]?[1]?["weight"]?.number == 0.5)
    let run = try JSONValue.parse(tool.text("out/both/run.json"))
    #expect(run["base_model"]?["sha256"] != nil)
    // Nobody recorded what the two had learned from, and the merged one says so.
    #expect(run["ancestors"]?.array?.map { $0["dataset"] } == [.null])
  }

  @Test func eachPromptIsRoutedToItsExpert() throws {
    let tool = try prepared()
    try install(tool, "json", seed: 1, manifest: Self.jsonManifest)
    try install(tool, "sql", seed: 2, manifest: Self.sqlManifest)
    let outcome = try tool.run(
      "run", "--json", "--max-tokens", "4", "--no-embedding", "--prompt", "Parse this JSON: {}",
      "--prompt", "Write an SQL query", "--prompt", "Tell me a joke")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let results = try outcome.json()["results"]?.array ?? []
    let names = results.map { $0["experts"]?.array?.compactMap { $0["name"]?.string } }
    #expect(names == [["json"], ["sql"], []])
    let route = try tool.run("route", "parse some json", "--explain", "--json").json()
    #expect(route["chosen"] == ["json"])
    let best = route["routes"]?[0]
    #expect(best?["hint"]?["holds"]?.bool == true)
    #expect(best?["keywords"]?["matched"] == ["json", "parse"])
    #expect(best?["similarity"]?.number != nil)
    let cached = try FileManager.default.contentsOfDirectory(
      atPath: tool.folder.file("home/routing"))
    #expect(cached.count == 1 && cached[0].hasSuffix(".safetensors"))
    let again = try tool.run("route", "parse some json", "--json").json()
    #expect(again["routes"]?[0]?["similarity"] == best?["similarity"])
    let none = try tool.run("route", "sql for xml", "--no-embedding", "--explain")
    #expect(none.output.contains("no expert among 2"), "\(none.output)")
    #expect(none.output.contains("excluded by xml"))
    let text = try tool.run("route", "an sql query", "--no-embedding", "--explain").output
    #expect(text.hasPrefix("sql\n") && text.contains("keywords"))
  }

  @Test func whatIsRefusedSaysWhy() throws {
    let tool = try prepared()
    try install(tool, "json", seed: 1, manifest: Self.jsonManifest)
    try install(
      tool, "rival", seed: 2,
      manifest: #"{"constraints": {"incompatible_with": ["json@*"]}}"#)
    func run(_ more: String...) throws -> CommandLineTool.Outcome {
      try tool.run(["run"] + Self.asking + more)
    }
    let rivals = try run("--experts", "json,rival")
    #expect(rivals.status == 12 && rivals.errors.contains("incompatible"), "\(rivals.errors)")
    let unknown = try run("--experts", "nobody")
    #expect(unknown.status == 2 && unknown.errors.contains("nobody"))
    #expect(try run("--experts", "json:heavy").status == 2)
    #expect(try run("--experts", "json,").status == 2)
    #expect(try tool.run("run", "--experts", "json").status == 2)
    let twice = try run("--experts", "json,json")
    #expect(twice.status == 2 && twice.errors.contains("twice"))
    try adapter(tool, "work-plain", seed: 3)
    let unsigned = try tool.run(
      "expert", "package", "work-plain", "--name", "plain", "--version", "1.0.0")
    #expect(unsigned.status == 0)
    #expect(try run("--experts", "plain.v1.0.0.expert").status == 12)
    #expect(try run("--experts", "plain.v1.0.0.expert", "--allow-unsigned").status == 0)
    #expect(try tool.run("expert", "trust", "remove", "me").status == 0)
    #expect(try run("--experts", "json").status == 12)
    #expect(try run("--experts", "json", "--key", "publisher").status == 0)
  }

  @Test func aCheckFindsWhatSpeaksAgainst() throws {
    let tool = try prepared()
    try adapter(tool, "a", seed: 1)
    try adapter(tool, "b", seed: 2, targets: [.up])
    let examples = (0..<3).map { number in
      #"""
      {"answer_kind":"literal","base":null,"base_scores":{},"difficulty":null,
       "expert":{"text":"x"},"record_kind":"instruction","rid":"r\#(number)","scores":{},
       "split":"test","prompt":"Name the capital of France.","references":["Paris"]}
      """#
    }
    try tool.write(
      #"""
      {"format":"expert-gen evaluation 1","count":3,"metrics":[],"provenance":{},
       "examples":[\#(examples.joined(separator: ","))]}
      """#, to: "a/evaluation.json")
    let outcome = try tool.run(
      "expert", "check", "a", "b", "--base", Self.base, "--max-tokens", "8", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let report = try outcome.json()
    #expect(report["pairs"]?[0]?["shared_modules"]?.integer == 0)
    #expect(report["experts"]?[0]?["drift"]?["kl"]?.number ?? 0 > 0)
    #expect(report["suites"]?[0]?["examples"]?.integer == 3)
    #expect(report["suites"]?[0]?["expert"]?.string == "a")
    // The same adapter twice under another name: each would overshoot.
    try FileManager.default.copyItem(atPath: tool.folder.file("a"), toPath: tool.folder.file("c"))
    try FileManager.default.removeItem(atPath: tool.folder.file("c/evaluation.json"))
    let config = try tool.text("c/adapter_config.json")
    try tool.write(
      config.replacing("\"lora_alpha\":2", with: "\"lora_alpha\":4"),
      to: "c/adapter_config.json")
    var bytes = Array(
      try Data(contentsOf: URL(filePath: tool.folder.file("c/adapter_model.safetensors"))))
    let alike = try tool.run(
      "expert", "merge", "c:1.5", "--method", "cat", "--base", Self.base, "--output", "d")
    #expect(alike.status == 0, "\(alike.errors)")
    let same = try tool.run(
      "expert", "check", "a", "d", "--base", Self.base, "--max-tokens", "8", "--strict")
    #expect(same.status == 11 && same.output.contains("overshoot"), "\(same.output)")
    // NaN in the last value.
    bytes.replaceSubrange(bytes.count - 4..<bytes.count, with: [0, 0, 0xc0, 0x7f])
    try AtomicFile.write(tool.folder.file("c/adapter_model.safetensors"), bytes)
    let broken = try tool.run("expert", "check", "a", "c", "--base", Self.base)
    #expect(broken.status == 11 && broken.output.contains("NaN"), "\(broken.output)")
  }

  @Test func mergesThatCannotBeSayWhatToDo() throws {
    let tool = try prepared()
    try adapter(tool, "a", seed: 1)
    try adapter(tool, "b", seed: 2, targets: [.up])
    func merge(_ more: String...) throws -> CommandLineTool.Outcome {
      try tool.run(["expert", "merge", "--base", Self.base, "--output", "out"] + more)
    }
    #expect(try merge("a", "b", "--weights", "1").status == 2)
    #expect(try merge("a:2", "b", "--weights", "1,1").status == 2)
    #expect(try merge("a", "b", "--method", "average").status == 2)
    #expect(try merge("a", "b", "--method", "ties", "--density", "0").status == 2)
    #expect(try merge("a", "nowhere").status == 2)
    let ties = try merge("a", "b", "--method", "dare", "--weights", "0.5,0.5", "--seed", "3")
    #expect(ties.status == 0, "\(ties.errors)")
    let first = try Data(
      contentsOf: URL(filePath: tool.folder.file("out/adapter_model.safetensors")))
    let twice = try merge(
      "a", "b", "--method", "dare_linear", "--weights", "0.5,0.5", "--seed", "3", "--overwrite")
    #expect(twice.status == 0, "\(twice.errors)")
    let again = try Data(
      contentsOf: URL(filePath: tool.folder.file("out/adapter_model.safetensors")))
    #expect(first == again)
  }
}
