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

  /// Reads, unpacks and hashes groups on a thread beside this one and its helpers, while this one
  /// hands over those before.
  func export(_ members: [Member], to sink: ([UInt8]) throws -> Void) throws -> ExportReport {
    var hasher = SHA256()
    var report = ExportReport(records: members.count, sha256: SHA256.hash([UInt8]()))
    let pieces = Handover<[UInt8]>(capacity: Self.exportPieces)
    try Parallel.both(
      {
        defer { pieces.stop() }
        while let piece = pieces.take() {
          report.bytes += piece.count
          try sink(piece)
        }
      },
      beside: {
        defer { pieces.finish() }
        for start in stride(from: 0, to: members.count, by: Self.exportGroup) {
          let group = members[start..<min(start + Self.exportGroup, members.count)]
          for piece in try lines(group) {
            // Here, because writing keeps the other thread busier.
            hasher.update(piece)
            guard pieces.put(piece) else { return }
          }
        }
      })
    report.sha256 = hasher.finalize()
    return report
  }

  /// Records read and unpacked at once: a few megabytes.
  private static let exportGroup = exportPieces * exportPiece
  private static let exportPieces = 4
  private static let exportPiece = 1024

  /// The lines of some members, in pieces.
  private func lines(_ members: ArraySlice<Member>) throws -> [[UInt8]] {
    let stored = try read { context in
      try stride(from: members.startIndex, to: members.endIndex, by: Self.exportPiece).map {
        try StoredBodies(members[$0..<min($0 + Self.exportPiece, members.endIndex)], context)
      }
    }
    let pieces = Parallel.map(stored.count) { stored[$0].lines() }
    return try mappingFailures(path: path) { try pieces.map { try $0.get() } }
  }
}

/// Stored bodies on their way out, one behind the other.
private struct StoredBodies: Sendable {
  private struct Place {
    var id: Int64
    var codec: Int64
    /// Unpacked.
    var size: Int
    /// Where the body ends in `bytes`; it starts where the one before ends.
    var end: Int
  }

  private var bytes: [UInt8] = []
  private var places: [Place] = []
  private let dictionaries: [Int64: ZstdDictionary]

  init(_ members: ArraySlice<Member>, _ context: Context) throws {
    dictionaries = context.objects.dictionaries
    places.reserveCapacity(members.count)
    let row = try context.connection.statement("SELECT codec, size, body FROM object WHERE id = ?")
    defer { row.reset() }
    for member in members {
      row.reset()
      row.bind(1, member.object)
      guard try row.step() else { throw ObjectDamage(id: member.object, reason: "is missing") }
      let size = row.int(1)
      guard size >= 0, size <= Zstd.largestBody else {
        throw ObjectDamage(id: member.object, reason: "does not unpack")
      }
      row.withBytes(2) { bytes.append(contentsOf: $0) }
      places.append(
        Place(id: member.object, codec: row.int(0), size: Int(size), end: bytes.count))
    }
  }

  /// The unpacked bodies, a line feed after each.
  func lines() -> Result<[UInt8], ObjectDamage> {
    let zstd = Zstd()
    let total = places.reduce(0) { $0 + $1.size + 1 }
    var damaged: Int64?
    let out = [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
      let out = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: total)
      damaged = bytes.withUnsafeBytes { unpack($0, into: out, zstd) }
      filled = damaged == nil ? total : 0
    }
    return damaged.map { .failure(ObjectDamage(id: $0, reason: "does not unpack")) }
      ?? .success(out)
  }

  /// The object that could not be unpacked, or `nil` where all of `out` is written.
  private func unpack(
    _ bytes: UnsafeRawBufferPointer, into out: UnsafeMutableRawBufferPointer, _ zstd: Zstd
  ) -> Int64? {
    var start = 0
    var at = 0
    for place in places {
      let body = UnsafeRawBufferPointer(rebasing: bytes[start..<place.end])
      let line = UnsafeMutableRawBufferPointer(rebasing: out[at..<at + place.size])
      let dictionary = dictionaries[place.codec]
      guard zstd.unpack(body, codec: place.codec, into: line, dictionary) else { return place.id }
      out[at + place.size] = UInt8(ascii: "\n")
      start = place.end
      at += place.size + 1
    }
    return nil
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
