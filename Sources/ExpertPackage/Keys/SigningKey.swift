internal import CSodium

/// An Ed25519 key pair. The seed stays in guarded memory.
package struct SigningKey: Sendable {
  package let publicKey: PublicKey
  /// libsodium's form: the 32-byte seed, then the public key.
  private let secret: SecretBytes

  /// A key pair from new randomness.
  package init() {
    self.init(seed: SecretBytes(count: 32) { randombytes_buf($0, 32) })
  }

  /// The key pair of a 32-byte seed.
  package init(seed: SecretBytes) {
    precondition(seed.count == 32, "an Ed25519 seed has 32 bytes")
    var open = [UInt8](repeating: 0, count: 32)
    secret = SecretBytes(count: 64) { memory in
      seed.withBytes { seed in
        _ = crypto_sign_ed25519_seed_keypair(
          &open, memory, seed)
      }
    }
    guard let key = PublicKey(bytes: open) else {
      preconditionFailure("a key pair has a valid public key")
    }
    publicKey = key
  }

  /// The 64 bytes of the signature (RFC 8032, pure Ed25519).
  package func sign(_ message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 64)
    secret.withBytes { secret in
      _ = crypto_sign_ed25519_detached(
        &signature, nil, message, UInt64(message.count),
        secret)
    }
    return signature
  }

  /// Lends the 32 bytes of the seed, to be stored.
  func withSeed<Result>(_ body: (UnsafePointer<UInt8>) throws -> Result) rethrows -> Result {
    try secret.withBytes(body)
  }
}
