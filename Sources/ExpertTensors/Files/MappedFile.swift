package import ExpertPlatform
internal import Glibc

/// A file's bytes, mapped read-only: they are read from the disk when they are touched, and shared
/// with every other process that maps the same file.
///
/// The length is taken once, at opening. A file that is cut while it is mapped ends the process at
/// the next touch (SIGBUS), as the system has no other answer; so model files are replaced by a
/// rename and never changed in place, and `isUnchanged` tells whether anybody did.
///
/// `@unchecked Sendable`: nothing writes to the bytes, and they stay mapped until the last owner
/// is gone.
package final class MappedFile: @unchecked Sendable {
  package let path: String
  /// All of the file; empty for an empty file.
  package let bytes: UnsafeRawBufferPointer
  private let modified: timespec

  /// Maps a plain file.
  package init(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .failed(operation: "open", path: path, code: errno) }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw .failed(operation: "read", path: path, code: errno)
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      let code = facts.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
      throw .failed(operation: "map", path: path, code: code)
    }
    self.path = path
    modified = facts.st_mtim
    bytes = try Self.map(descriptor, count: Int(facts.st_size), path: path)
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }

  private static func map(
    _ descriptor: Int32, count: Int, path: String
  ) throws(FileError) -> UnsafeRawBufferPointer {
    guard count > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let base = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED
    else { throw .failed(operation: "map", path: path, code: errno) }
    return UnsafeRawBufferPointer(start: base, count: count)
  }

  /// Whether the path still names a file of this length and time of change.
  package var isUnchanged: Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && Int(facts.st_size) == bytes.count
      && facts.st_mtim.tv_sec == modified.tv_sec && facts.st_mtim.tv_nsec == modified.tv_nsec
  }
}
