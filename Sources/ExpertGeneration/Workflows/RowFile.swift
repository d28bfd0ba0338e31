package import ExpertPlatform
internal import Foundation

/// Why a file of rows cannot be used.
package enum RowFileError: Error, Sendable, Hashable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case noRecord(path: String)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read \(path): \(reason); check the path and its permissions"
    case .unwritable(let path, let reason):
      "cannot write \(path): \(reason); choose another place or free some space"
    case .noRecord(let path):
      "\(path) holds no row that is a record; name its columns with --map, or its kind with --kind"
    }
  }
}

/// Reads a file in pieces of 1 MiB.
package final class RowFile {
  private let path: String
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 20)

  package init(_ path: String) throws(RowFileError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The next piece; `nil` at the end.
  package func next() throws(RowFileError) -> [UInt8]? {
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      return count == 0 ? nil : Array(buffer[..<count])
    }
  }

  /// The SHA-256 of a whole file.
  package static func digest(of path: String) throws(RowFileError) -> Digest {
    let file = try RowFile(path)
    var hasher = SHA256()
    while let piece = try file.next() { hasher.update(piece) }
    return hasher.finalize()
  }
}

/// Writes a file that appears under its name only when it is whole.
package final class WholeFile {
  private let path: String
  private let temporary: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isCommitted = false

  package init(_ path: String) throws(RowFileError) {
    self.path = path
    temporary = path + ".\(getpid()).tmp"
    descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isCommitted { unlink(temporary) }
  }

  package func append(_ bytes: [UInt8]) throws(RowFileError) {
    buffer += bytes
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Forces the bytes to the disk and gives the file its name.
  package func commit() throws(RowFileError) {
    try flush()
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw failure }
    isCommitted = true
  }

  private func flush() throws(RowFileError) {
    var rest = buffer[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure }
      rest = rest.dropFirst(count)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private var failure: RowFileError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}
