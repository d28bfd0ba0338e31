import ExpertPlatform
import ExpertRecord
import ExpertTestSupport
import ExpertTraining
import Foundation
import Testing

@Suite struct TrackerTests {
  private static let settings: JSONValue = ["r": 16]
  private static let time: Int64 = 1_700_000_000_000_000

  private static func row(_ step: Int, _ values: [String: Double]) -> MetricRow {
    MetricRow(step: step, time: time + 1_500_000, values: values)
  }

  /// The same records, framed by TensorBoard's own writer.
  @Test func anEventFileHasTheBytesOfTensorBoards() throws {
    let folder = try TemporaryFolder()
    let tracker = TensorBoardTracker(folder: folder.path, resumedAt: 4, host: "host")
    try tracker.begin(config: Self.settings, time: Self.time)
    try tracker.log(Self.row(300, ["loss": 1.25, "eval_loss": 0.75]))
    try tracker.finish()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.count == 1)
    let name = try #require(names.first)
    #expect(name == "events.out.tfevents.1700000000.host.\(getpid()).0")
    let bytes = try Data(contentsOf: URL(filePath: folder.file(name)))
    #expect(Array(bytes) == (try Golden.bytes("events.tfevents")))
  }

  @Test func everyProcessWritesAFileOfItsOwn() throws {
    let folder = try TemporaryFolder()
    for _ in 0..<2 {
      let tracker = TensorBoardTracker(folder: folder.path)
      try tracker.begin(config: Self.settings, time: Self.time)
      try tracker.finish()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
  }

  @Test func metricsComeBackAndARunThatGoesOnDropsWhatComesAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.jsonl")
    let first = try JSONLTracker(path: path)
    try first.log(Self.row(1, ["loss": 2.5, "grad_norm": .nan, "x": -.infinity]))
    let position = first.position
    try first.log(Self.row(2, ["loss": 2]))
    try first.finish()
    let second = try JSONLTracker(path: path, position: position)
    try second.log(Self.row(2, ["loss": 1.5]))
    try second.finish()
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    let rows = JSONLTracker.rows(of: bytes)
    #expect(rows.map(\.step) == [1, 2])
    #expect(rows.map { $0["loss"] } == [2.5, 1.5])
    #expect(rows[0]["grad_norm"]?.isNaN == true)
    #expect(rows[0]["x"] == -.infinity)
    #expect(rows[0].time == Self.time + 1_500_000)
    #expect(JSONLTracker.rows(of: Array(bytes.dropLast(4))).count == 1)
  }

  @Test func trackiosDatabaseHoldsRowsAndSettings() throws {
    let folder = try TemporaryFolder()
    func begin(_ resumedAt: Int?) throws -> TrackioTracker {
      let tracker = TrackioTracker(
        folder: folder.file("trackio"), project: "json/parsing", run: "first", runID: "abc",
        resumedAt: resumedAt)
      try tracker.begin(config: Self.settings, time: Self.time)
      return tracker
    }
    let first = try begin(nil)
    #expect(first.path.hasSuffix("/jsonparsing.db"))
    for step in 1...3 { try first.log(Self.row(step, ["loss": Double(step)])) }
    try first.finish()
    let second = try begin(2)
    try second.log(Self.row(3, ["loss": 0.5]))
    try second.finish()
    let database = try SQLDatabase(path: first.path, readOnly: true)
    defer { try? database.close() }
    let found = try database.read { connection in
      try connection.all("SELECT step, metrics, timestamp, run_id FROM metrics ORDER BY id") {
        "\($0.int(0)) \($0.text(1)) \($0.text(2)) \($0.text(3))"
      }
    }
    let time = "2023-11-14T22:13:21.500000+00:00 abc"
    #expect(
      found == [
        "1 {\"loss\":1} \(time)", "2 {\"loss\":2} \(time)", "3 {\"loss\":0.5} \(time)",
      ])
    let configs = try database.read { connection in
      try connection.all("SELECT config FROM configs") { $0.text(0) }
    }
    #expect(configs == ["{\"r\":16}"])
  }

  @Test func namesOfTrackersAreReadAndWandbIsExplained() throws {
    #expect(try TrackerKind.read(["none"], place: "").isEmpty)
    #expect(try TrackerKind.read(["all"], place: "") == TrackerKind.allCases)
    #expect(try TrackerKind.read(["trackio", "jsonl"], place: "") == [.jsonl, .trackio])
    let error = failure { _ = try TrackerKind.read(["wandb"], place: "--report-to") }
    #expect(error?.description.contains("wandb sync DIR/tensorboard") == true)
  }

  private final class Failing: Tracker {
    let name = "failing"
    func begin(config: JSONValue, time: Int64) {}
    func log(_ row: MetricRow) throws { throw TrainingError.diskFull(path: "x", needed: 1) }
    func flush() {}
    func finish() {}
  }

  @Test func aTrackerThatFailsIsLeftOutAndTheOthersGoOn() throws {
    let folder = try TemporaryFolder()
    let file = try JSONLTracker(path: folder.file("a.jsonl"))
    let set = TrackerSet([Failing(), file])
    set.begin(config: Self.settings, time: Self.time)
    for step in 1...2 { set.log(Self.row(step, ["loss": 1])) }
    set.finish()
    #expect(set.names == ["jsonl"])
    #expect(set.failures.count == 1)
    #expect(set.failures.first?.description.contains("failing") == true)
    #expect(file.position > 0)
  }

  /// What Tests/Tools/check-trackers.py reads with TensorBoard and Trackio themselves: set
  /// `EXPERT_TRACKER_FOLDER` to keep it.
  @Test func aRunWritesAllTrackersAtOnce() throws {
    let temporary = try TemporaryFolder()
    let path =
      ProcessInfo.processInfo.environment["EXPERT_TRACKER_FOLDER"] ?? temporary.path
    let folder = RunFolder(path)
    let config = try config([.reportTo: "all"])
    let set = TrackerSet(config: config, folder: folder, project: "json-parsing", runID: "r1")
    let metrics = try JSONLTracker(path: folder.metrics)
    set.begin(config: config.json, time: Self.time)
    for step in 1...20 {
      var values = ["loss": 3 / Double(step), "learning_rate": 2e-4 * Double(step)]
      if step % 10 == 0 { values["eval_loss"] = 3.5 / Double(step) }
      set.log(Self.row(step, values))
      try metrics.log(Self.row(step, values))
    }
    set.finish()
    try metrics.finish()
    #expect(set.failures.isEmpty)
    #expect(set.names == ["tensorboard", "trackio"])
  }
}
