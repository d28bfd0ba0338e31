internal import ExpertTestSupport
internal import Foundation
import Testing

/// What `train` refuses, with what to do instead; nothing is left behind.
@Suite struct TrainRefusalTests {
  private let fixture: TrainFixture

  init() throws { fixture = try TrainFixture() }

  @Test(arguments: [
    (["--max-steps", "0"], "--max-steps: expected a whole number from 1, or -1"),
    (["--rank-pattern", "foo=8"], "--rank-pattern"),
    (
      ["--target-modules", "q_proj", "--rank-pattern", "v_proj=8"],
      "v_proj carries no adapter; name it in --target-modules too"
    ),
    (["--report-to", "none,jsonl"], "none stands alone"),
    (["--max-length", "8"], "raise --max-length, or choose --on-too-long drop, truncate or split"),
    (["--template", "plain", "--max-length", "3", "--on-too-long", "drop"], "nothing to learn"),
  ])
  func settingsWithoutAMeaningAreRefused(flags: [String], says: String) throws {
    let outcome = try fixture.tool.run(fixture.arguments("sft", "run", flags))
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains(says), "\(outcome.errors)")
    #expect(!fixture.exists("run"))
  }

  @Test func thereIsNoOptionThatNothingReads() throws {
    let outcome = try fixture.train("sft", "run", "--data-workers", "2")
    #expect(outcome.status == 2)
  }

  /// The command that makes the kind that is needed is one that works.
  @Test func theWrongKindNamesACommandThatMakesTheRightOne() throws {
    let outcome = try fixture.train("dpo", "run")
    #expect(outcome.status == 2)
    #expect(
      outcome.errors.contains(
        "`expert-gen dataset create --domain DOMAIN --task \"…\" --format preference_pairs"))
    let made = try fixture.tool.run(
      "dataset", "create", "--domain", "arithmetic", "--task", "solve it", "--format",
      "preference_pairs", "--name", "pairs", "--count", "8", "--provider", "procedural")
    #expect(made.status == 0, "\(made.errors)")
    let trained = try fixture.train("dpo", "run", dataset: "pairs", "--r", "2", "--epochs", "1")
    #expect(trained.status == 0, "\(trained.errors)")
    let other = try fixture.train("sft", "other", dataset: "pairs")
    #expect(other.status == 2 && other.errors.contains("--format instruction"))
    let help = try fixture.tool.run("train", "dpo", "--help")
    #expect(help.output.contains("preference_pairs"))
  }

  /// A pair counts once, cannot be split, and the base's own limit is not raised by a flag.
  @Test func textsThatAreTooLongAreToldWhatHelps() throws {
    let long = String(repeating: "word ", count: 2000)
    let rows = (0..<3).map { row in
      "{\"prompt\":\"\(row) \(row == 0 ? "short" : long)\",\"chosen\":\"\(row)\",\"rejected\":\"x\"}\n"
    }
    try fixture.tool.write(rows.joined(), to: "pairs.jsonl")
    let pairs = try fixture.train("dpo", "run", dataset: "pairs.jsonl")
    #expect(pairs.status == 2)
    #expect(pairs.errors.contains("2 of 3 pairs are longer"), "\(pairs.errors)")
    #expect(pairs.errors.contains("that is the base's context"))
    #expect(!pairs.errors.contains("raise --max-length") && !pairs.errors.contains("split"))
    let kept = try fixture.train(
      "dpo", "run", dataset: "pairs", "--on-too-long", "drop", "--max-length", "100000", "--r",
      "2", "--epochs", "1")
    #expect(kept.status == 0, "\(kept.errors)")
    #expect(kept.errors.contains("--max-length 100000 is above the"))
  }

  @Test func aFolderOfTheDatasetsNameIsNoFile() throws {
    try FileManager.default.createDirectory(
      atPath: fixture.path("sums"), withIntermediateDirectories: true)
    let outcome = try fixture.train("sft", "run", dataset: "sums", "--r", "2")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func rowsThatAreNoRecordsNameTheImport() throws {
    try fixture.tool.write(
      "{\"q\":\"1\",\"a\":\"2\"}\n{\"q\":\"3\",\"a\":\"4\"}\n", to: "odd.jsonl")
    for objective in ["sft", "dpo"] {
      let outcome = try fixture.train(objective, "run", dataset: "odd.jsonl")
      #expect(outcome.status == 2)
      #expect(
        outcome.errors.contains("dataset import odd odd.jsonl --map COLUMN=instruction"),
        "\(outcome.errors)")
    }
    let made = try fixture.tool.run(
      "dataset", "import", "odd", "odd.jsonl", "--map", "q=instruction,a=output")
    #expect(made.status == 0, "\(made.errors)")
  }

  @Test func aFolderThatCannotBeMadeIsRefusedFirst() throws {
    let outcome = try fixture.train("sft", "rows.jsonl/run", dataset: "no-such-data")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("is a file"), "\(outcome.errors)")
  }

  @Test func theExitCodesAreListed() throws {
    let help = try fixture.tool.run("--help")
    #expect(help.output.contains("10 training failed"))
  }
}
