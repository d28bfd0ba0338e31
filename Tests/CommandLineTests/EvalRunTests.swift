internal import ExpertPackage
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

  private func writeRun(dataset: String, hash: String? = nil) throws {
    let log = try tool.run("dataset", "log", "d", "--json").json()
    let commit = log["versions"]?[0]?["hash"]?.string ?? ""
    #expect(commit.count == 64, "\(log)")
    let run: JSONValue = [
      "base_model": ["name": .string(model), "sha256": .string(try hash ?? self.hash)],
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

  /// An adapter that went on from another one has learned from that one's data, too.
  @Test func recordsOfEarlierRunsAreTrainedOn() throws {
    try tool.write(
      """
      {"instruction":"Add.","input":"5 2","output":"7","split":"train"}
      {"instruction":"Add.","input":"9 9","output":"18","split":"train"}

      """, to: "before.jsonl")
    #expect(try tool.run("dataset", "import", "before", "before.jsonl").status == 0)
    let run = try JSONValue.parse(Array(try tool.text("run/run.json").utf8))
    func measure(_ ancestors: JSONValue, _ more: String...) throws -> CommandLineTool.Outcome {
      let changed = JSONValue.object(
        (run.members ?? []) + [JSONValue.Member("ancestors", ancestors)])
      try tool.write(CanonicalJSON.text(of: changed), to: "run/run.json")
      return try tool.run(["eval", "run", "--expert", "run", "--max-tokens", "8"] + more)
    }
    let known: JSONValue = [["dataset": ["name": "before", "version": "v1"]]]
    let refused = try measure(known)
    #expect(refused.status == 11 && refused.errors.contains("1 of 3 test records were trained on"))
    let allowed = try measure(known, "--allow-trained-on", "--json")
    #expect(allowed.status == 0, "\(allowed.errors)")
    let leaks = try allowed.json()["leaks"]
    #expect(leaks?["trained"] == 4 && leaks?["sources"] == ["d@v1:train", "before@v1:train"])
    #expect(leaks?["leaks"]?.array?.count == 1 && leaks?["unknown"] == [])
    // What nobody recorded, or the store does not have, is said and never passes for nothing.
    for (ancestors, words) in [
      ([["dataset": nil, "adapter_sha256": "abcdef0123456789"]], "nothing records"),
      ([["dataset": ["name": "elsewhere", "version": "v7"]]], "elsewhere@v7"),
    ] as [(JSONValue, String)] {
      let outcome = try measure(ancestors)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("UNKNOWN: ") && outcome.output.contains(words))
      #expect(!outcome.output.contains("no test record was trained on"))
    }
  }

  @Test func anAdapterWithoutARecordIsNotCalledClean() throws {
    try FileManager.default.removeItem(atPath: tool.folder.file("run/run.json"))
    let outcome = try run("--base", model, "--dataset", "d", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json()["leaks"]?["unknown"]?.array?.count == 1)
  }

  /// A part of the test set must not pass for the whole of it.
  @Test func aPartialEvaluationDoesNotReplaceAFullerOne() throws {
    func report(_ name: String) throws -> JSONValue {
      try JSONValue.parse(Array(try tool.text("run/" + name).utf8))
    }
    let first = try run("--limit", "1", "--temperature", "0.5", "--seed", "3")
    #expect(first.status == 0)
    let facts = try report("evaluation.json")["provenance"]
    #expect(facts?["limit"] == 1 && facts?["split_records"] == 3)
    #expect(facts?["allow_trained_on"] == false)
    #expect(facts?["sampling"]?["temperature"] == 0.5 && facts?["sampling"]?["max_tokens"] == 8)
    #expect(try run().status == 0)
    #expect(try report("evaluation.json")["count"] == 3)
    for arguments in [["--limit", "2"], ["--split", "train", "--allow-trained-on"]] {
      let outcome = try tool.run(
        ["eval", "run", "--expert", "run", "--max-tokens", "8"] + arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("fuller evaluation"), "\(outcome.errors)")
      #expect(try report("evaluation.json")["count"] == 3)
      #expect(try report("evaluation.partial.json")["count"] == 2)
      try FileManager.default.removeItem(atPath: tool.folder.file("run/evaluation.partial.json"))
    }
    // Other weights are another adapter: what is there tells nothing of them.
    let weights = URL(filePath: tool.folder.file("run/adapter_model.safetensors"))
    var bytes = try Data(contentsOf: weights)
    bytes[bytes.count - 4] ^= 1
    try bytes.write(to: weights)
    #expect(try run("--limit", "1").status == 0)
    #expect(try report("evaluation.json")["count"] == 1)
  }

  @Test func whatWasMeasuredIsPackedAndEditedFiguresAreNot() throws {
    func pack() throws -> CommandLineTool.Outcome {
      try tool.run(
        "expert", "package", "run", "--name", "mine", "--version", "1.0.0", "--json")
    }
    let before = try pack()
    #expect(before.status == 0, "\(before.errors)")
    let notes = try before.json()["packages"]?[0]?["notes"]?.array?.compactMap(\.string) ?? []
    #expect(notes.contains { $0.contains("expert-gen eval run --expert run") }, "\(notes)")
    #expect(try run().status == 0)
    let packed = try pack()
    #expect(packed.status == 0, "\(packed.errors)")
    let after = try packed.json()["packages"]?[0]?["notes"]?.array?.compactMap(\.string) ?? []
    #expect(!after.contains { $0.contains("eval run") || $0.contains("does not hold") }, "\(after)")
    let shown = try tool.run("expert", "inspect", "mine.v1.0.0.expert", "--json").json()
    let manifest = shown["manifest"]
    #expect(manifest?["quality_metrics"]?["test_queries"] == 3)
    #expect(manifest?["perf"]?["latency_ms_overhead"]?.number != nil)
    #expect(manifest?["evaluation"]?["provenance"]?["split_records"] == 3)
    let text = try tool.text("run/evaluation.json")
    let report = try JSONValue.parse(Array(text.utf8))
    for (path, value) in [
      (["quality_metrics", "benchmark_score"], 0.999), (["benchmark", "high"], 0.999),
      (["metrics"], []), (["difficulties"], []), (["answer"], "typed in"),
    ] as [([String], JSONValue)] {
      try tool.write(
        CanonicalJSON.text(of: report.setting(path, to: value)), to: "run/evaluation.json")
      let edited = try pack()
      #expect(edited.status == 11, "\(path) \(edited.output)")
      #expect(edited.errors.contains(path[0]), "\(edited.errors)")
    }
    // What the answers do not tell, the store does.
    try tool.write(
      CanonicalJSON.text(of: report.setting(["provenance", "dataset"], to: "other")),
      to: "run/evaluation.json")
    let other = try pack()
    #expect(other.status == 0, "\(other.errors)")
    #expect(other.output.contains("does not hold the evaluation"), "\(other.output)")
    // The same figures on another base.
    try tool.write(text, to: "run/evaluation.json")
    try writeRun(dataset: "d", hash: SHA256.hash("other").hex)
    let moved = try pack()
    #expect(moved.status == 11 && moved.errors.contains("base"), "\(moved.errors)")
  }

  @Test func storedEvaluationsAreListedAndShown() throws {
    #expect(try tool.run("eval", "list", "--json").json()["evaluations"] == [])
    #expect(try run().status == 0)
    #expect(try run("--limit", "1").status == 0)
    let listed = try tool.run("eval", "list", "d", "--json").json()["evaluations"]
    #expect(listed?.array?.map { $0["examples"] } == [3, 1])
    let hash = try SHA256.hash(file: tool.folder.file("run/adapter_model.safetensors")).hex
    #expect(listed?[0]?["subject"]?.string == hash && listed?[0]?["version"] == "v1")
    let table = try tool.run("eval", "list").output
    #expect(table.contains("d@v1") && table.contains(hash.prefix(16)))
    let id = try #require(listed?[0]?["id"]?.integer)
    let shown = try tool.run("eval", "show", "\(id)", "--html", "page.html", "--json").json()
    #expect(shown["count"] == 3 && shown["provenance"]?["adapter_sha256"]?.string == hash)
    #expect(try tool.text("page.html").hasPrefix("<!doctype html>"))
    #expect(try tool.run("eval", "show", "\(id)").output.contains("DIFFICULTY"))
    let none = try tool.run("eval", "show", "99")
    #expect(none.status == 2 && none.errors.contains("eval list"))
    #expect(try tool.run("eval", "list", "nothing").status == 2)
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
