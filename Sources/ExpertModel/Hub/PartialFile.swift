internal import ExpertPlatform
internal import Glibc
internal import Synchronization

/// A file on its way: its bytes are appended as they arrive and hashed in passing. What has come
/// stays behind when the transfer or the process ends, and the next one goes on from there.
final class PartialFile: HTTPBodySink {
  private struct State {
    var descriptor: Int32
    var hasher = SHA256()
    /// Bytes in the file.
    var bytes = 0
    /// Why the transfer was stopped.
    var error: RegistryError?
    /// Whether a reply's body has begun to arrive.
    var isPoured = false
  }

  let path: String
  private let file: HubFile
  private let report: @Sendable (Int) -> Void
  private let state: Mutex<State>

  /// Opens what is there, or a new file, and hashes it.
  init(
    _ path: String, for file: HubFile, report: @escaping @Sendable (Int) -> Void
  ) throws(RegistryError) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else {
      throw .file(.failed(operation: "open", path: path, code: errno))
    }
    self.path = path
    self.file = file
    self.report = report
    state = Mutex(State(descriptor: descriptor))
    try takeUp()
  }

  deinit { state.withLock { _ = close($0.descriptor) } }

  /// The name of the file that remembers the server's tag of the bytes.
  private var tagPath: String { path + ".etag" }

  /// Bytes that have arrived.
  var bytes: Int { state.withLock { $0.bytes } }

  /// Why the last transfer was stopped, if it was this side's doing.
  var error: RegistryError? { state.withLock { $0.error } }

  /// The headers that ask for the rest: from the end of what is there, if the bytes are the same.
  /// Without a tag or a hash that would notice a change, everything is asked again.
  var rangeHeaders: [HTTPHeader] {
    let bytes = bytes
    guard bytes > 0 else { return [] }
    let range = HTTPHeader("Range", "bytes=\(bytes)-")
    if let tag { return [range, HTTPHeader("If-Range", tag)] }
    return file.digest == nil ? [] : [range]
  }

  private var tag: String? {
    guard let bytes = try? MappedText.read(tagPath, atMost: 1024), !bytes.isEmpty else {
      return nil
    }
    return bytes
  }

  // MARK: - As a sink

  func begin(status: Int, headers: [HTTPHeader]) -> Bool {
    state.withLock { state in
      state.error = nil
      state.isPoured = false
      switch status {
      case 200: state.error = restart(&state)
      case 206: state.error = checkRange(state, headers)
      default: return false
      }
      guard state.error == nil else { return true }
      state.isPoured = true
      remember(headers)
      return true
    }
  }

  func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let done: Int? = state.withLock { state in
      guard state.isPoured else { return nil }
      guard state.bytes + bytes.count <= file.bytes else {
        state.error = .wrongSize(
          file: file.name, expected: file.bytes, found: state.bytes + bytes.count)
        return nil
      }
      do throws(FileError) {
        try AtomicFile.writeAll(state.descriptor, bytes, path: path)
      } catch {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        state.error = RegistryError(error, needed: file.bytes - state.bytes, in: folder)
        return nil
      }
      state.hasher.update(bytes)
      state.bytes += bytes.count
      return state.bytes
    }
    guard let done else { return false }
    report(done)
    return true
  }

  private func restart(_ state: inout State) -> RegistryError? {
    guard ftruncate(state.descriptor, 0) == 0, lseek(state.descriptor, 0, SEEK_SET) == 0 else {
      return .file(.failed(operation: "empty", path: path, code: errno))
    }
    state.hasher = SHA256()
    state.bytes = 0
    return nil
  }

  /// `Content-Range: bytes START-END/TOTAL` must go on where the file ends.
  private func checkRange(_ state: State, _ headers: [HTTPHeader]) -> RegistryError? {
    let value = headers.first { $0.name.lowercased() == "content-range" }?.value ?? ""
    let numbers = value.split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) }
    guard value.hasPrefix("bytes "), numbers.count == 3, numbers[0] == state.bytes,
      numbers[1] == file.bytes - 1, numbers[2] == file.bytes
    else {
      return .badAnswer(
        what: file.name,
        reason: "the range “\(value)” does not go on from byte \(state.bytes) of \(file.bytes)")
    }
    return nil
  }

  /// Keeps a strong tag; weak ones do not promise equal bytes (RFC 9110, section 8.8.1).
  private func remember(_ headers: [HTTPHeader]) {
    let tag = headers.first { $0.name.lowercased() == "etag" }?.value ?? ""
    if tag.hasPrefix("\""), tag.utf8.count <= 1024 {
      try? AtomicFile.write(tagPath, Array(tag.utf8))
    } else {
      unlink(tagPath)
    }
  }

  // MARK: - Beginning and end

  /// Hashes what an earlier transfer left; more than the file can have is thrown away.
  private func takeUp() throws(RegistryError) {
    let failure: RegistryError? = state.withLock { state in
      do {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { piece.deallocate() }
        while true {
          let count = read(state.descriptor, piece.baseAddress, piece.count)
          if count < 0, errno == EINTR { continue }
          guard count >= 0 else {
            return .file(.failed(operation: "read", path: path, code: errno))
          }
          if count == 0 { break }
          state.hasher.update(UnsafeRawBufferPointer(rebasing: piece[..<count]))
          state.bytes += count
        }
      }
      return state.bytes > file.bytes ? restart(&state) : nil
    }
    if let failure { throw failure }
  }

  /// Checks length and hash, forces the bytes to the disk and gives the file its name. A file with
  /// other bytes than promised is removed.
  func finish(as target: String) throws(RegistryError) -> Digest {
    let outcome: Result<Digest, RegistryError> = state.withLock { state in
      let digest = state.hasher.finalize()
      guard state.bytes == file.bytes else {
        return .failure(
          .wrongSize(file: file.name, expected: file.bytes, found: state.bytes))
      }
      if let expected = file.digest, expected != digest {
        return .failure(
          .wrongHash(
            file: file.name, expected: expected.description, found: digest.description))
      }
      guard fsync(state.descriptor) == 0, rename(path, target) == 0 else {
        return .failure(
          .file(.failed(operation: "rename into place", path: target, code: errno)))
      }
      return .success(digest)
    }
    if case .failure(.wrongHash) = outcome { remove() }
    if case .failure(.wrongSize) = outcome { remove() }
    unlink(tagPath)
    return try outcome.get()
  }

  /// Takes the bytes away.
  func remove() {
    unlink(path)
    unlink(tagPath)
  }
}

/// Small texts of our own making.
enum MappedText {
  static func read(_ path: String, atMost limit: Int) throws(FileError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .failed(operation: "open", path: path, code: errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = Glibc.read(descriptor, &bytes, limit)
    guard count >= 0 else { throw .failed(operation: "read", path: path, code: errno) }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
