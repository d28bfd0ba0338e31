internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// The forecast against what happens, on the real small model.
@Suite(.serialized) struct TrainForecastTests {
  private let fixture: TrainFixture
  private let base = TestModels.path(TestModels.smolLM2)

  init() throws {
    fixture = try TrainFixture()
    let words = String(repeating: "one two three ", count: 12)
    let rows = (0..<24).map { row in
      "{\"instruction\":\"Say \(row) \(words)\",\"output\":\"\(row) \(words)\","
        + "\"split\":\"\(row < 16 ? "train" : "valid")\"}\n"
    }
    try fixture.tool.write(rows.joined(), to: "texts.jsonl")
    let pairs = (0..<24).map { row in
      "{\"prompt\":\"Say \(row) \(words)\",\"chosen\":\"\(row) \(words)\","
        + "\"rejected\":\"no \(words)\",\"split\":\"\(row < 16 ? "train" : "valid")\"}\n"
    }
    try fixture.tool.write(pairs.joined(), to: "pairs.jsonl")
    _ = try fixture.tool.run("dataset", "import", "texts", "texts.jsonl")
    _ = try fixture.tool.run("dataset", "import", "pairs", "pairs.jsonl")
  }

  /// What each takes beside plain training: a reference, a teacher, scaled outputs, an evaluation in
  /// larger batches than a step's.
  @Test(
    .testModel(TestModels.smolLM2),
    arguments: [
      ("sft", "texts", ["--r", "16"]), ("sft", "texts", ["--eval-batch-size", "32", "--r", "2"]),
      ("sft", "texts", ["--method", "ia3"]), ("sft", "texts", ["--method", "dora"]),
      ("sft", "texts", ["--quantize", "w8a8"]),
      ("dpo", "pairs", ["--r", "16"]), ("distill", "texts", ["--teacher-model", "BASE"]),
      (
        "distill", "texts",
        ["--teacher-model", "BASE", "--distill-loss", "top-k", "--distill-top-k", "8"]
      ),
    ])
  func thePeakOfMemoryIsForeseen(
    objective: String, dataset: String, flags: [String]
  ) throws {
    let flags = flags.map { $0 == "BASE" ? base : $0 }
    let arguments =
      [
        "train", objective, "--base", base, "--dataset", dataset, "--output", "run",
        "--max-steps", "1", "--batch-size", "2", "--accumulation", "1", "--json",
      ] + flags
    let plan = try fixture.tool.run(arguments + ["--dry-run"]).json()
    let run = try fixture.tool.run(arguments)
    #expect(run.status == 0, "\(run.errors)")
    let forecast = plan["memory_bytes"]?["total"]?.number ?? 0
    let peak = try run.json()["metrics"]?["peak_memory_bytes"]?.number ?? .infinity
    #expect(abs(forecast - peak) < 0.25 * peak, "\(forecast / 1e6) and \(peak / 1e6) MB")
  }

  /// Evaluations, a reference and a teacher take time.
  @Test(.testModel(TestModels.smolLM2))
  func everythingThatTakesTimeIsCounted() throws {
    func plan(_ objective: String, _ dataset: String, _ flags: String...) throws -> JSONValue {
      let outcome = try fixture.tool.run(
        [
          "train", "estimate", "--objective", objective, "--base", base, "--dataset", dataset,
          "--eval-steps", "1", "--epochs", "100", "--json",
        ] + flags)
      return try outcome.json()
    }
    func operations(_ plan: JSONValue) -> Double { plan["operations_per_epoch"]?.number ?? .nan }
    let silent = try plan("sft", "texts", "--eval-strategy", "no")
    #expect(silent["seconds_of"]?["evaluation"] == 0)
    let plain = try plan("sft", "texts")
    let seconds = plain["seconds_of"]
    #expect((seconds?["evaluation"]?.number ?? 0) > (seconds?["training"]?.number ?? 0) / 5)
    #expect(seconds?["preparation"] == 0)
    let pairs = try plan("dpo", "pairs")
    #expect((pairs["seconds_of"]?["preparation"]?.number ?? -1) > 0)
    // Of operations, for the speed of the machine is measured anew each time.
    let taught = try plan("distill", "texts", "--teacher-model", base)
    #expect(operations(taught) > 1.2 * operations(plain))
    let rounded = try plan("sft", "texts", "--quantize", "w8a8")
    #expect(operations(rounded) < 0.9 * operations(plain))
  }
}
