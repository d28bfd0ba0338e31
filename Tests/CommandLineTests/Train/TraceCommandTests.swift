internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// `trace`: from the weights back to everything they came from.
@Suite struct TraceCommandTests {
  private var fixture: TrainFixture

  init() throws {
    fixture = try TrainFixture()
    _ = try fixture.train("sft", "first", "--r", "4", "--fisher-examples", "4")
    _ = try fixture.train("sft", "next", "--adapter", "first")
  }

  /// Relative folders of a run lead to it from every other folder.
  @Test func theWalkWorksFromEverywhere() throws {
    var tool = fixture.tool
    tool.preparation = "mkdir -p elsewhere && cd elsewhere"
    let arguments = ["trace", fixture.path("next"), "--json", "--store", fixture.path("expert.db")]
    let outcome = try tool.run(arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let source = try outcome.json()["sources"]?[0]
    #expect(source?["place"]?.string == fixture.path("first"))
    #expect(source?["as_recorded"] == true)
    #expect(source?["trace"]?["run"]?["id"] == (try fixture.record("first"))["id"])
    // The two moved together still find each other.
    for name in ["first", "next"] {
      try FileManager.default.createDirectory(
        atPath: fixture.path("moved"), withIntermediateDirectories: true)
      try FileManager.default.moveItem(
        atPath: fixture.path(name), toPath: fixture.path("moved/" + name))
    }
    #expect(try fixture.tool.run("trace", "moved/next").status == 0)
  }

  /// A merge leaves no record of a training; what its parts learned from is known all the same.
  @Test func aMergedAdapterIsGoneOnFromAndTraced() throws {
    let merged = try fixture.tool.run(
      "expert", "merge", "first", "next", "--base", fixture.model, "--output", "both")
    #expect(merged.status == 0, "\(merged.errors)")
    let trained = try fixture.train("sft", "after", "--adapter", "both")
    #expect(trained.status == 0, "\(trained.errors)")
    #expect(try fixture.record("after")["ancestors"]?.array?.isEmpty == false)
    let outcome = try fixture.tool.run("trace", "after", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let source = try outcome.json()["sources"]?[0]
    #expect(source?["sha256"]?.string == (try fixture.weights("both")))
    #expect(source?["as_recorded"] == true && source?["trace"] == JSONValue.null)
    // A record that claims a form must have it.
    try fixture.tool.write("{\"format\":\"other\"}", to: "both/run.json")
    #expect(try fixture.tool.run("trace", "after").status != 0)
  }

  @Test func aParentThatIsMissingIsListedWithItsHash() throws {
    let hash = try fixture.weights("first")
    try FileManager.default.removeItem(atPath: fixture.path("first"))
    let outcome = try fixture.tool.run("trace", "next")
    #expect(outcome.status == 11)
    #expect(outcome.output.contains(fixture.path("first")))
    #expect(outcome.output.contains("sha256 \(hash), MISSING"), "\(outcome.output)")
    #expect(
      try fixture.tool.run("trace", "next", "--json").json()["sources"]?[0]?["missing"] == true)
  }

  @Test func aParentWithOtherWeightsIsNoParent() throws {
    _ = try fixture.train("sft", "other", "--r", "4", "--seed", "4")
    for name in ["adapter_model.safetensors", "run.json"] {
      try FileManager.default.removeItem(atPath: fixture.path("first/" + name))
      try FileManager.default.copyItem(
        atPath: fixture.path("other/" + name), toPath: fixture.path("first/" + name))
    }
    // The folder is whole in itself, and is not what the run began from.
    #expect(try fixture.tool.run("trace", "first").status == 0)
    let outcome = try fixture.tool.run("trace", "next")
    #expect(outcome.status == 11)
    #expect(outcome.output.contains("NOT what the run recorded"))
    #expect(try outcome.output.contains(fixture.weights("other")))
  }

  @Test func teachersAndEarlierTasksAreShownWithTheirData() throws {
    let outcome = try fixture.train(
      "distill", "small", "--teacher-model", fixture.model, "--teacher-adapter", "first", "--r",
      "2", "--ewc-from", "first", "--ewc-lambda", "1")
    // EWC needs the same tensors; another rank has none of them.
    #expect(outcome.status != 0)
    let whole = try fixture.train(
      "distill", "small", "--teacher-model", fixture.model, "--teacher-adapter", "first",
      "--adapter", "first", "--ewc-from", "first", "--ewc-lambda", "1")
    #expect(whole.status == 0, "\(whole.errors)")
    let trace = try fixture.tool.run("trace", "small")
    #expect(trace.status == 0, "\(trace.output)")
    for role in ["went on from", "teacher ", "teacher's adapter", "earlier task"] {
      #expect(trace.output.contains(role), "\(role)")
    }
    #expect(trace.output.components(separatedBy: "dataset   sums@v1").count == 5)
    try fixture.change("first/ewc.safetensors") { $0[$0.count - 1] ^= 1 }
    #expect(try fixture.tool.run("trace", "small").status == 11)
  }

  @Test func theRecordsAreThoseOfTheSplitThatWasLearned() throws {
    let outcome = try fixture.train("sft", "held", dataset: "sums@v1:valid", "--r", "2")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try fixture.tool.run("trace", "held", "--json", "--records", "9").json()
    #expect(json["origins"]?[0]?["records"]?.integer == 4)
    #expect(json["records"]?.array?.count == 4)
    let train = try fixture.tool.run("trace", "first", "--json", "--records", "99").json()
    let held = Set((json["records"]?.array ?? []).compactMap { $0["record"]?.string })
    let learned = Set((train["records"]?.array ?? []).compactMap { $0["record"]?.string })
    #expect(held.count == 4 && learned.count == 20 && held.isDisjoint(with: learned))
  }
}
