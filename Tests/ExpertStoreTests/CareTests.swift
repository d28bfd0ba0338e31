import ExpertPlatform
import ExpertRecord
import ExpertStore
import Foundation
import Testing

@Suite struct FsckTests {
  /// Flips one bit in the stored body of each object, past the store's back.
  private func flip(_ fixture: Fixture, objects: [Int64], seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed, stream: "flips")
    let database = try SQLDatabase(path: fixture.path, readOnly: false)
    try database.write { connection in
      for id in objects {
        let body = try connection.first("SELECT body FROM object WHERE id = ?", .integer(id)) {
          $0.blob(0)
        }
        var bytes = try #require(body)
        bytes[generator.below(bytes.count)] ^= 1 << UInt8(generator.below(8))
        try connection.run(
          "UPDATE object SET body = ? WHERE id = ?", .blob(bytes), .integer(id))
      }
    }
    try database.close()
  }

  @Test func aFullCheckFindsEachOf200FlippedBits() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change((1...400).map { add($0) })
    try store.close()
    let objects = Array(Int64(1)...200)
    try flip(fixture, objects: objects, seed: 1)
    let damaged = try fixture.open()
    #expect(try damaged.fsck(full: false).problems == [])
    let report = try damaged.fsck(full: true)
    for id in objects {
      #expect(report.problems.contains { $0.what.hasPrefix("object \(id) ") }, "object \(id)")
    }
    #expect(report.problems.count == 200)
    #expect(report.problems.allSatisfy { $0.versions == ["sums@v1"] })
  }

  @Test(arguments: ["hash = zeroblob(32)", "size = size + 1", "kind = 3", "codec = 1 - codec"])
  func aFullCheckFindsAChangedColumn(change: String) throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1), add(2)])
    try store.close()
    try fixture.sql("UPDATE object SET \(change) WHERE id = 1")
    #expect(try fixture.open().fsck(full: true).isSound == false)
  }

  @Test func aFullCheckFindsAChangedDelta() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1), add(2)])
    #expect(try store.fsck(full: true).isSound)
    try store.close()
    try fixture.sql(
      "DELETE FROM delta WHERE rowid IN (SELECT 1)".replacing(
        "rowid IN (SELECT 1)", with: "seq = 1"))
    let report = try fixture.open().fsck(full: true)
    #expect(report.problems.map(\.versions) == [["sums@v1"]])
  }
}

@Suite struct GarbageTests {
  @Test func whatRootsReachStaysAndTheRestGoes() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change((1...20).map { add($0) })
    try store.createBranch("trial", at: try store.resolve("sums"))
    _ = try store.commit(
      (21...40).map { add($0) }, to: "sums", kind: .instruction, branch: "trial", note: note)
    try store.deleteRef(.branch, "trial", of: "sums")
    #expect(try store.collectGarbage().commits == 0)
    fixture.clock.advance(by: .seconds(31 * 86_400))
    let lines = try store.lines("sums")
    let rehearsal = try store.collectGarbage()
    #expect(rehearsal.commits == 1 && rehearsal.objects >= 20)
    #expect(try fixture.int("SELECT count(*) FROM commit_") == 2)
    #expect(try store.collectGarbage(dryRun: false) == rehearsal)
    #expect(try fixture.int("SELECT count(*) FROM commit_") == 1)
    #expect(try store.lines("sums") == lines)
    #expect(try store.fsck(full: true).problems == [])
    try store.change([add(41)])
  }

  @Test func aPinAndAnOpenJobProtectWhatTheyUse() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    try store.createBranch("trial", at: try store.resolve("sums"))
    _ = try store.commit([add(2)], to: "sums", kind: .instruction, branch: "trial", note: note)
    try store.pin(try store.resolve("sums@trial"), reason: "training", subject: "run 1")
    try store.deleteRef(.branch, "trial", of: "sums")
    let job = try store.openJob(spec("job"))
    try store.plan([slot(0)], job: job)
    try store.receive([receipt(0, job: job)], job: job)
    fixture.clock.advance(by: .seconds(31 * 86_400))
    #expect(try store.collectGarbage(dryRun: false).commits == 0)
    #expect(try store.rids("sums@v2") == [rid(1), rid(2)])
    #expect(try store.unjudged(job, limit: 9).count == 2)
    try store.unpin(try store.resolve("sums@v2"), reason: "training", subject: "run 1")
    try store.setState(job, .stopped, note: "not wanted")
    fixture.clock.advance(by: .seconds(31 * 86_400))
    let report = try store.collectGarbage(dryRun: false)
    #expect(report.commits == 1 && report.jobs == 1)
    #expect(try store.fsck(full: true).problems == [])
  }
}

@Suite struct BackupTests {
  @Test func aBackupIsTheSameStore() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change((1...50).map { add($0) })
    let copy = try Fixture()
    try store.backup(to: copy.path)
    try store.change([add(51)])
    let opened = try copy.open()
    #expect(try opened.lines("sums") == (try store.lines("sums@v1")))
    #expect(try opened.resolve("sums").commit.hash == (try store.resolve("sums@v1").commit.hash))
    #expect(try opened.fsck(full: true).problems == [])
    #expect(throws: StoreError.targetExists(path: copy.path)) { try store.backup(to: copy.path) }
  }
}

@Suite struct FullDiskTests {
  @Test func aFullDiskLosesNothingConfirmedAndTheStoreGoesOn() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let job = try store.openJob(spec("job"))
    try store.plan((0..<400).map { slot($0) }, job: job)
    try store.capSize(pages: Int(try fixture.int("PRAGMA page_count")) + 12)
    var confirmed: [Int] = []
    var failure: StoreError?
    for n in 0..<400 {
      do {
        try store.receive([receipt(n, job: job)], job: job)
        confirmed.append(n)
      } catch let error as StoreError {
        failure = error
        break
      }
    }
    #expect(failure == .diskFull(path: fixture.path))
    #expect(!confirmed.isEmpty && confirmed.count < 400)
    #expect(try store.slots(of: job, in: [.received]).map(\.n) == confirmed)
    try store.capSize(pages: nil)
    try store.receive(
      (confirmed.count..<400).map { receipt($0, job: job) }, job: job)
    #expect(try store.tally(job).slots == [.received: 400])
    #expect(try store.fsck(full: true).problems == [])
  }

  /// The dictionary that the failed transaction trained is gone; what is stored afterwards must not
  /// be packed with it.
  @Test func aDictionaryThatDidNotReachTheDiskIsForgotten() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    let changes = (0..<2_500).map { add($0) }
    _ = try store.commit([add(9_000)], to: "sums", kind: .instruction, note: note)
    try store.capSize(pages: Int(try fixture.int("PRAGMA page_count")) + 60)
    #expect(throws: StoreError.diskFull(path: fixture.path)) {
      try store.commit(changes, to: "sums", kind: .instruction, note: note)
    }
    #expect(try fixture.int("SELECT count(*) FROM dictionary") == 0)
    try store.capSize(pages: nil)
    _ = try store.commit(
      Array(changes.prefix(900)), to: "sums", kind: .instruction, note: note)
    #expect(try store.fsck(full: true).problems == [])
    #expect(try fixture.int("SELECT count(*) FROM dictionary") == 0)
    _ = try store.commit(
      Array(changes.dropFirst(900)), to: "sums", kind: .instruction, note: note)
    #expect(try fixture.int("SELECT count(*) FROM dictionary") > 0)
    #expect(try store.fsck(full: true).problems == [])
  }
}
