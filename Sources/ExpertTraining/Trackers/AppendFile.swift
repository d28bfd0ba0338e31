internal import ExpertPlatform
internal import Glibc

/// A file that grows at its end. One write a record, so that a crash leaves whole records and at
/// most a cut one at the end.
final class AppendFile {
  let path: String
  private let descriptor: Int32
  /// Bytes written so far, those of earlier processes included.
  private(set) var size: Int

  /// Opens or makes a file; what stands behind `keeping` bytes is cut off.
  init(_ path: String, keeping: Int? = nil) throws(TrainingError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode_t(0o644))
    guard descriptor >= 0 else { throw Self.failure("open", path, 0) }
    if let keeping, ftruncate(descriptor, off_t(keeping)) != 0 {
      let error = Self.failure("shorten", path, 0)
      close(descriptor)
      throw error
    }
    size = Int(lseek(descriptor, 0, SEEK_END))
  }

  deinit { close(descriptor) }

  /// Appends bytes, all or none: what a full disk took of them is cut off again.
  func append(_ bytes: [UInt8]) throws(TrainingError) {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let error = Self.failure("write", path, bytes.count)
        ftruncate(descriptor, off_t(size))
        lseek(descriptor, off_t(size), SEEK_SET)
        throw error
      }
      done += count
    }
    size += bytes.count
  }

  func sync() throws(TrainingError) {
    guard fsync(descriptor) == 0 else { throw Self.failure("force to the disk", path, 0) }
  }

  static func failure(_ operation: String, _ path: String, _ needed: Int) -> TrainingError {
    TrainingError(FileError.failed(operation: operation, path: path, code: errno), needed: needed)
  }
}

extension TrainingError {
  /// A full disk and a file-size limit are one error of their own; everything else is the file's.
  init(_ error: FileError, needed: Int) {
    if case .failed(_, let path, let code) = error, [ENOSPC, EDQUOT, EFBIG].contains(code) {
      self = .diskFull(path: path, needed: needed)
    } else {
      self = .file(error)
    }
  }
}
