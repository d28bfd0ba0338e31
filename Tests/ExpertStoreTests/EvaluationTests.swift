import ExpertPlatform
import ExpertRecord
import ExpertStore
import Testing

@Suite struct EvaluationTests {
  private let figures = EvaluationFigures(
    subject: "adapter", examples: 4, score: 0.75, baseScore: 0.25, winRate: nil)

  @Test func aReportIsKeptOnceWithItsVersion() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let commit = try store.change([add(1, split: .test)])
    let version = try store.resolve("sums:test")
    let report: JSONValue = ["score": 0.75]
    let first = try store.keep(report, figures, of: version)
    #expect(try store.keep(report, figures, of: version) == first)
    try store.keep(["score": 0.5], figures, of: try store.resolve("sums"))
    let all = try store.evaluations(of: "sums")
    #expect(all.count == 2)
    #expect(all.first == first)
    #expect(first.commit == commit)
    #expect(first.split == .test && all.last?.split == nil)
    #expect(first.figures == figures)
    #expect(first.report == Digest.tagged(.evaluation, CanonicalJSON.bytes(of: report)))
    #expect(try store.report(of: first) == report)
    #expect(try store.fsck(full: true).isSound)
  }

  @Test func garbageKeepsTheReportsOfLivingVersionsAndDropsTheOthers() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    let living = try store.keep(["n": 1], figures, of: try store.resolve("sums"))
    try store.createBranch("side", at: try store.resolve("sums"))
    _ = try store.commit(
      [add(2)], to: "sums", kind: .instruction, branch: "side", note: note)
    try store.keep(["n": 2], figures, of: try store.resolve("sums@side"))
    try store.deleteRef(.branch, "side", of: "sums")
    fixture.clock.advance(by: .seconds(31 * 86_400))
    _ = try store.collectGarbage(dryRun: false)
    #expect(try store.evaluations(of: "sums") == [living])
    #expect(try store.report(of: living) == ["n": 1])
    #expect(try store.fsck(full: true).isSound)
  }

  /// A store as format 1 left it.
  private func oldStore() throws -> Fixture {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1), add(2)])
    try store.close()
    try fixture.sql(
      """
      DROP TABLE precomputed_row; DROP TABLE precomputed; DROP TABLE evaluation;
      DELETE FROM object_kind WHERE id = 10; PRAGMA user_version=1;
      PRAGMA wal_checkpoint(TRUNCATE)
      """)
    return fixture
  }

  @Test func aReaderTakesAnOlderStoreAsItIs() throws {
    let fixture = try oldStore()
    let store = try fixture.open(.readOnly)
    #expect(try store.rids("sums") == [rid(1), rid(2)])
    #expect(try store.evaluations(of: "sums") == [])
    #expect(try store.fsck(full: true).isSound)
    try store.close()
    #expect(try fixture.int("PRAGMA user_version") == 1)
  }

  @Test func aWriterBringsAnOlderStoreUpToDateAndChangesNoHash() throws {
    let fixture = try oldStore()
    let before = try fixture.open(.readOnly)
    let root = try before.resolve("sums").commit
    try before.close()
    let store = try fixture.open(.readWrite)
    #expect(
      SQLiteHeader(ofFile: fixture.path)
        == .database(applicationID: 0x4558_5047, userVersion: 3))
    #expect(try store.resolve("sums").commit == root)
    try store.keep(["n": 1], figures, of: try store.resolve("sums"))
    #expect(try store.evaluations(of: "sums").count == 1)
    #expect(try store.fsck(full: true).isSound)
    try store.close()
    #expect(try fixture.int("SELECT count(*) FROM object_kind WHERE name = 'evaluation'") == 1)
  }
}
