internal import CKernels
internal import CSodium

/// SHA-256 (FIPS 180-4): incremental, or of one buffer at once. By the processor's instructions
/// where it has them, else by libsodium.
package struct SHA256: Sendable {
  private var native = expert_sha256_state()
  private var portable = crypto_hash_sha256_state()
  private let isNative: Bool

  /// `portably` leaves the work to libsodium: tests compare the two.
  package init(portably: Bool = false) {
    isNative = !portably && expert_sha256_begin(&native) == 1
    if !isNative { crypto_hash_sha256_init(&portable) }
  }

  /// Appends bytes to the message.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    if isNative {
      expert_sha256_update(&native, start, bytes.count)
    } else {
      crypto_hash_sha256_update(&portable, start, UInt64(bytes.count))
    }
  }

  /// Appends bytes to the message.
  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// Appends the UTF-8 bytes of `text` to the message.
  package mutating func update(_ text: String) {
    var text = text
    text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest of everything appended; the hasher must not be used afterwards.
  package mutating func finalize() -> Digest {
    var out = [UInt8](repeating: 0, count: 32)
    if isNative {
      expert_sha256_end(&native, &out)
    } else {
      crypto_hash_sha256_final(&portable, &out)
    }
    guard let digest = Digest(bytes: out) else { preconditionFailure("SHA-256 has 32 bytes") }
    return digest
  }

  /// The digest of one message.
  package static func hash(_ bytes: [UInt8]) -> Digest {
    var hasher = SHA256()
    hasher.update(bytes)
    return hasher.finalize()
  }

  /// The digest of the UTF-8 bytes of `text`.
  package static func hash(_ text: String) -> Digest {
    var hasher = SHA256()
    hasher.update(text)
    return hasher.finalize()
  }
}
