internal import Glibc

/// Brings a large file to another name, without a second copy of its bytes where the file system
/// can do that.
package enum SharedCopy {
  /// How the bytes came.
  package enum Way: String, Sendable {
    /// A copy that shares its blocks until one of the two is written.
    case clone
    /// A second name of the same file.
    case link
    case copy
  }

  /// `FICLONE` of linux/fs.h.
  private static let cloneRequest: UInt = 0x4004_9409

  /// Makes `target`, which must not exist, hold the bytes of the plain file `source`, and forces
  /// them to the disk.
  @discardableResult
  package static func make(_ target: String, from source: String) throws(FileError) -> Way {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw .failed(operation: "open", path: source, code: errno) }
    defer { close(input) }
    let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard output >= 0 else { throw .failed(operation: "create", path: target, code: errno) }
    defer { close(output) }
    if ioctl(output, cloneRequest, input) == 0 {
      try force(output, target)
      return .clone
    }
    if relink(input, to: target) { return .link }
    try copy(input, to: output, path: target)
    try force(output, target)
    return .copy
  }

  /// A hard link to the very file that was opened, whatever its name means by now.
  private static func relink(_ input: Int32, to target: String) -> Bool {
    let temporary = target + ".link"
    guard
      linkat(AT_FDCWD, "/proc/self/fd/\(input)", AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0
    else { return false }
    if rename(temporary, target) == 0 { return true }
    unlink(temporary)
    return false
  }

  private static func copy(
    _ input: Int32, to output: Int32, path: String
  ) throws(FileError) {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { piece.deallocate() }
    while true {
      let count = read(input, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .failed(operation: "read", path: path, code: errno) }
      if count == 0 { return }
      let bytes = UnsafeRawBufferPointer(rebasing: piece[..<count])
      try AtomicFile.writeAll(output, bytes, path: path)
    }
  }

  private static func force(_ descriptor: Int32, _ path: String) throws(FileError) {
    guard fsync(descriptor) == 0 else {
      throw .failed(operation: "force to the disk", path: path, code: errno)
    }
  }
}

/// What a file system has left.
package enum FreeSpace {
  /// Bytes that this user may still write below `path`; `nil` where the system does not say.
  package static func bytes(at path: String) -> Int? {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return nil }
    return Int(facts.f_bavail) * Int(facts.f_frsize)
  }
}
