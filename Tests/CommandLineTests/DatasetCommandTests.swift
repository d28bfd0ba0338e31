internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct StoreCommandTests {
  @Test func initMakesAStoreOnce() throws {
    let tool = try CommandLineTool()
    let first = try tool.run("store", "init", "--json")
    #expect(first.status == 0)
    #expect(try first.json()["created"]?.bool == true)
    #expect(try tool.run("store", "init", "--json").json()["created"]?.bool == false)
    #expect(try tool.run("dataset", "list", "--json").json() == ["datasets": []])
  }

  @Test func withoutAStoreACommandSaysHowToMakeOne() throws {
    let outcome = try CommandLineTool().run("dataset", "list")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("store init"))
  }

  @Test func aForeignFileIsNoStoreAndStaysAsItIs() throws {
    let tool = try CommandLineTool()
    try tool.write("just text\n", to: "expert.db")
    let outcome = try tool.run("dataset", "list", "--json")
    #expect(outcome.status == 2)
    #expect(try outcome.json()["error"]?["kind"]?.string == "not-a-store")
    #expect(try tool.text("expert.db") == "just text\n")
  }
}

@Suite struct DatasetCommandTests {
  @Test func listAndShowTellNameVersionAndRecords() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool)
    let list = try tool.run("dataset", "list", "--json").json()
    #expect(list["datasets"]?[0]?["name"] == "d")
    #expect(list["datasets"]?[0]?["head"]?["records"] == 30)
    let plain = try tool.run("dataset", "list").output
    #expect(plain.contains("d     instruction  v1"))
    let shown = try tool.run("dataset", "show", "d", "--limit", "2", "--skip", "1", "--json").json()
    #expect(shown["count"] == 30)
    #expect(shown["records"]?.array?.count == 2)
    #expect(shown["records"]?[0]?["rid"]?.string == StoreFixture.rid(1).description)
    let text = try tool.run("dataset", "show", "d@v1", "--limit", "1").output
    #expect(text.contains("d@v1"))
    #expect(text.contains("Reverse the list number 0."))
  }

  @Test func anUnknownDatasetLeavesWithTwoAndNamesWhatThereIs() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool)
    let outcome = try tool.run("dataset", "show", "nope")
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("\"nope\""))
    #expect(outcome.errors.contains("Datasets: d."))
  }

  @Test func filterDropsWithReasonsAndMakesAVersion() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 30, repeats: 4)
    let outcome = try tool.run("dataset", "filter", "d", "--json")
    #expect(outcome.status == 0)
    let json = try outcome.json()
    #expect(json["tally"]?["dropped"]?["exact-duplicate"] == 4)
    #expect(json["tally"]?["kept"] == 30)
    #expect(json["commit"]?["records"] == 30)
    let again = try tool.run("dataset", "filter", "d", "--json").json()
    #expect(again["commit"] == .null)
    #expect(try tool.run("dataset", "show", "d@v1", "--json").json()["count"] == 34)
  }

  @Test func dedupKeepsTheEarlierRecord() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 5, repeats: 5)
    let outcome = try tool.run("dataset", "dedup", "d", "--threshold", "0.85")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("d@v2: dropped 5 of 10 records"))
    let rids = try tool.run("dataset", "show", "d", "--limit", "10", "--json").json()["records"]?
      .array?.compactMap { $0["rid"]?.string }
    #expect(rids == (0..<5).map { StoreFixture.rid($0).description })
    let wrong = try tool.run("dataset", "dedup", "d", "--threshold", "2")
    #expect(wrong.status == 2)
  }

  @Test func aReviewSessionIsOneCommit() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 20)
    let answers = """
      a
      nonsense
      e output
      a better answer
      .
      r it is wrong
      s
      q

      """
    let outcome = try tool.run("dataset", "review", "d", "--json", input: answers)
    #expect(outcome.status == 0)
    let json = try outcome.json()
    #expect(json["accepted"] == 1)
    #expect(json["edited"] == 1)
    #expect(json["rejected"] == 1)
    #expect(json["undecided"] == 7)
    #expect(json["commit"]?["version"] == "v2")
    #expect(json["commit"]?["records"] == 19)
    let shown = try tool.run("dataset", "show", "d", "--limit", "20", "--json").json()
    let reviewed = (shown["records"]?.array ?? []).filter {
      $0["attributes"]?["labels"] == ["reviewed"]
    }
    #expect(reviewed.count == 2)
    #expect(reviewed.contains { $0["record"]?["output"] == "a better answer" })
  }

  @Test func aReviewWithoutAnswersChangesNothing() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 3)
    let outcome = try tool.run("dataset", "review", "d")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("no version was made"))
  }

  @Test func anEditorChangesARecord() throws {
    var tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 1)
    try tool.write("#!/bin/sh\nsed -i 's/Reverse/Turn/' \"$1\"\n", to: "editor")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: tool.folder.file("editor"))
    tool.environment["EDITOR"] = tool.folder.file("editor")
    let outcome = try tool.run("dataset", "review", "d", "--json", input: "e\n")
    #expect(try outcome.json()["edited"] == 1)
    let shown = try tool.run("dataset", "show", "d", "--json").json()
    #expect(shown["records"]?[0]?["record"]?["instruction"] == "Turn the list number 0.")
  }

  @Test func hostileTextOfARecordCannotReachTheTerminal() throws {
    let tool = try CommandLineTool()
    try StoreFixture.make(in: tool, count: 1)
    let outcome = try tool.run(
      "dataset", "review", "d", "--json", input: "e output\n\u{1b}[31mred\u{202e}\n.\n")
    #expect(try outcome.json()["edited"] == 1)
    let text = try tool.run("dataset", "show", "d").output
    #expect(!text.contains("\u{1b}"))
    #expect(!text.contains("\u{202e}"))
    #expect(text.contains("\u{fffd}[31mred\u{fffd}"))
  }
}
