internal import ExpertPlatform
internal import Foundation
internal import Synchronization

/// The one writer of a store: an advisory lock on `<store>.lock`, which the system frees when the
/// process ends, however it ends. The file says who holds it.
final class WriterLock: Sendable {
  /// The locked file, or -1 once it is given up.
  private let held: Mutex<Int32>

  /// Takes the lock, waiting up to `patience` for its holder.
  init(store path: String, patience: Duration) throws {
    let lockPath = path + ".lock"
    let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw errno == EACCES || errno == EROFS
        ? StoreError.readOnly(path: path)
        : StoreError.inputOutput(path: lockPath, reason: String(cString: strerror(errno)))
    }
    let start = ContinuousClock.now
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard ContinuousClock.now - start < patience else {
        let holder = Self.holder(descriptor)
        close(descriptor)
        throw StoreError.inUse(path: path, holder: holder)
      }
      usleep(20_000)
    }
    held = Mutex(descriptor)
    Self.sign(descriptor)
  }

  deinit { release() }

  /// Gives the lock up; a second time does nothing.
  func release() {
    held.withLock { descriptor in
      guard descriptor >= 0 else { return }
      ftruncate(descriptor, 0)
      close(descriptor)
      descriptor = -1
    }
  }

  private static func sign(_ descriptor: Int32) {
    let text = [UInt8]("process \(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = max(0, pread(descriptor, &bytes, 64, 0))
    let line = bytes.prefix(count).prefix { $0 >= 0x20 && $0 < 0x7f }
    return line.isEmpty ? "another process" : String(decoding: line, as: UTF8.self)
  }
}
