import ExpertPlatform
import ExpertRecord
import ExpertStore
import Testing

@Suite struct VersionTests {
  @Test func theRootDoesNotDependOnOrderDeltasOrSnapshots() throws {
    let all = (1...300).map { add($0) }
    let atOnce = try Fixture().open().change(all)
    let reversed = try Fixture().open().change(all.reversed())
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([.add(rid: rid(1), record: record(9), attributes: RecordAttributes())])
    for start in stride(from: 2, through: 300, by: 13) {
      try store.change((start..<min(start + 13, 301)).map { add($0) })
    }
    try store.change([.add(rid: rid(999), record: record(999), attributes: RecordAttributes())])
    try store.change([.remove(rid: rid(999), reason: nil)])
    let stepwise = try store.change(
      [.edit(rid: rid(1), record: record(1), attributes: nil)])
    #expect(atOnce.root == reversed.root)
    #expect(atOnce.root == stepwise.root)
    #expect(try fixture.int("SELECT count(DISTINCT commit_id) FROM snapshot") > 1)
    #expect(try store.fsck(full: true).problems == [])
  }

  @Test func anyDifferenceChangesTheRoot() throws {
    let base = try Fixture().open().change([add(1), add(2)])
    let others: [[RecordChange]] = [
      [add(1)], [add(1), add(3)], [add(1), add(2, split: .test)],
      [add(1), .add(rid: rid(2), record: record(3), attributes: RecordAttributes())],
    ]
    for other in others { #expect(try Fixture().open().change(other).root != base.root) }
  }

  @Test func aVersionReadsTheSameFromAColdStore() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change((1...50).map { add($0) })
    try store.change([.remove(rid: rid(7), reason: nil), add(51)])
    try store.change((52...120).map { add($0) })
    let versions = ["sums@v1", "sums@v2", "sums@v3"]
    let warm = try versions.map { try store.lines($0) }
    #expect(warm.map(\.count) == [50, 50, 119])
    try store.close()
    let cold = try fixture.open(.readOnly)
    #expect(try versions.map { try cold.lines($0) } == warm)
    #expect(try cold.rids("sums") == (1...120).filter { $0 != 7 }.map { rid($0) })
  }

