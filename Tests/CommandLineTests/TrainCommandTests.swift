internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// `train`, `trace` and `train reproduce` as a user runs them, on a tiny model.
@Suite struct TrainCommandTests {
  private let tool: CommandLineTool
  private let model: String

  init() throws {
    tool = try CommandLineTool()
    model = try TinyChatModel(in: tool.folder).path
    let rows = (0..<24).map { row in
      "{\"instruction\":\"Add.\",\"input\":\"\(row) \(row % 7)\",\"output\":\"\(row + row % 7)\","
        + "\"split\":\"\(row % 6 == 5 ? "valid" : "train")\"}\n"
    }
    try tool.write(rows.joined(), to: "rows.jsonl")
    _ = try tool.run("dataset", "import", "sums", "rows.jsonl")
  }

  private func train(_ output: String, _ arguments: String...) throws -> CommandLineTool.Outcome {
    try tool.run(
      [
        "train", "sft", "--base", model, "--dataset", "sums@v1", "--output", output, "--r", "4",
        "--epochs", "2", "--accumulation", "1", "--learning-rate", "1e-2", "--eval-steps", "5",
      ] + arguments)
  }

  @Test func anAdapterComesWithItsRecord() throws {
    let outcome = try train("run", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try outcome.json()
    #expect(json["state"] == "finished")
    #expect(json["steps"]?.integer == 10)
    #expect(json["dataset"]?["train_records"]?.integer == 20)
    let metrics = json["metrics"]
    #expect(
      (metrics?["eval_loss"]?.number ?? 9) < (metrics?["eval_loss_at_start"]?.number ?? 0))
    let weights = tool.folder.file("run/adapter_model.safetensors")
    let hash = try SHA256.hash(file: weights).hex
    #expect(json["files"]?["adapter_model.safetensors"]?.string == hash)
    // The same command again trains nothing.
    let again = try train("run")
    #expect(again.status == 0 && again.errors.contains("trained already"))
    // The version is pinned: gc would not take it.
    #expect(try tool.run("dataset", "log", "sums").status == 0)
  }

  @Test func theWalkFromWeightsToRecordsIsWholeAndFindsDamage() throws {
    _ = try train("run")
    let trace = try tool.run("trace", "run", "--json")
    #expect(trace.status == 0, "\(trace.errors)")
    let json = try trace.json()
    #expect(json["weights"]?["as_recorded"] == true && json["same_data"] == true)
    #expect(json["origins"]?[0]?["file"]?.string?.hasSuffix("rows.jsonl") == true)
    #expect(json["origins"]?[0]?["records"]?.integer == 20)
    #expect(json["records"]?[0]?["prompt"] == "Add.")
    let path = tool.folder.file("run/adapter_model.safetensors")
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    bytes[bytes.count - 1] ^= 1
    try Data(bytes).write(to: URL(filePath: path))
    let damaged = try tool.run("trace", "run")
    #expect(damaged.status == 11)
    #expect(damaged.output.contains("NOT what the run recorded"))
  }

  @Test func aRunIsReproducedToTheByte() throws {
    _ = try train("run")
    let outcome = try tool.run("train", "reproduce", "run", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json()["identical"] == true)
    // Negative control: another seed is no reproduction.
    _ = try train("other", "--seed", "9")
    let (first, second) = (
      try SHA256.hash(file: tool.folder.file("run/adapter_model.safetensors")),
      try SHA256.hash(file: tool.folder.file("other/adapter_model.safetensors"))
    )
    #expect(first != second)
  }

