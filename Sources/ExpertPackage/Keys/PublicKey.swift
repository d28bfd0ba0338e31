internal import CSodium

/// An Ed25519 public key (RFC 8032): 32 bytes, written `ed25519:<64 hex digits>`.
package struct PublicKey: Sendable, Hashable, CustomStringConvertible {
  private static let prefix = "ed25519:"

  package let bytes: [UInt8]

  /// A key of exactly 32 bytes; `nil` for any other count and for points that no private key has
  /// (small order, not canonical, not on the curve's main subgroup).
  package init?(bytes: [UInt8]) {
    Sodium.start()
    guard bytes.count == 32, crypto_core_ed25519_is_valid_point(bytes) == 1 else { return nil }
    self.bytes = bytes
  }

  /// Reads `ed25519:<hex>`, or the digits alone.
  package init?(_ text: String) {
    let digits = text.hasPrefix(Self.prefix) ? text.dropFirst(Self.prefix.count) : text[...]
    guard let bytes = Hexadecimal.bytes(digits) else { return nil }
    self.init(bytes: bytes)
  }

  package var description: String { Self.prefix + Hexadecimal.text(bytes) }

  /// The first 16 digits, for tables; never for comparison.
  package var short: String { Hexadecimal.text(bytes.prefix(8)) + "…" }

  /// Whether `signature` is this key's over `message`. libsodium refuses S ≥ L, points of small
  /// order and encodings that are not canonical, so that no second signature can be made of one.
  package func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == 64 else { return false }
    return crypto_sign_ed25519_verify_detached(
      signature, message, UInt64(message.count), bytes) == 0
  }
}
