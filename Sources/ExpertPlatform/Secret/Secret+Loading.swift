internal import Glibc

extension Secret {
  /// Longer than any provider's key; a larger file is not a key file.
  private static let maxFileBytes = 16 << 10

  /// Reads a key from an environment variable.
  package init(variable name: String) throws(SecretError) {
    guard let raw = getenv(name) else { throw .missing(variable: name) }
    do {
      self = try Secret(String(cString: raw))
    } catch {
      throw .variable(name: name, reason: error.description)
    }
  }

  /// Reads a key from a file that only its owner may read (mode 0600 or 0400).
  ///
  /// One line break at the end is dropped, since editors and `echo` add it; any other white space
  /// is refused.
  package init(file path: String) throws(SecretError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path: path, reason: FileError.text(of: errno)) }
    defer { close(descriptor) }
    try Self.checkPrivate(descriptor, path: path)
    var text = try Self.readAll(descriptor, path: path)
    if text.last == 0x0a { text.removeLast() }
    if text.last == 0x0d { text.removeLast() }
    do {
      self = try Secret(String(decoding: text, as: UTF8.self))
    } catch {
      throw .file(path: path, reason: error.description)
    }
  }

  private static func checkPrivate(_ descriptor: Int32, path: String) throws(SecretError) {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw .file(path: path, reason: FileError.text(of: errno))
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      throw .file(path: path, reason: "it is not a plain file")
    }
    guard facts.st_mode & 0o177 == 0 else {
      let mode = String(facts.st_mode & 0o777, radix: 8)
      throw .file(
        path: path, reason: "its mode is \(mode), so others may read it; run: chmod 600 \(path)")
    }
    guard facts.st_uid == geteuid() || facts.st_uid == 0 else {
      throw .file(path: path, reason: "it belongs to another user")
    }
  }

  private static func readAll(_ descriptor: Int32, path: String) throws(SecretError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: maxFileBytes + 1)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .file(path: path, reason: FileError.text(of: errno)) }
      if count == 0 { break }
      filled += count
    }
    guard filled <= maxFileBytes else {
      throw .file(path: path, reason: "it is larger than a key can be")
    }
    return Array(bytes[..<filled])
  }
}
