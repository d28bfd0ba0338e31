internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// The golden models and adapters that stand beside the model's own tests.
private let golden =
  #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
  + "/ExpertModelTests/Golden"

@Suite struct ExportCommandTests {
  private func adapter(_ name: String) -> String { golden + "/adapters/\(name)/init" }
  private func base(_ name: String) -> String { golden + "/tiny/" + name }

  /// The files of the working folder that are no test's own.
  private func left(_ tool: CommandLineTool) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: tool.folder.path)
      .filter { ![".stdin", ".stdout", ".stderr", "home"].contains($0) }.sorted()
  }

  @Test(arguments: ["peft", "merged", "gguf", "gguf-adapter", "modelfile"])
  func everyFormatIsMadeAndChecked(format: String) throws {
    let tool = try CommandLineTool()
    let outcome = try tool.run(
      "export", adapter("qwen3/lora_warm"), "--base", base("qwen3"), "--format", format,
      "--output", "out/result", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try outcome.json()
    #expect(json["format"]?.string == format)
    let limit = try #require(json["limit"]?.number)
    #expect(try #require(json["comparison"]?["max_difference"]?.number) <= limit)
    #expect(json["comparison"]?["tokens"]?.integer == 120)
    #expect(json["files"]?.array?.isEmpty == false)
    #expect(try left(tool) == ["out"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: tool.folder.file("out")).count == 1)
    let again = try tool.run(
      "export", adapter("qwen3/lora_warm"), "--base", base("qwen3"), "--format", format,
      "--output", "out/result")
    #expect(again.status == 2 && again.errors.contains("--overwrite"))
    let over = try tool.run(
      "export", adapter("qwen3/lora_warm"), "--base", base("qwen3"), "--format", format,
      "--output", "out/result", "--overwrite")
    #expect(over.status == 0 && over.output.contains("opened again and compared"))
  }

  /// What is exported is a model and an adapter for this program, too.
  @Test func whatIsExportedCanBeExportedAgain() throws {
    let tool = try CommandLineTool()
    func export(_ adapter: String, _ base: String, _ more: String...) throws {
      let outcome = try tool.run(["export", adapter, "--base", base] + more)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    try export(adapter("llama/dora_warm"), base("llama"), "--format", "gguf", "-o", "m.gguf")
    try export(adapter("llama/dora_warm"), base("llama"), "--format", "peft", "-o", "p")
    try export("p", "m.gguf", "--format", "merged", "--type", "bf16", "-o", "twice")
    let shown = try tool.run("model", "show", "twice", "--json").json()
    #expect(shown["architecture"]?.string == "llama")
    #expect(try tool.text("twice/config.json").contains("\"dtype\":\"bfloat16\""))
  }

  @Test func blocksTellKLAndNLL() throws {
    let tool = try CommandLineTool()
    let outcome = try tool.run(
      "export", adapter("qwen2/ia3_warm"), "--base", base("qwen2"), "--format", "gguf", "--type",
      "q4_0", "--output", "m.gguf")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("KL ") && outcome.output.contains("NLL "))
    #expect(outcome.output.contains("Q4_0"))
  }

  @Test func packagesAndInstalledExpertsAreSources() throws {
    let tool = try CommandLineTool()
    #expect(try tool.run("expert", "keygen").status == 0)
    // The base alone, without the fixtures beside it.
    try FileManager.default.createDirectory(
      atPath: tool.folder.file("qwen3"), withIntermediateDirectories: false)
    for name in ["config.json", "generation_config.json", "model.safetensors"] {
      try FileManager.default.copyItem(
        atPath: base("qwen3") + "/" + name, toPath: tool.folder.file("qwen3/" + name))
    }
    let packed = try tool.run(
      "expert", "package", adapter("qwen3/lora_warm"), "--name", "tiny", "--version", "1.0.0",
      "--base", "qwen3", "--license", "mit", "--key", "publisher")
    #expect(packed.status == 0, "\(packed.errors)")
    func export(_ source: String, _ output: String, _ more: String...) throws
      -> CommandLineTool.Outcome
    {
      try tool.run(
        ["export", source, "--base", "qwen3", "--format", "peft", "-o", output] + more)
    }
    let untrusted = try export("tiny.v1.0.0.expert", "a")
    #expect(untrusted.status == 12, "\(untrusted.errors)")
    let key = tool.folder.file("home/keys/publisher.pub")
    #expect(try tool.run("expert", "trust", "add", key, "--label", "me").status == 0)
    let file = try export("tiny.v1.0.0.expert", "a")
    #expect(file.status == 0, "\(file.errors)")
    // The manifest has the base's hash, so nobody needs to be told that it may be another.
    #expect(!file.errors.contains("note:"), "\(file.errors)")
    #expect(try tool.text("a/README.md").contains("license: \"mit\""))
    #expect(try tool.run("expert", "install", "tiny.v1.0.0.expert").status == 0)
    #expect(try export("tiny", "b").status == 0)
    let weights = ["a", "b"].map {
      FileManager.default.contents(atPath: tool.folder.file($0 + "/adapter_model.safetensors"))
    }
    let own = FileManager.default.contents(
      atPath: adapter("qwen3/lora_warm") + "/adapter_model.safetensors")
    #expect(weights[0] != nil && weights[0] == weights[1] && weights[0] == own)
    let made = try tool.run(
      "export", adapter("qwen3/rslora_warm"), "--base", "qwen3", "--format", "merged", "-o",
      "changed")
    #expect(made.status == 0, "\(made.errors)")
    let other = try tool.run(
      "export", "tiny", "--base", "changed", "--trained-on", "qwen3", "--format",
      "gguf", "-o", "other.gguf", "--json")
    #expect(other.status == 0, "\(other.errors)")
    #expect(try other.json()["drift"]?["comparison"]?["kl"]?.number ?? 0 > 1e-5)
    let unknown = try tool.run(
      "export", "tiny", "--base", "changed", "--format", "gguf", "-o", "o.gguf")
    #expect(unknown.status == 0 && unknown.errors.contains("drift is not measured"))
  }

  @Test func whatDoesNotFitIsRefusedWithItsReason() throws {
    let tool = try CommandLineTool()
    func refused(
      _ status: Int32, _ message: String, _ arguments: String...
    ) throws {
      let outcome = try tool.run(["export"] + arguments + ["--output", "out"])
      #expect(outcome.status == status, "\(arguments) \(outcome.errors)")
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
    let (lora, prompt) = (adapter("qwen3/lora_warm"), adapter("qwen3/prompt"))
    let qwen = ["--base", base("qwen3")]
    try refused(11, "shape", lora, "--base", base("qwen3-teacher"), "--format", "gguf")
    try refused(2, "soft prompt", prompt, qwen[0], qwen[1], "--format", "merged")
    try refused(2, "plain LoRA", adapter("qwen3/ia3"), qwen[0], qwen[1], "--format", "gguf-adapter")
    try refused(2, "not q4_0", lora, qwen[0], qwen[1], "--format", "peft", "--type", "q4_0")
    try refused(2, "--from belongs", lora, qwen[0], qwen[1], "--format", "gguf", "--from", "x")
    try refused(2, "no installed expert", "nobody", qwen[0], qwen[1], "--format", "gguf")
    try refused(2, "adapter_config.json", base("qwen3"), qwen[0], qwen[1], "--format", "gguf")
    try refused(3, "--base", lora, "--format", "gguf")
    try refused(
      2, "max-shard-size", lora, qwen[0], qwen[1], "--format", "merged", "--max-shard-size", "9XB")
    #expect(try left(tool) == [])
  }

  /// A limit on file sizes stands for the full disk.
  @Test(arguments: ["peft", "merged", "gguf", "gguf-adapter", "modelfile"])
  func aFullDiskLeavesNothing(format: String) throws {
    var tool = try CommandLineTool()
    tool.preparation = "ulimit -f 100"
    let outcome = try tool.run(
      "export", adapter("qwen3/lora_warm"), "--base", base("qwen3"), "--format", format,
      "--output", "result")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("cannot write"), "\(outcome.errors)")
    #expect(try left(tool) == [])
  }

  // MARK: - Datasets

  private func dataset(_ tool: CommandLineTool) throws {
    let rows = (0..<50).map { #"{"instruction":"Add \#($0)","input":"","output":"\#($0 + 1)"}"# }
    try tool.write(rows.joined(separator: "\n") + "\n", to: "rows.jsonl")
    let outcome = try tool.run("dataset", "import", "sums", "rows.jsonl")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func aDatasetBecomesAFolderWithCardAndMetadata() throws {
    let tool = try CommandLineTool()
    try dataset(tool)
    let outcome = try tool.run(
      "dataset", "export", "sums", "--format", "huggingface", "--license", "cc-by-4.0", "--url",
      "https://example.org/sums", "--creator", "Ada", "--output", "hub", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let files = try #require(try outcome.json()["files"]?.array)
    #expect(files.compactMap { $0["split"]?.string } == ["train", "validation", "test"])
    #expect(files.reduce(0) { $0 + ($1["records"]?.integer ?? 0) } == 50)
    let croissant = try JSONValue.parse(try tool.text("hub/croissant.json"))
    #expect(croissant["conformsTo"]?.string == "http://mlcommons.org/croissant/1.1")
    let card = try tool.text("hub/README.md")
    for (index, file) in files.enumerated() {
      let name = try #require(file["name"]?.string)
      let hash = try SHA256.hash(file: tool.folder.file("hub/" + name)).hex
      #expect(file["sha256"]?.string == hash)
      #expect(croissant["distribution"]?[index]?["sha256"]?.string == hash)
      #expect(card.contains("    path: \(name)\n") && card.contains(hash))
      let lines = try tool.text("hub/" + name).split(separator: "\n")
      #expect(lines.count == file["records"]?.integer)
      for line in lines {
        let row = try JSONValue.parse(String(line))
        #expect(row.members?.map(\.name) == ["input", "instruction", "output"])
      }
    }
    let fields = croissant["recordSet"]?[0]?["field"]?.array ?? []
    #expect(fields.compactMap { $0["name"]?.string } == ["input", "instruction", "output"])
    #expect(card.hasPrefix("---\npretty_name: \"sums\"\nlicense: \"cc-by-4.0\"\n"))
    let again = try tool.run(
      "dataset", "export", "sums", "--format", "huggingface", "--license", "cc-by-4.0", "--url",
      "https://example.org/sums", "--creator", "Ada", "--output", "again")
    #expect(again.status == 0)
    for name in ["README.md", "croissant.json", "data/train.jsonl"] {
      #expect(try tool.text("hub/" + name) == tool.text("again/" + name))
    }
  }

  /// Where one pair is a list of messages, all are: a column has one type.
  @Test func columnsHaveOneType() throws {
    let tool = try CommandLineTool()
    try tool.write(
      """
      {"prompt":"Hi","chosen":"Hello","rejected":"What?"}
      {"prompt":[{"role":"user","content":"Hi"}],"chosen":[{"role":"assistant","content":"Yes"}],\
      "rejected":[{"role":"assistant","content":"No"}]}

      """, to: "pairs.jsonl")
    #expect(
      try tool.run("dataset", "import", "pairs", "pairs.jsonl", "--split", "none").status == 0)
    let outcome = try tool.run(
      "dataset", "export", "pairs", "--format", "huggingface", "--attributes", "--output", "hub")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("names no licence"))
    let rows = try tool.text("hub/data/train.jsonl").split(separator: "\n")
      .map { try JSONValue.parse(String($0)) }
    #expect(rows.count == 2)
    for row in rows {
      for name in ["chosen", "prompt", "rejected"] {
        #expect(row[name]?[0]?["content"]?.string?.isEmpty == false)
      }
      #expect(row["weight"]?.number == 1 && row["labels"]?.array == [])
    }
  }

  @Test func aFolderIsWholeOrNotThere() throws {
    var tool = try CommandLineTool()
    try dataset(tool)
    let wrong = try tool.run("dataset", "export", "sums", "--license", "mit", "--output", "x")
    #expect(wrong.status == 2 && wrong.errors.contains("belong to --format huggingface"))
    tool.preparation = "ulimit -f 2"
    let full = try tool.run(
      "dataset", "export", "sums", "--format", "huggingface", "--output", "hub", "--store",
      tool.folder.file("expert.db"))
    #expect(full.status == 1, "\(full.errors)")
    #expect(try !left(tool).contains { $0.contains("hub") })
    tool.preparation = nil
    try tool.write("mine", to: "hub")
    let there = try tool.run(
      "dataset", "export", "sums", "--format", "huggingface", "--output", "hub")
    #expect(there.status == 2)
    #expect(try tool.text("hub") == "mine")
  }
}
