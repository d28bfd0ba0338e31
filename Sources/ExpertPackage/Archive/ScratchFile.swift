internal import ExpertPlatform
internal import Glibc

/// A file without a name: it takes what does not belong into memory and is gone with its
/// descriptor, however the process ends.
package final class ScratchFile {
  package let descriptor: Int32
  package let path: String
  package private(set) var count = 0

  /// Makes one in a folder of the user's own, by default that for temporary files.
  package init(in folder: String? = nil) throws {
    let home = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    path = home
    var template = Array("\(home)/expert-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    try Descriptor.check(descriptor, "create a temporary file in", home)
    unlink(template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    try Descriptor.write(descriptor, bytes, path: path)
    count += bytes.count
  }

  package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }
}
