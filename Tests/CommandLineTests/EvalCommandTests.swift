internal import ExpertLoopback
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct EvalCommandTests {
  private static let answers = """
    {"rid":"a","prediction":"the cat sat on the mat","reference":"the cat sat on the mat","difficulty":"easy"}
    {"rid":"b","prediction":"a dog","reference":"a dog ran home","difficulty":"hard"}

    """

  private func tool(_ text: String = answers) throws -> CommandLineTool {
    let tool = try CommandLineTool()
    try tool.write(text, to: "a.jsonl")
    return tool
  }

  @Test func aFileOfAnswersIsScoredByTheMetricsAskedFor() throws {
    let tool = try tool()
    let json = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--metrics", "exact-match,squad-f1",
      "--resamples", "0", "--json"
    ).json()
    let rows = json["metrics"]?.array ?? []
    #expect(rows.map { $0["name"] } == ["exact-match", "squad-f1"])
    #expect(rows.map { $0["score"] } == [0.5, 0.75])
    #expect(rows.allSatisfy { $0["low"] == .null })
    let text = try tool.run("eval", "score", "--predictions", "a.jsonl").output
    #expect(text.contains("METRIC"))
    #expect(text.contains("only 2 examples"))
  }

  @Test func anotherSystemsAnswersAreComparedLineByLine() throws {
    let tool = try tool()
    try tool.write(
      "{\"prediction\":\"the cat\"}\n{\"prediction\":\"a dog ran home\"}\n", to: "base.jsonl")
    let json = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--base", "base.jsonl", "--metrics",
      "exact-match", "--json"
    ).json()
    let row = json["metrics"]?[0]
    #expect(row?["base"]?["score"] == 0.5)
    #expect(row?["wins"]?["wins"] == 1 && row?["wins"]?["losses"] == 1)
    #expect(row?["difference"]?["score"] == 0)
  }

  @Test func referencesMayStandInAFileOfTheirOwn() throws {
    let tool = try tool("{\"prediction\":\"5\"}\n{\"prediction\":\"6\"}\n")
    try tool.write("{\"reference\":\"5.0\"}\n{\"label\":\"7\"}\n", to: "r.jsonl")
    let json = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--references", "r.jsonl", "--metrics",
      "normalised-match", "--json"
    ).json()
    #expect(json["metrics"]?[0]?["score"] == 0.5)
    try tool.write("{\"reference\":\"5.0\"}\n", to: "r.jsonl")
    let outcome = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--references", "r.jsonl")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("2 predictions and 1 references"))
  }

  @Test func reportsAreWrittenAndCompared() throws {
    let tool = try tool()
    let first = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--output", "out/a.json", "--html",
      "out/a.html", "--examples", "out/a-scores.jsonl")
    #expect(first.status == 0)
    #expect(try tool.text("out/a.html").hasPrefix("<!doctype html>"))
    let scores = try tool.text("out/a-scores.jsonl").split(separator: "\n")
    #expect(scores.count == 2 && scores[0].hasPrefix("{\"rid\":\"a\",\"scores\":{"))
    try tool.write(
      Self.answers.replacingOccurrences(of: "\"a dog\"", with: "\"a dog ran home\""),
      to: "b.jsonl")
    let second = try tool.run(
      "eval", "score", "--predictions", "b.jsonl", "--output", "out/b.json")
    #expect(second.status == 0)
    let comparison = try tool.run("eval", "compare", "out/a.json", "out/b.json", "--json").json()
    #expect(comparison["shared_examples"] == 2)
    let row = comparison["metrics"]?.array?.first { $0["name"] == "benchmark" }
    #expect((row?["second"]?.number ?? 0) > (row?["first"]?.number ?? 1))
    let same = try tool.run("eval", "compare", "out/a.json", "out/a.json")
    #expect(same.status == 0 && same.output.contains("0/2/0"))
  }

  @Test func badRowsAndNamesAreRefusedWithTheirPlace() throws {
    let tool = try tool("{\"prediction\":\"x\",\"reference\":\"x\"}\n{\"reference\":\"x\"}\n")
    let missing = try tool.run("eval", "score", "--predictions", "a.jsonl")
    #expect(missing.status == 11)
    #expect(missing.errors.contains("a.jsonl:2: the field \"prediction\" is missing"))
    try tool.write("{\"prediction\":\"x\",}\n", to: "a.jsonl")
    #expect(
      try tool.run("eval", "score", "--predictions", "a.jsonl").errors.contains(
        "a.jsonl:1: column 19"))
    try tool.write("", to: "a.jsonl")
    #expect(try tool.run("eval", "score", "--predictions", "a.jsonl").status == 1)
    try tool.write(Self.answers, to: "a.jsonl")
    let name = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--metrics", "blue", "--json")
    #expect(name.status == 2)
    #expect(try name.json()["error"]?["kind"] == "unknown-name")
    let field = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--metrics", "perplexity")
    #expect(field.status == 2)
    #expect(field.errors.contains("nll and tokens"))
    #expect(try tool.run("eval", "compare", "a.jsonl", "a.jsonl").status == 11)
  }

  @Test func aRowWithoutAReferenceIsRefusedWithItsPlace() throws {
    let tool = try tool(
      """
      {"prediction":"a","reference":"a"}

      {"prediction":"b"}

      """)
    func refused(_ place: String, _ more: String...) throws {
      let outcome = try tool.run(["eval", "score", "--predictions", "a.jsonl"] + more)
      #expect(outcome.status == 11, "\(outcome.output)")
      #expect(outcome.errors.contains(place), "\(outcome.errors)")
    }
    try refused("a.jsonl:3: ")
    try refused("a.jsonl:3: it has no reference", "--metrics", "exact-match")
    try tool.write("{\"reference\":\"a\"}\n{\"references\":[]}\n", to: "r.jsonl")
    try refused("r.jsonl:2: ", "--references", "r.jsonl")
    // What needs no reference is scored without one.
    let valid = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--metrics", "json-validity", "--json")
    #expect(valid.status == 0)
    #expect(try valid.json()["metrics"]?[0]?["count"] == 2)
    try tool.write(
      "{\"nll\":2,\"tokens\":2}\n{\"prediction\":\"b\",\"reference\":\"b\"}\n", to: "a.jsonl")
    try refused("a.jsonl:2: it has no nll and tokens", "--metrics", "perplexity")
  }

  /// Half of the second report's examples are others: the values are those of the shared half.
  @Test func aComparisonIsOfTheSharedExamples() throws {
    let tool = try tool(
      """
      {"rid":"a","prediction":"the cat sat","reference":"the cat sat"}
      {"rid":"b","prediction":"a dog ran","reference":"no word of it"}

      """)
    try tool.write(
      """
      {"rid":"a","prediction":"the cat sat","reference":"the cat sat"}
      {"rid":"c","prediction":"wrong","reference":"right"}

      """, to: "b.jsonl")
    for name in ["a", "b"] {
      let outcome = try tool.run(
        "eval", "score", "--predictions", "\(name).jsonl", "--metrics", "exact-match,chrf",
        "--output", "\(name).json")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let outcome = try tool.run("eval", "compare", "a.json", "b.json", "--json")
    let json = try outcome.json()
    #expect(json["shared_examples"] == 1)
    let rows = json["metrics"]?.array ?? []
    #expect(rows.map { $0["name"] } == ["benchmark", "exact-match", "chrf"])
    for row in rows {
      #expect(row["first"] == row["second"] && row["difference"] == 0, "\(row)")
      #expect((row["first"]?.number ?? 0) >= 1, "\(row)")
    }
    try tool.write("{\"rid\":\"z\",\"prediction\":\"x\",\"reference\":\"x\"}\n", to: "c.jsonl")
    _ = try tool.run(
      "eval", "score", "--predictions", "c.jsonl", "--metrics", "exact-match", "--output", "c.json")
    let none = try tool.run("eval", "compare", "a.json", "c.json")
    #expect(none.status == 2 && none.errors.contains("no example in common"))
  }

  @Test func perplexityAndRewardsNeedNoAnswer() throws {
    let tool = try tool(
      """
      {"nll":2.0,"tokens":2,"chosen_reward":1,"rejected_reward":0.5}
      {"nll":4.0,"tokens":1,"chosen_reward":0,"rejected_reward":0}

      """)
    let json = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--metrics",
      "perplexity,reward-accuracy,reward-margin", "--json"
    ).json()
    let scores = (json["metrics"]?.array ?? []).compactMap { $0["score"]?.number }
    #expect(scores.count == 3)
    #expect(abs(scores[0] - 7.38905609893065) < 1e-9)
    #expect(Array(scores[1...]) == [0.5, 0.25])
  }

  @Test func testRecordsThatWereTrainedOnAreNamed() throws {
    let tool = try tool(
      """
      {"instruction":"Name a fruit.","output":"apple","split":"train"}
      {"instruction":"Name a fruit.","output":"pear","split":"test"}
      {"instruction":"Name a colour.","output":"red","split":"test"}

      """)
    #expect(try tool.run("dataset", "import", "d", "a.jsonl").status == 0)
    let found = try tool.run("eval", "leaks", "d", "--allow-trained-on", "--json")
    #expect(found.status == 0)
    #expect(try found.json()["leaks"]?.array?.map { $0["kind"] } == ["prompt"])
    let refused = try tool.run("eval", "leaks", "d")
    #expect(refused.status == 11)
    #expect(refused.output.hasPrefix("WARNING: 1 of 2 test records were trained on: 1 prompt"))
    #expect(refused.errors.contains("--allow-trained-on"))
  }

  @Test func aJudgeIsAskedInBothOrders() throws {
    let server = try ScriptedServer.logging(
      DialectScript.answering(dialect: .vLLM, models: ["judge-1"]) { question in
        let isFirst = question.prompt.range(of: "a dog ran home\nFENCE") == nil
        return DialectAnswer("{\"reason\":\"r\",\"winner\":\"\(isFirst ? "A" : "tie")\"}")
      })
    defer { server.stop() }
    let tool = try tool()
    try tool.write(
      "{\"prediction\":\"the cat\"}\n{\"prediction\":\"a cat\"}\n", to: "base.jsonl")
    let json = try tool.run(
      "eval", "score", "--predictions", "a.jsonl", "--base", "base.jsonl", "--judge", "local",
      "--base-url", server.baseURL + "/v1", "--json"
    ).json()
    #expect(json["judge"]?["model"] == "judge-1")
    #expect(json["judge"]?["inconsistent"] == 1)
    #expect(json["judge"]?["wins"]?["ties"] == 2)
    let alone = try tool.run("eval", "score", "--predictions", "a.jsonl", "--judge", "local")
    #expect(alone.status == 2)
  }
}
