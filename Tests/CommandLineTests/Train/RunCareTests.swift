internal import ExpertRecord
internal import ExpertStore
internal import ExpertTestSupport
internal import Foundation
import Testing

/// What a run's folder goes through: damage, new data, kill -9, Ctrl-C, other settings.
@Suite struct RunCareTests {
  private let fixture: TrainFixture

  init() throws { fixture = try TrainFixture() }

  /// A run that lasts a few seconds, with a checkpoint every few steps.
  private func long(_ output: String, _ more: String...) -> [String] {
    fixture.arguments(
      "sft", output,
      ["--r", "4", "--max-steps", "400", "--save-steps", "7", "--eval-steps", "50"] + more)
  }

  private func hasCheckpoint(_ output: String) -> Bool {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: fixture.path(output + "/checkpoints"))
    return names?.contains { $0.hasPrefix("step-") } ?? false
  }

  /// Starts a run and sends it a signal once it has saved.
  private func interrupt(_ arguments: [String], _ output: String, by signal: Int32) throws
    -> CommandLineTool.Outcome
  {
    let process = try fixture.tool.start(arguments)
    let end = Date().addingTimeInterval(60)
    while process.isRunning, !hasCheckpoint(output), Date() < end { usleep(5_000) }
    if process.isRunning { kill(process.processIdentifier, signal) }
    return try fixture.tool.outcome(of: process)
  }

  @Test(arguments: [SIGKILL, SIGINT])
  func aRunThatIsCutOffEndsWithTheSameBytes(signal: Int32) throws {
    #expect(try fixture.tool.run(long("whole")).status == 0)
    let cut = try interrupt(long("cut"), "cut", by: signal)
    #expect(cut.status == (signal == SIGKILL ? 128 + SIGKILL : 130), "\(cut.errors)")
    let left = try fixture.record("cut")
    #expect(left["state"] == (signal == SIGKILL ? "running" : "interrupted"))
    // It is no run to repeat yet, and says how it becomes one.
    let early = try fixture.tool.run("train", "reproduce", "cut")
    #expect(early.status == 2)
    #expect(early.errors.contains("goes on from there"), "\(early.errors)")
    let rest = try fixture.tool.run(long("cut"))
    #expect(rest.status == 0 && rest.errors.contains("going on from step"), "\(rest.errors)")
    #expect(try fixture.weights("cut") == fixture.weights("whole"))
  }

  @Test func aRunGoesOnWithTheVersionItBeganWith() throws {
    #expect(try fixture.tool.run(long("whole")).status == 0)
    let arguments = fixture.arguments(
      "sft", "cut", dataset: "sums",
      ["--r", "4", "--max-steps", "400", "--save-steps", "7", "--eval-steps", "50"])
    _ = try interrupt(arguments, "cut", by: SIGINT)
    try fixture.topUp()
    let rest = try fixture.tool.run(arguments)
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(rest.errors.contains("going on with sums@v1") && rest.errors.contains("sums@v2"))
    #expect(try fixture.record("cut")["dataset"]?["version"] == "v1")
    #expect(try fixture.weights("cut") == fixture.weights("whole"))
    // Over, it is no run on what the name means now.
    let again = try fixture.tool.run(arguments)
    #expect(again.status == 2)
    #expect(again.errors.contains("sums@v1") && again.errors.contains("here sums@v2"))
    let named = try fixture.tool.run(arguments.map { $0 == "sums" ? "sums@v1" : $0 })
    #expect(named.status == 0 && named.errors.contains("trained already"), "\(named.errors)")
    let other = try fixture.tool.run(arguments.map { $0 == "sums" ? "sums@v1:valid" : $0 })
    #expect(other.status == 2 && other.errors.contains("--dataset sums, here sums@v1:valid"))
  }

  @Test func aDamagedAdapterIsMadeAnewToTheSameBytes() throws {
    #expect(try fixture.train("sft", "run", "--r", "4", "--save-steps", "3").status == 0)
    let whole = try fixture.weights("run")
    for name in ["adapter_model.safetensors", "adapter_config.json"] {
      try fixture.change("run/" + name) { $0[$0.count / 2] ^= 4 }
      let again = try fixture.train("sft", "run", "--r", "4", "--save-steps", "3")
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.errors.contains("is not what the run recorded"))
      #expect(try fixture.weights("run") == whole)
      #expect(try fixture.tool.run("trace", "run").status == 0)
    }
    let quiet = try fixture.train("sft", "run", "--r", "4", "--save-steps", "3")
    #expect(quiet.errors.contains("trained already") && !quiet.errors.contains("recorded"))
  }

  @Test func whatDiffersIsNamed() throws {
    #expect(try fixture.train("sft", "run", "--r", "4").status == 0)
    let settings = try fixture.train("sft", "run", "--r", "8", "--seed", "3")
    #expect(settings.status == 2)
    #expect(settings.errors.contains("--r 4, here 8"))
    #expect(settings.errors.contains("--seed 0, here 3"))
    let threads = long("cut") + ["--threads", "1"]
    _ = try interrupt(threads, "cut", by: SIGINT)
    let other = try fixture.tool.run(long("cut") + ["--threads", "2"])
    #expect(other.status == 2)
    #expect(other.errors.contains("--threads 1, here 2"), "\(other.errors)")
  }

  @Test func aReproductionFromOtherThingsIsRefusedBeforeTheFirstStep() throws {
    #expect(try fixture.train("sft", "sft", "--r", "4").status == 0)
    #expect(try fixture.train("sft", "next", "--adapter", "sft").status == 0)
    #expect(try fixture.tool.run("train", "reproduce", "next", "--output", "one").status == 0)
    // A later version and a moved tag change nothing: the commit is taken.
    try fixture.topUp()
    #expect(try fixture.tool.run("train", "reproduce", "next", "--output", "two").status == 0)
    _ = try fixture.train("sft", "other", "--r", "4", "--seed", "7")
    let from = fixture.path("other/adapter_model.safetensors")
    try FileManager.default.removeItem(atPath: fixture.path("sft/adapter_model.safetensors"))
    try FileManager.default.copyItem(
      atPath: from, toPath: fixture.path("sft/adapter_model.safetensors"))
    let refused = try fixture.tool.run("train", "reproduce", "next", "--output", "three")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("start adapter with sha256"), "\(refused.errors)")
    #expect(!fixture.exists("three"))
  }

  /// What fails before the first step leaves no pin; a run leaves one.
  @Test func aRunThatDoesNotBeginPinsNothing() throws {
    func pins() throws -> Int {
      let store = try Store.open(fixture.path("expert.db"), mode: .readOnly)
      defer { try? store.close() }
      return try store.pins(of: "sums").count
    }
    #expect(try fixture.train("sft", "teacher", "--r", "4").status == 0)
    let before = try pins()
    #expect(before == 1)
    try FileManager.default.removeItem(atPath: fixture.path("teacher/adapter_model.safetensors"))
    let failed = try fixture.train("distill", "run", "--teacher-adapter", "teacher", "--r", "2")
    #expect(failed.status != 0 && failed.errors.contains("adapter_model.safetensors"))
    #expect(try pins() == before)
    #expect(!fixture.exists("run"))
  }

  @Test func whatEndsWorseThanItBeganIsSaid() throws {
    #expect(try fixture.train("sft", "good", "--r", "4", "--max-steps", "40").status == 0)
    let outcome = try fixture.train(
      "sft", "run", "--adapter", "good", "--learning-rate", "1", "--scheduler", "constant",
      "--max-grad-norm", "0")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let metrics = try fixture.record("run")["metrics"]
    let (start, end) = (metrics?["eval_loss_at_start"]?.number, metrics?["eval_loss"]?.number)
    #expect((end ?? 0) > (start ?? .infinity))
    #expect(outcome.errors.contains("at the end and was"), "\(outcome.errors)")
    #expect(metrics?["best_step"] == 0)
    // The adapter that is kept is the one that it began with.
    #expect(try fixture.weights("run") == fixture.weights("good"))
    let findings = try fixture.record("run")["findings"]?.array ?? []
    #expect(findings.contains { $0["kind"] == "worse-than-at-start" })
    // Without the best, the last one stays.
    let last = try fixture.train(
      "sft", "last", "--adapter", "good", "--learning-rate", "1", "--scheduler", "constant",
      "--max-grad-norm", "0", "--no-keep-best")
    #expect(last.errors.contains("let --keep-best keep the best adapter"))
    #expect(try fixture.weights("last") != fixture.weights("good"))
  }

  @Test func withoutEvaluationsNoneIsMade() throws {
    let outcome = try fixture.train("sft", "run", "--r", "4", "--eval-strategy", "no")
    #expect(outcome.status == 0 && !outcome.errors.contains("eval_loss"), "\(outcome.errors)")
    #expect(try !fixture.tool.text("run/metrics.jsonl").contains("eval_loss"))
    #expect(try fixture.record("run")["metrics"]?["eval_loss"] == nil)
  }
}