  /// A run that goes on from another one's adapter, or from its checkpoint, knows what that learned.
  @Test func earlierRunsAreRecordedWithTheirData() throws {
    _ = try train("first", "--save-steps", "5")
    try tool.write(
      (0..<12).map { "{\"instruction\":\"Say.\",\"input\":\"\($0)\",\"output\":\"\($0)\"}\n" }
        .joined(), to: "words.jsonl")
    #expect(try tool.run("dataset", "import", "words", "words.jsonl").status == 0)
    func goOn(_ start: String, _ output: String) throws -> JSONValue {
      let outcome = try tool.run(
        "train", "sft", "--base", model, "--dataset", "words@v1", "--output", output, "--adapter",
        start, "--epochs", "1", "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try outcome.json()
    }
    let first = try JSONValue.parse(tool.text("first/run.json"))
    let second = try goOn("first", "second")
    #expect(second["ancestors"]?.array?.count == 1)
    for member in ["name", "version", "commit", "root"] {
      #expect(
        second["ancestors"]?[0]?["dataset"]?[member] == first["dataset"]?[member], "\(member)")
    }
    #expect(second["ancestors"]?[0]?["adapter_sha256"] == second["start_adapter_sha256"])
    let third = try goOn("second", "third")["ancestors"]?.array
    #expect(third?.map { $0["dataset"]?["name"] } == ["words", "sums"])
    // A merged adapter has learned from what all of its parts have.
    let made = try tool.run(
      "expert", "merge", "first", "third", "--base", model, "--output", "both")
    #expect(made.status == 0, "\(made.errors)")
    let both = try JSONValue.parse(tool.text("both/run.json"))
    #expect(both["dataset"] == nil)
    #expect(
      both["ancestors"]?.array?.map { $0["dataset"]?["name"] } == ["sums", "words", "words"])
    let step = try #require(
      try FileManager.default.contentsOfDirectory(atPath: tool.folder.file("first/checkpoints"))
        .sorted().first { $0.hasPrefix("step-") })
    let fourth = try goOn("first/checkpoints/\(step)", "fourth")["ancestors"]?.array
    #expect(fourth?.map { $0["dataset"]?["name"] } == ["sums"])
    try FileManager.default.removeItem(atPath: tool.folder.file("second/run.json"))
    let fifth = try goOn("second", "fifth")["ancestors"]?.array
    #expect(fifth?.map { $0["dataset"] } == [.null])
    // The package says the same.
    let packed = try tool.run(
      "expert", "package", "third", "--name", "mine", "--version", "1.0.0")
    #expect(packed.status == 0, "\(packed.errors)")
    let shown = try tool.run("expert", "inspect", "mine.v1.0.0.expert", "--json").json()
    let listed = shown["manifest"]?["training"]?["ancestors"]?.array
    #expect(listed?.map { $0["dataset"]?["name"] } == ["words", "sums"])
  }

  /// Bad input ends with a sentence that says what to do, and leaves nothing behind.
  @Test(arguments: [
    (["--dataset", "nothing@v1"], "nothing"),
    (["--max-length", "8"], "--on-too-long"),
    (["--learning-rate", "fast"], "expected a number"),
    (["--beta", "0.1"], "needs train dpo"),
    (["--target-modules", "q_prj"], "q_proj"),
  ])
  func badInputIsRefused(arguments: [String], says: String) throws {
    let outcome = try tool.run(
      ["train", "sft", "--base", model, "--dataset", "sums@v1", "--output", "run"] + arguments)
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: tool.folder.file("run")))
  }

  @Test func theKindOfDataMustFitTheObjective() throws {
    let outcome = try tool.run(
      "train", "dpo", "--base", model, "--dataset", "sums@v1", "--output", "run")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("preference"))
  }

  @Test func otherSettingsDoNotTouchARun() throws {
    _ = try train("run")
    let before = try SHA256.hash(file: tool.folder.file("run/run.json"))
    let outcome = try train("run", "--seed", "5")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("--seed 0, here 5"))
    #expect(try SHA256.hash(file: tool.folder.file("run/run.json")) == before)
  }

  /// A file of rows becomes a version first.
  @Test func aFileIsImportedAndTrainedOn() throws {
    let outcome = try tool.run(
      "train", "sft", "--base", model, "--dataset", "rows.jsonl", "--output", "run", "--epochs",
      "1", "--r", "2", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json()["dataset"]?["name"] == "rows")
    #expect(try tool.run("trace", "run").status == 0)
  }

  /// Preferences: the second run reads the reference from the store.
  @Test func preferencesAreLearnedAndTheReferenceIsKept() throws {
    let rows = (0..<12).map { row in
      "{\"prompt\":\"Add \(row) 1\",\"chosen\":\"\(row + 1)\",\"rejected\":\"a b \(row)\"}\n"
    }
    try tool.write(rows.joined(), to: "pairs.jsonl")
    func run(_ output: String) throws -> CommandLineTool.Outcome {
      try tool.run(
        "train", "dpo", "--base", model, "--dataset", "pairs.jsonl", "--output", output, "--r",
        "4", "--epochs", "4", "--learning-rate", "1e-2", "--accumulation", "1")
    }
    let first = try run("one")
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("12 computed and kept"))
    let second = try run("two")
    #expect(second.errors.contains("12 read from the store"), "\(second.errors)")
    let weights = ["one", "two"].map { tool.folder.file("\($0)/adapter_model.safetensors") }
    #expect(try SHA256.hash(file: weights[0]) == SHA256.hash(file: weights[1]))
  }
}
