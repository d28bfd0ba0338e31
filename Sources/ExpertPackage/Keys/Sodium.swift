internal import CSodium

/// libsodium, ready for use. Every call that needs it goes through here first.
enum Sodium {
  private static let isReady = sodium_init() >= 0

  /// Checks that the library has started, which fails only where there is no randomness.
  static func start() {
    precondition(isReady, "libsodium found no source of randomness")
  }

  static func randomBytes(_ count: Int) -> [UInt8] {
    start()
    var bytes = [UInt8](repeating: 0, count: count)
    randombytes_buf(&bytes, count)
    return bytes
  }
}

/// Bytes that nobody else may see: in guarded memory that is never swapped, wiped when the last
/// reference goes. No description, no reflection.
///
/// `@unchecked Sendable`: the memory is written in the initialiser only.
package final class SecretBytes: @unchecked Sendable {
  private let memory: UnsafeMutablePointer<UInt8>
  package let count: Int

  /// Memory of so many bytes, filled by `body`.
  package init(
    count: Int, fill body: (UnsafeMutablePointer<UInt8>) throws -> Void
  ) rethrows {
    Sodium.start()
    guard let start = sodium_malloc(max(count, 1)) else {
      preconditionFailure("there is no memory to lock for a key")
    }
    memory = start.bindMemory(to: UInt8.self, capacity: max(count, 1))
    self.count = count
    try body(memory)
  }

  /// Moves bytes into guarded memory and wipes where they were.
  package convenience init(moving bytes: inout [UInt8]) {
    self.init(count: bytes.count) { $0.update(from: bytes, count: bytes.count) }
    Self.wipe(&bytes)
  }

  deinit { sodium_free(memory) }

  /// Lends the bytes, `count` of them.
  package func withBytes<Result>(
    _ body: (UnsafePointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try body(UnsafePointer(memory))
  }

  /// Wipes an array that held a secret.
  package static func wipe(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes { buffer in
      if let start = buffer.baseAddress { sodium_memzero(start, buffer.count) }
    }
  }
}

extension SecretBytes: CustomStringConvertible, CustomReflectable {
  package var description: String { "<redacted>" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
