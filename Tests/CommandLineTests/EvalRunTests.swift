internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// `eval run` as a user runs it: a store, a tiny model, an adapter with the record of its run.
@Suite struct EvalRunTests {
  private static let rows = """
    {"instruction":"Add.","input":"1 2","output":"3","split":"train"}
    {"instruction":"Add.","input":"4 4","output":"8","split":"train"}
    {"instruction":"Add.","input":"5 2","output":"7","split":"test","difficulty":"easy"}
    {"instruction":"Name a fruit.","output":"an apple","split":"test","difficulty":"hard"}
    {"instruction":"As JSON.","input":"a","output":"{\\"a\\":1}","split":"test"}

    """

  private let tool: CommandLineTool
  private let model: String

  init() throws {
    tool = try CommandLineTool()
    model = try TinyChatModel(in: tool.folder).path
    try tool.write(Self.rows, to: "rows.jsonl")
    _ = try tool.run("dataset", "import", "d", "rows.jsonl")
    try TinyChatModel.copy(ofAdapter: "lora_warm", to: tool.folder.file("run"))
    try writeRun(dataset: "d")
  }

  private func writeRun(dataset: String) throws {
    let log = try tool.run("dataset", "log", "d", "--json").json()
    let commit = log["versions"]?[0]?["hash"]?.string ?? ""
    #expect(commit.count == 64, "\(log)")
    let run: JSONValue = [
      "base_model": ["name": .string(model), "sha256": .string(try hash)],
      "dataset": ["name": .string(dataset), "version": "v1", "commit": .string(commit)],
      "prompt_template": ["name": "chatml", "sha256": .string(SHA256.hash("t").hex)],
      "steps": 12,
    ]
    try tool.write(CanonicalJSON.text(of: run), to: "run/run.json")
  }

  private var hash: String {
    get throws { try SHA256.hash(file: model + "/model.safetensors").hex }
  }

  private func run(_ arguments: String...) throws -> CommandLineTool.Outcome {
    try tool.run(["eval", "run", "--expert", "run", "--max-tokens", "8"] + arguments)
  }

  @Test func baseAndExpertAreMeasuredOnTheVersionOfTheRun() throws {
    let outcome = try run("--json", "--html", "report.html")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try outcome.json()
    let facts = json["provenance"]
    #expect(facts?["dataset"] == "d" && facts?["split"] == "test")
    #expect(facts?["base_sha256"]?.string == (try hash))
    #expect(facts?["checkpoint"] == "step-12" && facts?["template"] == "chatml")
    let weights = tool.folder.file("run/adapter_model.safetensors")
    #expect(facts?["adapter_sha256"]?.string == (try SHA256.hash(file: weights).hex))
    let rows = json["metrics"]?.array ?? []
    let perplexity = rows.first { $0["name"] == "perplexity" }
    let (base, expert) = (perplexity?["base"]?["score"]?.number, perplexity?["score"]?.number)
    #expect((base ?? 0) > 1 && (expert ?? 0) > 1 && base != expert)
    #expect(json["leaks"]?["trained"] == 2 && json["leaks"]?["leaks"] == .array([]))
    #expect(json["difficulties"]?.array?.count == 3)
    #expect(try tool.text("report.html").hasPrefix("<!doctype html>"))
    // What lies beside the adapter is the same with the texts, and the store keeps it.
    let file = try JSONValue.parse(Array(try tool.text("run/evaluation.json").utf8))
    #expect(file["examples"]?.array?.count == 3)
    #expect(file["quality_metrics"]?["test_queries"] == 3)
    let cost = try JSONValue.parse(Array(try tool.text("run/benchmark.json").utf8))
    #expect(cost["adapter_sha256"] == facts?["adapter_sha256"])
    #expect(cost["perf"]?["latency_ms_overhead"]?.number?.isFinite == true)
    #expect((cost["perf"]?["vram_mb_overhead"]?.number ?? -1) >= 0)
    #expect(cost["perf"]?["supported_batch_sizes"]?.array?.first == 1)
    let table = try run()
    #expect(table.output.contains("PERPLEXITY") || table.output.contains("perplexity"))
    #expect(table.output.contains("DIFFICULTY"))
  }

