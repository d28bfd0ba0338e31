/// Decides whether a package's signature lets it in.
struct SignatureCheck {
  private let manifest: Manifest
  private let rules: VerificationRules

  init(_ manifest: Manifest, _ rules: VerificationRules) {
    self.manifest = manifest
    self.rules = rules
  }

  private func refused(_ reason: String) -> PackageError {
    .refused(member: MemberName.signature, reason: reason)
  }

  /// The key that signed. It must be one that the user trusts; what the package says of itself
  /// only tells which of them to try.
  func signer(signature text: String) throws -> PublicKey {
    let integrity = manifest.integrity
    guard integrity.scheme == Integrity.scheme else {
      throw refused("the manifest names no signature scheme \(Integrity.scheme)")
    }
    guard text == integrity.signature, let signature = Hexadecimal.bytes(text) else {
      throw refused("it is not the signature that the manifest holds")
    }
    guard let key = integrity.publicKey else { throw refused("the manifest names no public key") }
    guard try rules.isTrusted(key) else {
      throw refused(
        "it is by \(key), which is not trusted here; if you know whose it is: "
          + "expert-gen expert trust add \(key)")
    }
    guard key.verifies(signature, of: SignedMessage.bytes(of: manifest)) else {
      throw refused("it does not fit the package: the package was changed, or it is a forgery")
    }
    return key
  }

  /// Lets a package without a signature pass where the user said so. One that claims a signature
  /// is not unsigned: it has lost its signature.
  func permitUnsigned() throws {
    guard manifest.integrity.scheme == nil, manifest.integrity.signature == nil else {
      throw refused("the manifest claims a signature and there is none")
    }
    guard rules.allowUnsigned else {
      throw refused("the package is not signed" + rules.unsignedHint)
    }
  }
}