  @Test func aBranchMovesOnlyFromWhereTheWriterSawIt() throws {
    let store = try Fixture().open()
    let first = try store.change([add(1)])
    try store.change([add(2)], parent: first)
    #expect(
      throws: StoreError.branchMoved(dataset: "sums", branch: "main", expected: "v1", found: "v2")
    ) { try store.change([add(3)], parent: first) }
    #expect(try store.rids("sums") == [rid(1), rid(2)])
  }

  @Test func aBranchThatIsNotThereBeginsAtTheParent() throws {
    let store = try Fixture().open()
    let first = try store.change([add(1)])
    try store.change([add(2)])
    try store.change([add(3)], branch: "trial", parent: first)
    #expect(try store.rids("sums@trial") == [rid(1), rid(3)])
    #expect(try store.rids("sums") == [rid(1), rid(2)])
    try store.tag(try store.resolve("sums@v1"), as: "release")
    #expect(throws: StoreError.tagExists(dataset: "sums", tag: "release", commit: "v1")) {
      try store.change([add(4)], branch: "release", parent: first)
    }
  }

  @Test func aTagNeverMoves() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    try store.tag(try store.resolve("sums"), as: "release")
    try store.change([add(2)])
    #expect(throws: StoreError.tagExists(dataset: "sums", tag: "release", commit: "v1")) {
      try store.tag(try store.resolve("sums"), as: "release")
    }
    #expect(throws: SQLFailure.self) {
      try fixture.sql("UPDATE ref SET commit_id = 2 WHERE kind = 'tag'")
    }
    #expect(try store.resolve("sums@release").commit.number == 1)
    #expect(try store.frozenVersions(of: "sums").map(\.number) == [1])
  }

  @Test func everySpellingNamesItsVersion() throws {
    let store = try Fixture().open()
    let first = try store.change([add(1, split: .train), add(2, split: .test)])
    try store.change([add(3, split: .train)])
    try store.createBranch("trial", at: try store.resolve("sums@v1"))
    for text in ["sums@v1", "sums@trial", "sums@\(first.hash.hex.prefix(8))"] {
      #expect(try store.resolve(text).commit == first)
    }
    #expect(try store.count(of: try store.resolve("sums:train")) == 2)
    #expect(try store.rids("sums@v1:test") == [rid(2)])
    #expect(
      throws: StoreError.unknownVersion(
        dataset: "sums", version: "v9", existing: ["main", "trial", "v2", "v1"])
    ) { try store.resolve("sums@v9") }
    #expect(throws: StoreError.unknownDataset(name: "sum", existing: ["sums"])) {
      try store.resolve("sum")
    }
    #expect(throws: StoreError.unknownSplit(name: "dev")) { try store.resolve("sums:dev") }
  }

  @Test func aDiffPutsEachRecordIntoOneList() throws {
    let store = try Fixture().open()
    try store.change((1...6).map { add($0, split: .train) })
    try store.change([
      .edit(rid: rid(1), record: record(1, "!"), attributes: nil),
      .relabel(rid: rid(2), attributes: RecordAttributes(split: .test)),
      .relabel(rid: rid(3), attributes: RecordAttributes(split: .train, labels: ["odd"])),
      .remove(rid: rid(4), reason: RemovalReason(filter: "review", detail: "wrong")), add(7),
    ])
    let (a, b) = (try store.resolve("sums@v1"), try store.resolve("sums@v2"))
    let diff = try store.diff(a, b)
    #expect(
      [diff.edited, diff.moved, diff.relabelled, diff.removed, diff.added].map { $0.map(\.rid) }
        == [[rid(1)], [rid(2)], [rid(3)], [rid(4)], [rid(7)]])
    let back = try store.diff(b, a)
    #expect(back.added.map(\.rid) == [rid(4)] && back.removed.map(\.rid) == [rid(7)])
    let sides = try store.contents(of: diff.edited[0], in: diff)
    #expect(sides.before?.record == record(1) && sides.after?.record == record(1, "!"))
    let fields = try store.fieldChanges(diff)
    #expect(fields.map(\.field) == ["input", "instruction", "output"])
    #expect(fields.map(\.changed) == [0, 0, 1])
    #expect(try store.diff(ofCommit: b).change == .major)
    #expect(try store.rejections(of: b.dataset).map(\.detail) == ["wrong"])
  }

  @Test func aDiffOfBranchesComparesBothVersions() throws {
    let store = try Fixture().open()
    try store.change([add(1), add(2)])
    try store.createBranch("trial", at: try store.resolve("sums"))
    try store.change([add(3)])
    _ = try store.commit(
      [.remove(rid: rid(1), reason: nil)], to: "sums", kind: .instruction, branch: "trial",
      note: note)
    let diff = try store.diff(try store.resolve("sums@main"), try store.resolve("sums@trial"))
    #expect(diff.removed.map(\.rid).sorted() == [rid(1), rid(3)].sorted())
    #expect(diff.added.isEmpty)
  }

  @Test(arguments: [
    (["add"], "1.1.0"), (["edit"], "2.0.0"), (["remove"], "2.0.0"), (["move"], "2.0.0"),
    (["label"], "1.1.0"), (["add", "move"], "2.0.0"),
  ])
  func theVersionNumberFollowsTheLargestChange(changes: [String], expected: String) throws {
    let store = try Fixture().open()
    #expect(try store.change([add(1, split: .train)]).semver == "1.0.0")
    let commit = try store.change(
      changes.map { change in
        switch change {
        case "add": add(2)
        case "edit": .edit(rid: rid(1), record: record(5), attributes: nil)
        case "remove": .remove(rid: rid(1), reason: nil)
        case "move": .relabel(rid: rid(1), attributes: RecordAttributes(split: .valid))
        default:
          .relabel(rid: rid(1), attributes: RecordAttributes(split: .train, labels: ["x"]))
        }
      })
    #expect(commit.semver == expected)
    #expect(SemanticVersion.after("1.2.3", change: .patch) == "1.2.4")
  }

  @Test func theLogIsNewestFirstAndChangesThatChangeNothingMakeNoVersion() throws {
    let store = try Fixture().open()
    for i in 1...5 { try store.change([add(i)]) }
    let same = try store.commit(
      [.edit(rid: rid(1), record: record(1), attributes: nil)], to: "sums", kind: .instruction,
      note: note)
    #expect(same == nil)
    let log = try store.log(try store.resolve("sums"))
    #expect(log.map(\.number) == [5, 4, 3, 2, 1])
    #expect(log[0].parents == [log[1].hash])
    #expect(try store.reflog(of: "sums").map(\.to) == [5, 4, 3, 2, 1])
  }

  @Test func aWordDiffGivesBothTextsBack() {
    let pieces = WordDiff.between("the quick brown fox", "the slow brown fox jumps")
    #expect(
      pieces == [
        .same("the "), .removed("quick "), .added("slow "), .same("brown "), .removed("fox"),
        .added("fox jumps"),
      ])
  }
}
