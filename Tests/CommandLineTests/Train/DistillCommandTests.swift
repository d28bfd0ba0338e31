internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// `train distill` as a user runs it.
@Suite struct DistillCommandTests {
  private let fixture: TrainFixture

  init() throws { fixture = try TrainFixture() }

  /// Each loss from the first step to the last; answers that are kept are read the second time.
  @Test func everyLossTrainsToTheEnd() throws {
    let teacher = ["--teacher-model", fixture.model]
    for (loss, more) in [
      ("kl", teacher), ("reverse-kl", teacher), ("jsd", teacher),
      ("top-k", teacher + ["--distill-top-k", "16"]), ("replies", []),
    ] {
      let arguments = fixture.arguments(
        "distill", loss, ["--distill-loss", loss, "--r", "4"] + more)
      let outcome = try fixture.tool.run(arguments)
      #expect(outcome.status == 0, "\(loss): \(outcome.errors)")
      #expect(try fixture.record(loss)["state"] == "finished")
      #expect(try fixture.record(loss)["metrics"]?["kd"] != nil || loss == "replies")
    }
    #expect(try Set(["kl", "top-k", "replies"].map { try fixture.weights($0) }).count == 3)
    let again = try fixture.train(
      "distill", "again", "--distill-loss", "top-k", "--r", "4", "--teacher-model", fixture.model,
      "--distill-top-k", "16")
    #expect(again.errors.contains("0 computed and kept, 20 read from the store"))
    #expect(try fixture.weights("again") == fixture.weights("top-k"))
  }

  /// What the run would refuse, a dry run refuses, before any data is read.
  @Test(arguments: [
    ([], "--teacher-adapter"), (["--teacher-model", "nobody"], "nobody"),
    (["--teacher-adapter", "nowhere"], "--teacher-adapter"),
    (["--distill-loss", "replies", "--temperature", "3"], "learns without a teacher"),
    (["--distill-loss", "replies", "--distill-alpha", "0.3"], "learns without a teacher"),
  ])
  func withoutATeacherNothingBegins(more: [String], says: String) throws {
    for dryRun in [[], ["--dry-run"]] {
      let outcome = try fixture.tool.run(
        fixture.arguments("distill", "run", dataset: "no-such-data", more + dryRun))
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains(says), "\(outcome.errors)")
      #expect(!outcome.errors.contains("no-such-data"))
    }
  }
}
