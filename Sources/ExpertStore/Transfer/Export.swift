package import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// What was written.
package struct ExportReport: Sendable, Hashable {
  package var records = 0
  package var bytes = 0
  /// Of the whole output.
  package var sha256: Digest
}

extension Store {
  /// Writes the records of a version (or of the split it names) as JSON lines in their canonical
  /// form, in the order of the dataset: the same version gives the same bytes.
  package func export(
    _ version: VersionRef, to sink: ([UInt8]) throws -> Void
  ) throws -> ExportReport {
    let members = try read { try $0.members(of: version.commit.id, split: version.split) }
    return try export(members, to: sink)
  }

  /// Writes the records of a version to a file, which appears only when it is whole.
  @discardableResult
  package func export(_ version: VersionRef, toFile path: String) throws -> ExportReport {
    let file = try ExportFile(path)
    let report = try export(version) { try file.write($0) }
    try file.finish()
    return report
  }

  func export(_ members: [Member], to sink: ([UInt8]) throws -> Void) throws -> ExportReport {
    var hasher = SHA256()
    var report = ExportReport(sha256: SHA256.hash([UInt8]()))
    // One group is unpacked while the group before it is hashed and written and the next one read.
    var group = try bodies(members, from: 0)
    var ready: [[UInt8]] = []
    func handOver() throws {
      for piece in ready {
        hasher.update(piece)
        report.bytes += piece.count
        try sink(piece)
      }
    }
    while !group.isEmpty {
      report.records += group.count
      let lines = try nextLines(group, members, from: report.records, beside: handOver)
      ready = lines.pieces
      group = lines.next
    }
    try handOver()
    report.sha256 = hasher.finalize()
    return report
  }
}

/// A stored body on its way out.
private struct StoredBody: Sendable {
  var id: Int64
  var codec: Int64
  var size: Int
  var bytes: [UInt8]
  var dictionary: ZstdDictionary?
}

extension Store {
  /// Bodies read at once: a few megabytes.
  private static let exportGroup = 8192
  private static let exportPiece = 2048

  private func bodies(_ members: [Member], from start: Int) throws -> [StoredBody] {
    try read { context in
      let row = try context.connection.statement(
        "SELECT codec, size, body FROM object WHERE id = ?")
      defer { row.reset() }
      return try members[start..<min(start + Self.exportGroup, members.count)].map { member in
        row.reset()
        row.bind(1, member.object)
        guard try row.step() else { throw ObjectDamage(id: member.object, reason: "is missing") }
        let codec = row.int(0)
        return StoredBody(
          id: member.object, codec: codec, size: Int(row.int(1)), bytes: row.blob(2),
          dictionary: context.objects.dictionaries[codec])
      }
    }
  }

  /// Unpacks one group on all cores while `work` is done and the next group read.
  private func nextLines(
    _ group: [StoredBody], _ members: [Member], from start: Int, beside work: () throws -> Void
  ) throws -> (pieces: [[UInt8]], next: [StoredBody]) {
    var next = Result<[StoredBody], any Error>.success([])
    let starts = Array(stride(from: 0, to: group.count, by: Self.exportPiece))
    let pieces = Parallel.map(
      starts.count,
      beside: {
        next = Result {
          try work()
          return try self.bodies(members, from: start)
        }
      }
    ) { i in
      Self.lines(group[starts[i]..<min(starts[i] + Self.exportPiece, group.count)])
    }
    return (
      try mappingFailures(path: path) { try pieces.map { try $0.get() } }, try next.get()
    )
  }

  private static func lines(
    _ bodies: ArraySlice<StoredBody>
  ) -> Result<[UInt8], ObjectDamage> {
    let zstd = Zstd()
    var out: [UInt8] = []
    out.reserveCapacity(bodies.reduce(0) { $0 + $1.size + 1 })
    for body in bodies {
      let line = body.bytes.withUnsafeBytes {
        zstd.unpack($0, codec: body.codec, size: body.size, body.dictionary)
      }
      guard let line else {
        return .failure(ObjectDamage(id: body.id, reason: "does not unpack"))
      }
      out += line
      out.append(UInt8(ascii: "\n"))
    }
    return .success(out)
  }
}

/// A file written beside its place and renamed when it is whole.
final class ExportFile {
  private let path: String
  private let temporary: String
  private var handle: Int32

  init(_ path: String) throws {
    self.path = path
    temporary = path + ".tmp"
    handle = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard handle >= 0 else { throw DurableFile.failure(path) }
  }

  deinit {
    guard handle >= 0 else { return }
    close(handle)
    unlink(temporary)
  }

  func write(_ bytes: [UInt8]) throws {
    guard DurableFile.writeAll(handle, bytes) else { throw DurableFile.failure(path) }
  }

  /// Puts the file in its place; without this it is removed.
  func finish() throws {
    guard fsync(handle) == 0, rename(temporary, path) == 0 else { throw DurableFile.failure(path) }
    close(handle)
    handle = -1
    DurableFile.syncFolder(of: path)
  }
}
