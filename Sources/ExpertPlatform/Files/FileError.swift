internal import Glibc

/// What went wrong with a file: the step, the path and the system's reason.
package enum FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A system call failed; `code` is its `errno`.
  case failed(operation: String, path: String, code: Int32)
  /// Another process holds the lock; `holder` is what it wrote there.
  case locked(path: String, holder: String)

  package var description: String {
    switch self {
    case .failed(let operation, let path, let code):
      "cannot \(operation) \(path): \(Self.text(of: code))"
    case .locked(let path, let holder):
      "\(path) is held by \(holder); wait for it to end or stop it"
    }
  }

  /// The system's text for an `errno` value (`strerror` answers per thread since glibc 2.32).
  package static func text(of code: Int32) -> String {
    String(cString: strerror(code))
  }
}
