internal import ExpertPlatform
internal import Glibc

/// A file that is written from start to end, can be read back, and appears under its name only
/// when that is asked for.
package final class OutputFile {
  private let path: String
  private let temporary: String
  private var descriptor: Int32
  private var isPlaced = false

  /// Creates the file beside its place. Throws `FileError`.
  package init(_ path: String, mode: UInt32 = 0o644) throws {
    self.path = path
    temporary = "\(path).\(getpid()).part"
    descriptor = open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else {
      throw FileError.failed(operation: "create", path: temporary, code: errno)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isPlaced { unlink(temporary) }
  }

  /// Writes every byte, over as many system calls as it takes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    try Descriptor.write(descriptor, bytes, path: path)
  }

  package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// What has been written so far, opened for reading.
  package func readBack() throws -> InputFile {
    try InputFile(duplicating: descriptor, path: path)
  }

  /// Forces the bytes to the disk and gives the file its name.
  package func place() throws {
    try Descriptor.check(fsync(descriptor), "force to the disk", temporary)
    close(descriptor)
    descriptor = -1
    try Descriptor.check(rename(temporary, path), "rename into place", path)
    isPlaced = true
    try Descriptor.syncFolder(PathText.parent(of: path))
  }
}

/// System calls on descriptors, with the failure as a `FileError`.
enum Descriptor {
  static func check(_ result: Int32, _ operation: String, _ path: String) throws(FileError) {
    guard result >= 0 else { throw .failed(operation: operation, path: path, code: errno) }
  }

  static func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.write(descriptor, part.baseAddress, part.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .failed(operation: "write", path: path, code: errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// Makes new names in a folder survive a power cut.
  static func syncFolder(_ folder: String) throws(FileError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    try check(descriptor, "open the folder", folder)
    defer { close(descriptor) }
    try check(fsync(descriptor), "force to the disk", folder)
  }
}

/// Paths as texts.
package enum PathText {
  /// The folder that a path lies in.
  package static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path from the root, seen from the working folder.
  package static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  /// The last part of a path.
  package static func name(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }
}
