internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct VersionCommandTests {
  @Test func importReportsABadRowWithItsLineAndKeepsTheOthers() throws {
    let tool = try CommandLineTool()
    try tool.write(
      """
      {"instruction":"Add 1 and 2","output":"3"}
      {"nothing":"here"}
      {"instruction":"Add 2 and 2","output":"4"}

      """, to: "a.jsonl")
    let outcome = try tool.run("dataset", "import", "d", "a.jsonl")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("a.jsonl:2:"))
    #expect(outcome.output == "d@v1: 2 added, 0 edited, 0 already there, 1 in quarantine\n")
    let again = try tool.run("dataset", "import", "d", "a.jsonl", "--json").json()
    #expect(again["commit"] == .null)
    #expect(again["already_there"] == 2)
    #expect(try tool.run("store", "fsck", "--full", "--json").json()["sound"] == true)
  }

  @Test func logTagDiffAndExportFollowAChange() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 6, repeats: 2)
    #expect(try tool.run("dataset", "tag", "d", "r1").status == 0)
    #expect(try tool.run("dataset", "dedup", "d").status == 0)
    let log = try tool.run("dataset", "log", "d", "--json").json()
    #expect(log["versions"]?.array?.map { $0["version"] } == ["v2", "v1"])
    let diff = try tool.run("dataset", "diff", "d@r1", "d", "--json").json()
    #expect(diff["removed"]?.array?.count == 2)
    #expect(diff["added"] == [])
    #expect(try tool.run("dataset", "export", "d@r1", "-o", "a.jsonl").status == 0)
    #expect(try tool.run("dataset", "export", "d@v1", "-o", "b.jsonl").status == 0)
    #expect(try tool.text("a.jsonl") == tool.text("b.jsonl"))
    #expect(try tool.text("a.jsonl").split(separator: "\n").count == 8)
    let why = try tool.run("dataset", "why", StoreFixture.rid(7).description, "--json").json()
    #expect(why["versions"] == ["d@v1"])
    #expect(why["rejections"]?[0]?["filter"] == "exact-duplicate")
    let funnel = try tool.run("dataset", "funnel", "d", "--json").json()
    #expect(funnel["dropped"]?["exact-duplicate"] == 2)
  }

  @Test func splitAndStratifyMakeVersions() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 60)
    let split = try tool.run("dataset", "split", "d", "--json").json()
    let counts = ["train", "valid", "test"].compactMap { split["splits"]?[$0]?.integer }
    #expect(counts.reduce(0, +) == 60)
    let stats = try tool.run("dataset", "stats", "d", "--json").json()
    #expect(stats["splits"]?["train"]?.integer == counts[0])
    let drawn = try tool.run(
      "dataset", "stratify", "d", "--distribution", "easy:0.5,hard:0.5", "--total", "20",
      "--json"
    ).json()
    #expect(drawn["drawn"] == ["easy": 10, "hard": 10, "medium": 0])
    #expect(drawn["commit"]?["records"] == 20)
  }

  @Test func filterWorksFromFileToFile() throws {
    let tool = try CommandLineTool()
    let row = #"{"instruction":"Name the capital of France","input":"","output":"Paris"}"#
    try tool.write(row + "\n" + row + "\nnot json\n", to: "a.jsonl")
    let outcome = try tool.run(
      "dataset", "filter", "--input", "a.jsonl", "--output", "b.jsonl", "--min-output-length", "3",
      "--max-similarity", "0.85", "--validate-json", "--rejected", "c.jsonl", "--json")
    #expect(outcome.status == 0)
    let json = try outcome.json()
    #expect(json["tally"]?["kept"] == 1)
    #expect(json["bad_rows"] == 1)
    #expect(try tool.text("b.jsonl").split(separator: "\n").count == 1)
    #expect(try tool.text("c.jsonl").split(separator: "\n").count == 2)
    #expect(try tool.run("dataset", "filter", "--input", "a.jsonl").status == 2)
  }

  @Test func backupIsASoundStore() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool)
    #expect(try tool.run("store", "backup", "copy.db").status == 0)
    let check = try tool.run("store", "fsck", "--full", "--store", "copy.db")
    #expect(check.status == 0)
    #expect(try tool.run("store", "gc", "--json").json()["objects"] == 0)
  }
}