  @Test func theExpertAloneIsNotTheBase() throws {
    let alone = try tool.run(
      "eval", "run", "--base", model, "--dataset", "d", "--max-tokens", "8", "--metrics",
      "perplexity", "--output", "base.json", "--json"
    ).json()
    let both = try run("--metrics", "perplexity", "--json").json()
    let score = alone["metrics"]?[0]?["score"]?.number
    #expect(score != nil && score == both["metrics"]?[0]?["base"]?["score"]?.number)
    #expect(score != both["metrics"]?[0]?["score"]?.number)
  }

  @Test func anInterruptedRunGoesOnFromItsAnswers() throws {
    #expect(try run().status == 0)
    let path = "run/evaluation.json.answers.jsonl"
    let lines = try tool.text(path).split(separator: "\n").map(String.init)
    #expect(lines.count == 6)
    // One answer is left, changed by hand: it must come back as it stands.
    let marked = try JSONValue.parse(Array(lines[0].utf8)).replacing("text", by: "FROM THE FILE")
    try tool.write(CanonicalJSON.text(of: marked) + "\n" + lines[1].prefix(20), to: path)
    #expect(try run().status == 0)
    #expect(try tool.text("run/evaluation.json").contains("FROM THE FILE"))
    #expect(try tool.text(path).split(separator: "\n").count == 6)
    // Other settings are another system.
    #expect(
      try tool.run("eval", "run", "--expert", "run", "--max-tokens", "6").status == 0)
    #expect(try !tool.text("run/evaluation.json").contains("FROM THE FILE"))
  }

  @Test func trainedRecordsAreRefusedUnlessAllowed() throws {
    let refused = try run("--split", "train")
    #expect(refused.status == 11)
    #expect(refused.errors.contains("--allow-trained-on"))
    let allowed = try run("--split", "train", "--allow-trained-on", "--json")
    #expect(allowed.status == 0, "\(allowed.errors)")
    #expect(try allowed.json()["leaks"]?["leaks"]?.array?.count == 2)
  }

  @Test func limitsAndMetricsAreObeyed() throws {
    let json = try run("--limit", "2", "--metrics", "perplexity,exact-match", "--json").json()
    #expect(json["count"] == 2)
    #expect(
      json["metrics"]?.array?.compactMap { $0["name"]?.string } == ["perplexity", "exact-match"])
    let pairs = try run("--metrics", "reward-accuracy")
    #expect(pairs.status == 2 && pairs.errors.contains("pair of answers"))
  }

  /// Arguments, exit code, what standard error says.
  @Test(arguments: [
    ([], 2, "--expert"),
    (["--expert", "nothing"], 2, "nothing"),
    (["--expert", "run", "--dataset", "e"], 2, "e"),
    (["--expert", "run", "--split", "valid"], 1, "has no record"),
    (["--expert", "run", "--metrics", "blue"], 2, "blue"),
    (["--base", "run"], 2, "--dataset"),
    (["--expert", "run", "--limit", "0"], 2, "--limit"),
  ])
  func whatCannotBeMeasuredSaysWhy(
    _ arguments: [String], _ status: Int32, _ text: String
  ) throws {
    let outcome = try tool.run(["eval", "run"] + arguments)
    #expect(outcome.status == status, "\(outcome.errors)")
    #expect(
      outcome.errors.hasPrefix("error: ") && outcome.errors.contains(text), "\(outcome.errors)")
  }

  @Test func anotherBaseThanTheRunsIsSaid() throws {
    try tool.write(
      try tool.text("run/run.json").replacingOccurrences(
        of: try hash, with: SHA256.hash("other").hex), to: "run/run.json")
    let outcome = try run("--limit", "1")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("was trained on a base with the hash"))
  }
}
