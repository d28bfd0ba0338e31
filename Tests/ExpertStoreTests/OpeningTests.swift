import ExpertPlatform
import ExpertRecord
import ExpertStore
import ExpertTestSupport
import Foundation
import Testing

@Suite struct OpeningTests {
  @Test func everySettingReadsBack() throws {
    let fixture = try Fixture()
    try fixture.open().close()
    #expect(try fixture.int("PRAGMA auto_vacuum") == 2)
    #expect(
      SQLiteHeader(ofFile: fixture.path)
        == .database(applicationID: 0x4558_5047, userVersion: 3))
    let database = try SQLDatabase(path: fixture.path, readOnly: false)
    let values = try database.withoutTransaction { connection in
      try ["journal_mode", "synchronous", "foreign_keys", "trusted_schema", "cell_size_check"].map {
        try connection.first("PRAGMA \($0)") { $0.text(0) }
      }
    }
    #expect(values == ["wal", "2", "1", "0", "1"])
  }

  @Test func aNewerFormatIsRefused() throws {
    let fixture = try Fixture()
    try fixture.open().close()
    try fixture.sql("PRAGMA user_version=4; PRAGMA wal_checkpoint(TRUNCATE)")
    #expect(throws: StoreError.newerFormat(path: fixture.path, found: 4, supported: 3)) {
      try fixture.open()
    }
  }

  @Test func aForeignFileIsRefusedAndLeftAsItWas() throws {
    let fixture = try Fixture()
    let database = try SQLDatabase(path: fixture.path, readOnly: false)
    try database.withoutTransaction { try $0.script("CREATE TABLE t(x)") }
    try database.close()
    let before = FileManager.default.contents(atPath: fixture.path)
    for mode in [Store.Mode.create, .readWrite, .readOnly] {
      #expect(throws: StoreError.notAStore(path: fixture.path)) { try fixture.open(mode) }
    }
    #expect(FileManager.default.contents(atPath: fixture.path) == before)
    try Data("hello".utf8).write(to: URL(fileURLWithPath: fixture.path))
    #expect(throws: StoreError.notAStore(path: fixture.path)) { try fixture.open() }
  }

  @Test func noStoreIsMadeUnlessAskedFor() throws {
    let fixture = try Fixture()
    for mode in [Store.Mode.readWrite, .readOnly] {
      #expect(throws: StoreError.noStore(path: fixture.path)) { try fixture.open(mode) }
    }
    #expect(SQLiteHeader(ofFile: fixture.path) == .missing)
  }

  @Test func aSecondWriterIsToldWhoHoldsTheStore() throws {
    let fixture = try Fixture()
    let first = try fixture.open()
    let command = CommandLine.arguments.prefix(3).joined(separator: " ")
    let holder = "process \(ProcessInfo.processInfo.processIdentifier): \(command)"
    #expect(throws: StoreError.inUse(path: fixture.path, holder: holder)) { try fixture.open() }
    #expect(try first.datasets().isEmpty)
  }

  @Test func aReaderSeesWhatAWriterHasCommitted() throws {
    let fixture = try Fixture()
    let writer = try fixture.open()
    try writer.change([add(1)])
    let reader = try fixture.open(.readOnly)
    #expect(try reader.rids("sums") == [rid(1)])
    try writer.change([add(2)])
    #expect(try reader.rids("sums") == [rid(1), rid(2)])
    #expect(throws: StoreError.readOnly(path: fixture.path)) { try reader.change([add(3)]) }
  }
}

@Suite struct WitnessTests {
  /// Copies a store as a kill would leave it: the file, its WAL and its witness.
  private func copy(_ from: Fixture, witness: Bool = true) throws -> Fixture {
    let to = try Fixture()
    for suffix in ["", "-wal"] + (witness ? [".witness"] : []) {
      try FileManager.default.copyItem(atPath: from.path + suffix, toPath: to.path + suffix)
    }
    return to
  }

  /// Flips one bit in the middle of the WAL: SQLite drops everything behind it without an error.
  private func cutWAL(_ fixture: Fixture) throws {
    let url = URL(fileURLWithPath: fixture.path + "-wal")
    var bytes = try Data(contentsOf: url)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: url)
  }

  private func written() throws -> (Fixture, Store) {
    let fixture = try Fixture()
    let store = try fixture.open()
    for i in 1...10 { try store.change([add(i)]) }
    return (fixture, store)
  }

  @Test func aCutWALIsFound() throws {
    let (fixture, store) = try written()
    let damaged = try copy(fixture)
    try cutWAL(damaged)
    let error = #expect(throws: StoreError.self) { try damaged.open() }
    guard case .behindWitness(_, let found, let witness) = error else {
      Issue.record("expected behindWitness, got \(String(describing: error))")
      return
    }
    #expect(witness == 10 && found < 10)
    #expect(try store.rids("sums").count == 10)
  }

  @Test func withoutAWitnessACutWALLosesRecordsInSilence() throws {
    let (fixture, store) = try written()
    let damaged = try copy(fixture, witness: false)
    try cutWAL(damaged)
    let reopened = try damaged.open()
    #expect(reopened.notes.count == 1)
    #expect(try reopened.rids("sums").count < 10)
    #expect(try store.rids("sums").count == 10)
  }

  @Test func aKilledWriterLosesNothingItHadConfirmed() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    for i in 1...10 {
      try store.change([add(i)])
      let after = try copy(fixture)
      #expect(try after.open().rids("sums").count == i)
    }
  }

  @Test func aStoreAheadOfItsWitnessIsTheNormalCrash() throws {
    let fixture = try Fixture()
    let store = try fixture.open()
    try store.change([add(1)])
    let old = try Data(contentsOf: URL(fileURLWithPath: fixture.path + ".witness"))
    try store.change([add(2)])
    let after = try copy(fixture)
    try old.write(to: URL(fileURLWithPath: after.path + ".witness"))
    #expect(try after.open().rids("sums").count == 2)
  }

  @Test func anotherStoresWitnessIsRefused() throws {
    let (fixture, store) = try written()
    try store.close()
    let (other, _) = try written()
    try FileManager.default.removeItem(atPath: fixture.path + ".witness")
    try FileManager.default.copyItem(
      atPath: other.path + ".witness", toPath: fixture.path + ".witness")
    #expect(throws: StoreError.self) { try fixture.open() }
  }
}
