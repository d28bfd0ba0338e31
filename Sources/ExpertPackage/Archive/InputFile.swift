internal import ExpertPlatform
internal import Glibc

/// A regular file opened for reading: what is checked and what is used later are the same file,
/// whatever happens to its name meanwhile.
package final class InputFile {
  package let descriptor: Int32
  package let path: String
  package let size: Int

  /// Opens a regular file; links are followed unless `plain`.
  package init(_ path: String, plain: Bool = false) throws {
    self.path = path
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (plain ? O_NOFOLLOW : 0)
    descriptor = open(path, flags)
    guard descriptor >= 0 else {
      if errno == ELOOP {
        throw PackageError.refused(member: PathText.name(of: path), reason: "a symbolic link")
      }
      throw FileError.failed(operation: "open", path: path, code: errno)
    }
    size = try Self.regularSize(descriptor, path)
  }

  /// Another handle on a file that is open already.
  package init(duplicating open: Int32, path: String) throws {
    self.path = path
    descriptor = fcntl(open, F_DUPFD_CLOEXEC, 0)
    try Descriptor.check(descriptor, "open", path)
    size = try Self.regularSize(descriptor, path)
  }

  private static func regularSize(_ descriptor: Int32, _ path: String) throws -> Int {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      throw PackageError.invalid(place: path, reason: "it is no regular file")
    }
    return Int(facts.st_size)
  }

  deinit { close(descriptor) }

  /// The file's bytes from the start.
  package func bytes() throws -> FileBytes { try FileBytes(descriptor, path: path) }

  /// The whole of a small file.
  package static func read(_ path: String, limit: Int, plain: Bool = false) throws -> [UInt8] {
    let file = try InputFile(path, plain: plain)
    guard file.size <= limit else {
      throw PackageError.invalid(
        place: path, reason: "it has \(file.size) bytes, and no more than \(limit) belong there")
    }
    return try file.bytes().take(limit)
  }
}
