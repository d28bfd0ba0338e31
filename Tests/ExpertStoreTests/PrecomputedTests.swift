import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTestSupport
import Testing

@Suite struct PrecomputedTests {
  private let settings: JSONValue = ["purpose": "reference-logps", "base_sha256": "00"]

  @Test func rowsAreKeptWithTheirVersionAndSettings() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    let version = try store.resolve("sums")
    #expect(try store.precomputed(settings, of: version) == nil)
    let set = try store.openPrecomputed(settings, of: version)
    #expect(try store.openPrecomputed(settings, of: version) == set)
    #expect(CanonicalJSON.text(of: set.settings) == CanonicalJSON.text(of: settings))
    #expect(set.commit == version.commit)
    #expect(set.key == Digest.tagged(.config, CanonicalJSON.bytes(of: settings)))
    try store.keep([.init(item: "a", body: [1, 2]), .init(item: "b", body: [])], in: set)
    try store.keep([.init(item: "a", body: [3])], in: set)
    #expect(try store.rows(of: set, items: ["a", "b", "c"]) == ["a": [3], "b": []])
    #expect(try store.rowCount(of: set) == 2)
    let other = try store.openPrecomputed(["purpose": "other"], of: version)
    #expect(other.id != set.id)
    #expect(try store.rows(of: other, items: ["a"]) == [:])
    try store.change([add(2)])
    let newer = try store.resolve("sums")
    #expect(try store.precomputed(settings, of: newer) == nil)
    #expect(try store.precomputed(of: "sums") == [set, other])
    try store.forget(set)
    #expect(try store.precomputed(of: "sums") == [other])
    #expect(try fixture.int("SELECT count(*) FROM precomputed_row") == 0)
    #expect(try store.fsck(full: true).isSound)
  }

  @Test func aChangedRowIsLeftOutAndReported() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    let set = try store.openPrecomputed(settings, of: try store.resolve("sums"))
    try store.keep([.init(item: "a", body: [1]), .init(item: "b", body: [2])], in: set)
    #expect(try store.fsck(full: true).isSound)
    try store.close()
    try fixture.sql("UPDATE precomputed_row SET body = x'03' WHERE item = 'b'")
    let again = try fixture.open()
    #expect(try again.rows(of: set, items: ["a", "b"]) == ["a": [1]])
    let problems = try again.fsck(full: true).problems
    #expect(problems.map(\.versions) == [["sums@v1"]])
    #expect(problems.first?.what.contains("1 precomputed rows") == true)
  }

  @Test func aSetWhoseSettingsAreGoneIsReported() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    _ = try store.openPrecomputed(settings, of: try store.resolve("sums"))
    try store.close()
    try fixture.sql(
      "DELETE FROM object WHERE id = (SELECT config_id FROM precomputed)")
    let again = try fixture.open()
    #expect(
      try again.fsck(full: false).problems.map(\.what)
        == ["1 rows of precomputed point at objects that are missing"])
  }

  @Test func garbageGoesWithTheVersionAndBackupsKeepIt() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    let living = try store.openPrecomputed(settings, of: try store.resolve("sums"))
    try store.keep([.init(item: "a", body: [1])], in: living)
    try store.createBranch("side", at: try store.resolve("sums"))
    _ = try store.commit([add(2)], to: "sums", kind: .instruction, branch: "side", note: note)
    let dying = try store.openPrecomputed(["n": 2], of: try store.resolve("sums@side"))
    try store.keep([.init(item: "b", body: [2])], in: dying)
    let copy = fixture.folder.file("copy.db")
    try store.backup(to: copy)
    try store.deleteRef(.branch, "side", of: "sums")
    fixture.clock.advance(by: .seconds(31 * 86_400))
    _ = try store.collectGarbage(dryRun: false)
    #expect(try store.precomputed(of: "sums") == [living])
    #expect(try store.rows(of: living, items: ["a"]) == ["a": [1]])
    #expect(try fixture.int("SELECT count(*) FROM precomputed_row") == 1)
    #expect(try store.fsck(full: true).isSound)
    let kept = try Store.open(copy, mode: .readOnly)
    #expect(try kept.precomputed(of: "sums").count == 2)
    #expect(try kept.rows(of: dying, items: ["b"]) == ["b": [2]])
  }

  /// A store as format 2 left it.
  private func oldStore() throws -> Fixture {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    try store.close()
    try fixture.sql(
      """
      DROP TABLE precomputed_row; DROP TABLE precomputed; PRAGMA user_version=2;
      PRAGMA wal_checkpoint(TRUNCATE)
      """)
    return fixture
  }

  @Test func anOlderStoreIsReadAsItIsAndBroughtUpToDateByAWriter() throws {
    let fixture = try oldStore()
    let reader = try fixture.open(.readOnly)
    let version = try reader.resolve("sums")
    #expect(try reader.precomputed(settings, of: version) == nil)
    #expect(try reader.precomputed(of: "sums") == [])
    #expect(try reader.fsck(full: true).isSound)
    try reader.close()
    #expect(try fixture.int("PRAGMA user_version") == 2)
    let store = try fixture.open(.readWrite)
    #expect(try store.resolve("sums").commit == version.commit)
    let set = try store.openPrecomputed(settings, of: try store.resolve("sums"))
    try store.keep([.init(item: "a", body: [1])], in: set)
    #expect(try store.fsck(full: true).isSound)
    try store.close()
    #expect(try fixture.int("PRAGMA user_version") == 3)
  }
}
