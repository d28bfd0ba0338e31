internal import Glibc
internal import Synchronization

/// Replaces a file as a whole: a reader, or a crash at any moment, sees the old bytes or the new
/// ones and never a mixture.
package enum AtomicFile {
  /// Who may read the file afterwards.
  package enum Access: UInt32, Sendable {
    case everyone = 0o644
    case owner = 0o600
  }

  private static let counter = Atomic<UInt64>(0)

  /// Writes `bytes` beside `path`, forces them to the disk, and renames them into place.
  package static func write(
    _ path: String, _ bytes: [UInt8], access: Access = .everyone
  ) throws(FileError) {
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = "\(path).\(getpid()).\(number).tmp"
    do {
      try writeNew(temporary, bytes, access: access)
      try check(rename(temporary, path), "rename into place", path)
    } catch {
      unlink(temporary)
      throw error
    }
    try syncFolder(of: path)
  }

  /// Creates a file that did not exist and forces its bytes to the disk.
  private static func writeNew(
    _ path: String, _ bytes: [UInt8], access: Access
  ) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(access.rawValue))
    try check(descriptor, "create", path)
    defer { close(descriptor) }
    try writeAll(descriptor, bytes, path: path)
    try check(fsync(descriptor), "force to the disk", path)
  }

  /// Writes every byte, over as many system calls as it takes.
  package static func writeAll(_ descriptor: Int32, _ bytes: [UInt8], path: String) throws(FileError) {
    let result: Result<Void, FileError> = bytes.withUnsafeBytes { buffer in
      Result { () throws(FileError) in try writeAll(descriptor, buffer, path: path) }
    }
    try result.get()
  }

  /// Writes every byte, over as many system calls as it takes.
  package static func writeAll(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(FileError) {
    var start = 0
    while start < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .failed(operation: "write", path: path, code: errno) }
      start += count
    }
  }

  /// Makes the new name survive a power cut: a rename is a change of the folder.
  package static func syncFolder(of path: String) throws(FileError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try check(descriptor, "open the folder", folder)
    defer { close(descriptor) }
    try check(fsync(descriptor), "force to the disk", folder)
  }

  /// Throws with `errno` when a system call answered below zero.
  private static func check(
    _ result: Int32, _ operation: String, _ path: String
  ) throws(FileError) {
    guard result >= 0 else { throw .failed(operation: operation, path: path, code: errno) }
  }
}
