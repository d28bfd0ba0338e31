internal import Glibc
internal import Synchronization

/// Writes a file piece by piece; its name appears only when `commit` has forced all of it to the
/// disk. Dropped before that, it leaves nothing behind.
///
/// For bytes that fit in memory use `AtomicFile`.
package struct AtomicFileWriter: ~Copyable {
  package let path: String
  private let temporary: String
  private var descriptor: Int32
  private var pending: [UInt8] = []

  private static let counter = Atomic<UInt64>(0)
  /// Small pieces are gathered up to this many bytes.
  private static let bufferBytes = 1 << 20

  /// Opens a temporary file beside `path`.
  package init(_ path: String, access: AtomicFile.Access = .everyone) throws(FileError) {
    let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = "\(path).\(getpid()).w\(number).tmp"
    let descriptor = open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(access.rawValue))
    guard descriptor >= 0 else { throw .failed(operation: "create", path: path, code: errno) }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
  }

  /// Appends bytes.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if pending.count + bytes.count > Self.bufferBytes { try flush() }
    if bytes.count > Self.bufferBytes {
      try AtomicFile.writeAll(descriptor, bytes, path: path)
    } else {
      pending.append(contentsOf: bytes)
    }
  }

  /// Appends bytes.
  package mutating func append(_ bytes: [UInt8]) throws(FileError) {
    let result: Result<Void, FileError> = bytes.withUnsafeBytes { buffer in
      Result { () throws(FileError) in try append(buffer) }
    }
    try result.get()
  }

  private mutating func flush() throws(FileError) {
    try AtomicFile.writeAll(descriptor, pending, path: path)
    pending.removeAll(keepingCapacity: true)
  }

  /// Forces everything to the disk and gives the file its name.
  package mutating func commit() throws(FileError) {
    try flush()
    guard fsync(descriptor) == 0 else {
      throw .failed(operation: "force to the disk", path: path, code: errno)
    }
    guard rename(temporary, path) == 0 else {
      throw .failed(operation: "rename into place", path: path, code: errno)
    }
    close(descriptor)
    descriptor = -1
    try AtomicFile.syncFolder(of: path)
  }
}
