internal import CSodium
internal import ExpertRecord

/// A seed under a passphrase: Argon2id (RFC 9106) makes the key, XChaCha20-Poly1305 seals the seed
/// and binds it to its public key.
package struct KeyWrap: Sendable, Hashable {
  /// Passes over the memory, and its bytes: libsodium's "moderate" preset, about a second.
  package struct Cost: Sendable, Hashable {
    package var operations: Int
    package var memory: Int

    package init(operations: Int, memory: Int) {
      self.operations = operations
      self.memory = memory
    }

    package static let moderate = Cost(operations: 3, memory: 256 << 20)

    /// What a file may ask for: a crafted one must not take all memory or an hour.
    var isBearable: Bool {
      (1...16).contains(operations) && (8192...(1 << 30)).contains(memory)
    }
  }

  package var cost: Cost
  var salt: [UInt8]
  var nonce: [UInt8]
  var sealed: [UInt8]

  init(cost: Cost, salt: [UInt8], nonce: [UInt8], sealed: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.nonce = nonce
    self.sealed = sealed
  }

  /// Seals the seed of a key.
  init(_ key: SigningKey, passphrase: SecretBytes, cost: Cost = .moderate) throws(PackageError) {
    self.init(
      cost: cost, salt: Sodium.randomBytes(16), nonce: Sodium.randomBytes(24),
      sealed: [UInt8](repeating: 0, count: 32 + 16))
    let wrapping = try Self.key(passphrase, cost: cost, salt: salt)
    let open = key.publicKey.bytes
    wrapping.withBytes { wrapping in
      key.withSeed { seed in
        _ = crypto_aead_xchacha20poly1305_ietf_encrypt(
          &sealed, nil, seed, 32, open, UInt64(open.count),
          nil, nonce, wrapping)
      }
    }
  }

  /// The seed, or `nil` where the passphrase is another or the file was changed.
  func open(for key: PublicKey, passphrase: SecretBytes) throws(PackageError) -> SecretBytes? {
    guard cost.isBearable, salt.count == 16, nonce.count == 24, sealed.count == 48 else {
      return nil
    }
    let wrapping = try Self.key(passphrase, cost: cost, salt: salt)
    var isOpen = false
    let seed = SecretBytes(count: 32) { memory in
      wrapping.withBytes { wrapping in
        isOpen =
          crypto_aead_xchacha20poly1305_ietf_decrypt(
            memory, nil, nil, sealed, UInt64(sealed.count),
            key.bytes, UInt64(key.bytes.count), nonce,
            wrapping) == 0
      }
    }
    return isOpen ? seed : nil
  }

  private static func key(
    _ passphrase: SecretBytes, cost: Cost, salt: [UInt8]
  ) throws(PackageError) -> SecretBytes {
    var code: Int32 = 0
    let key = SecretBytes(count: 32) { memory in
      passphrase.withBytes { text in
        code = crypto_pwhash_argon2id(
          memory, 32, UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self),
          UInt64(passphrase.count),
          salt, UInt64(cost.operations), cost.memory, crypto_pwhash_argon2id_ALG_ARGON2ID13)
      }
    }
    guard code == 0 else {
      throw .key(name: "passphrase", reason: "Argon2id found no memory of \(cost.memory) bytes")
    }
    return key
  }
}

extension KeyWrap {
  init?(json: JSONValue) {
    guard json["kdf"]?.string == "argon2id", json["cipher"]?.string == "xchacha20-poly1305",
      let operations = json["operations"]?.integer, let memory = json["memory"]?.integer,
      let salt = json["salt"]?.string.flatMap({ Hexadecimal.bytes($0) }),
      let nonce = json["nonce"]?.string.flatMap({ Hexadecimal.bytes($0) }),
      let sealed = json["sealed"]?.string.flatMap({ Hexadecimal.bytes($0) })
    else { return nil }
    self.init(
      cost: Cost(operations: operations, memory: memory), salt: salt, nonce: nonce, sealed: sealed)
  }

  var json: JSONValue {
    [
      "kdf": "argon2id", "cipher": "xchacha20-poly1305",
      "operations": .number(Double(cost.operations)), "memory": .number(Double(cost.memory)),
      "salt": .string(Hexadecimal.text(salt)), "nonce": .string(Hexadecimal.text(nonce)),
      "sealed": .string(Hexadecimal.text(sealed)),
    ]
  }
}
