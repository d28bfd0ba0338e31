package import ExpertPlatform
internal import ExpertRecord
internal import Foundation
internal import Synchronization

/// Every dataset of a workspace, its versions, and how each record came to be, in one SQLite file.
///
/// Synchronous and serial: calls wait for each other, so callers that must not block call from a
/// task of their own and write in batches. Use one store object per file and process.
package final class Store: Sendable {
  package enum Mode: Sendable, Hashable {
    /// Makes the store where there is none, else as `readWrite`.
    case create
    case readWrite
    case readOnly
  }

  package let path: String
  package let isReadOnly: Bool
  /// What opening had to say that is no error: a witness that was missing, for example.
  package let notes: [String]
  let database: SQLDatabase
  let clock: any PlatformClock
  let confined: Confined
  let identity: String
  private let lock: FileLock?

  /// Opens a store. A writer waits up to `patience` for another one to end.
  package static func open(
    _ path: String, mode: Mode, clock: any PlatformClock = SystemClock(),
    patience: Duration = .seconds(2)
  ) throws -> Store {
    try mappingFailures(path: path) {
      _ = try checkHeader(path, mode: mode)
      let lock = mode == .readOnly ? nil : try writerLock(path, patience: patience)
      // Again, now that nobody else can make it: a store must not be made twice.
      let isNew = try checkHeader(path, mode: mode) == nil
      if isNew { try StoreFile.make(path, clock: clock) }
      return try Store(path: path, mode: mode, clock: clock, lock: lock, isNew: isNew)
    }
  }

  /// The one writer of a store holds a lock beside it, which the system frees when it ends.
  private static func writerLock(_ path: String, patience: Duration) throws -> FileLock {
    do throws(FileError) {
      let command = CommandLine.arguments.prefix(3).joined(separator: " ")
      return try FileLock.acquire(path + ".lock", command: command, wait: patience)
    } catch .locked(_, let holder) {
      throw StoreError.inUse(path: path, holder: holder)
    } catch .failed(_, _, let code) {
      throw code == EACCES || code == EROFS
        ? StoreError.readOnly(path: path)
        : StoreError.inputOutput(path: path + ".lock", reason: FileError.text(of: code))
    }
  }

  /// Reads whose file this is before SQLite touches it. `nil`: there is none yet.
  private static func checkHeader(_ path: String, mode: Mode) throws -> SQLiteHeader? {
    switch SQLiteHeader(ofFile: path) {
    case .missing:
      guard mode == .create else { throw StoreError.noStore(path: path) }
      return nil
    case .database(Schema.applicationID, let version):
      guard version <= Schema.version else {
        throw StoreError.newerFormat(
          path: path, found: Int(version), supported: Int(Schema.version))
      }
      return .database(applicationID: Schema.applicationID, userVersion: version)
    case .empty, .notSQLite, .database: throw StoreError.notAStore(path: path)
    }
  }

  private init(
    path: String, mode: Mode, clock: any PlatformClock, lock: FileLock?, isNew: Bool
  ) throws {
    self.path = path
    self.clock = clock
    self.lock = lock
    isReadOnly = mode == .readOnly
    // The witness is read first: a writer beside a reader may only move the store ahead of it.
    let witness = try Witness.read(store: path)
    let database = try SQLDatabase(path: path, readOnly: isReadOnly)
    let confined = Confined()
    if !isReadOnly { try Migration.run(database) }
    let opening = try database.read { connection in
      try confined.objects.reload(connection)
      return try Opening(connection, witness: witness, path: path)
    }
    self.database = database
    self.confined = confined
    identity = opening.identity
    var notes: [String] = []
    if witness == nil, !isNew {
      notes.append(
        "The witness file of \(path) was missing; the store was checked"
          + (isReadOnly ? "." : " and a new witness made."))
      let problems = try database.read { try FileCheck.quick($0) }
      guard problems.isEmpty else {
        throw StoreError.damaged(path: path, what: problems.joined(separator: "; "))
      }
    }
    self.notes = notes
    if !isReadOnly { try opening.witness.write(store: path) }
  }

  /// Closes the file; the object must not be used afterwards.
  package func close() throws {
    try mappingFailures(path: path) {
      try database.withoutTransaction { _ in confined.forget() }
      try database.close()
      lock?.release()
    }
  }
}

/// State that only the database's queue touches.
///
/// `@unchecked Sendable`: every use is inside a closure that `SQLDatabase` runs one at a time.
final class Confined: @unchecked Sendable {
  let objects = ObjectTable()
  /// The membership of the version that was committed or read last.
  var latest: (commit: Int64, members: Membership)?

  func forget() { latest = nil }
}

/// One transaction's view: the connection with what the store keeps beside it.
struct Context {
  let connection: SQLConnection
  let objects: ObjectTable
  let confined: Confined
  let path: String
  /// The transaction's moment, in microseconds since 1970.
  let now: Int64
}

extension Store {
  /// Reads at one moment.
  func read<T>(_ body: (Context) throws -> T) throws -> T {
    try mappingFailures(path: path) {
      try database.read { try body(context($0)) }
    }
  }

  /// Writes all of it or nothing, counts the transaction and extends the chain; after the commit the
  /// witness follows.
  func write<T>(_ operation: String, _ body: (Context) throws -> T) throws -> T {
    guard !isReadOnly else { throw StoreError.readOnly(path: path) }
    return try mappingFailures(path: path) {
      let (result, witness) = try forgettingOnFailure {
        try database.write { connection in
          let result = try body(context(connection))
          return (result, try Chain.extend(connection, operation, identity: identity))
        }
      }
      // The data is safe by now. A witness that could not be written is older than the store, which
      // is what a crash at this point leaves too; the next one takes its place.
      try? witness.write(store: path)
      return result
    }
  }

  /// What failed was rolled back, be it in the middle or at the commit itself: what memory learned
  /// from its rows, such as a new dictionary, goes too, after the rows are gone.
  private func forgettingOnFailure<T>(_ write: () throws -> T) throws -> T {
    do {
      return try write()
    } catch {
      try? database.withoutTransaction { connection in
        confined.forget()
        try confined.objects.reload(connection)
      }
      throw error
    }
  }

  private func context(_ connection: SQLConnection) -> Context {
    Context(
      connection: connection, objects: confined.objects, confined: confined, path: path,
      now: clock.wallMicroseconds())
  }
}

extension Store {
  /// Lets the file grow to this many pages of 4 KiB and no further, as a quota would: the disk is
  /// full from there on. `nil` lifts the cap.
  package func capSize(pages: Int?) throws {
    try mappingFailures(path: path) {
      try database.withoutTransaction { connection in
        try connection.each("PRAGMA max_page_count=\(pages ?? 4_294_967_294)") { _ in }
      }
    }
  }
}
