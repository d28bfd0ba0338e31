internal import ExpertPlatform
internal import Foundation

extension Store {
  /// Copies the store, as it is at this moment, to a new file, and checks the copy.
  package func backup(to target: String) throws {
    guard !FileManager.default.fileExists(atPath: target) else {
      throw StoreError.targetExists(path: target)
    }
    try mappingFailures(path: target) {
      let temporary = target + ".tmp"
      unlink(temporary)
      defer { unlink(temporary) }
      try database.withoutTransaction { connection in
        try connection.run("VACUUM INTO ?", .text(temporary))
      }
      try verify(temporary, target: target)
      DurableFile.sync(temporary)
      guard rename(temporary, target) == 0 else { throw DurableFile.failure(target) }
      DurableFile.syncFolder(of: target)
    }
  }

  private func verify(_ copy: String, target: String) throws {
    let expected = try read { try Chain.state($0.connection) }
    let database = try SQLDatabase(path: copy, readOnly: true)
    defer {
      try? database.close()
      for suffix in ["-wal", "-shm"] { unlink(copy + suffix) }
    }
    let problems = try database.read { try FileCheck.full($0) }
    guard problems.isEmpty else {
      throw StoreError.damaged(path: target, what: problems.joined(separator: "; "))
    }
    guard try database.read({ try Chain.state($0) }) == expected else {
      throw StoreError.damaged(path: target, what: "the copy stands at another transaction")
    }
  }
}
