internal import Glibc
internal import Synchronization

/// An exclusive lock between processes: an advisory lock on an open file, which the system drops
/// when its holder ends, however it ends.
///
/// The file names its holder and stays behind after release; removing it would let two processes
/// lock two files of one name.
package final class FileLock: Sendable {
  package let path: String
  /// The open file, or -1 once released.
  private let descriptor: Mutex<Int32>

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  /// How often a waiting process looks again.
  private static let pollMicroseconds: UInt32 = 20_000

  /// Takes the lock, waiting up to `wait` for another holder to leave.
  ///
  /// `command` is shown to whoever finds the lock taken. Throws `FileError.locked` with the
  /// holder's own words when the wait was in vain.
  package static func acquire(
    _ path: String, command: String, wait: Duration = .seconds(1)
  ) throws(FileError) -> FileLock {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .failed(operation: "open", path: path, code: errno) }
    let end = ContinuousClock.now + wait
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EWOULDBLOCK, ContinuousClock.now < end {
        usleep(pollMicroseconds)
      } else if code != EINTR {
        let holder = holderText(descriptor)
        close(descriptor)
        if code == EWOULDBLOCK { throw .locked(path: path, holder: holder) }
        throw .failed(operation: "lock", path: path, code: code)
      }
    }
    let lock = FileLock(path: path, descriptor: descriptor)
    try sign(descriptor, command: command, path: path)
    return lock
  }

  /// Who holds the lock at `path` now; `nil` when nobody does or there is no such file.
  package static func holder(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return nil }
    return holderText(descriptor)
  }

  /// Gives the lock back; a second call does nothing.
  package func release() {
    descriptor.withLock { descriptor in
      guard descriptor >= 0 else { return }
      ftruncate(descriptor, 0)
      close(descriptor)
      descriptor = -1
    }
  }

  /// Writes `process 123: command` into the locked file.
  private static func sign(
    _ descriptor: Int32, command: String, path: String
  ) throws(FileError) {
    guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw .failed(operation: "write", path: path, code: errno)
    }
    let text = "process \(getpid()): \(TerminalText.sanitised(command))\n"
    try AtomicFile.writeAll(descriptor, Array(text.utf8), path: path)
  }

  private static func holderText(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let line = bytes[..<max(0, count)].prefix { $0 != 0x0a }
    let text = TerminalText.sanitised(String(decoding: line, as: UTF8.self))
    return text.isEmpty ? "another process" : text
  }
}
