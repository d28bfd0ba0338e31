internal import Glibc

extension SHA256 {
  /// The digest of a file's bytes, read piece by piece.
  ///
  /// `progress` is called with the bytes done so far after each piece.
  package static func hash(
    file path: String, progress: (Int) throws -> Void = { _ in }
  ) throws -> Digest {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError.failed(operation: "open", path: path, code: errno)
    }
    defer { close(descriptor) }
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { piece.deallocate() }
    var hasher = SHA256()
    var done = 0
    while true {
      let count = read(descriptor, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw FileError.failed(operation: "read", path: path, code: errno)
      }
      if count == 0 { return hasher.finalize() }
      hasher.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      done += count
      try progress(done)
    }
  }
}
