package import ExpertPlatform

/// A package that passed every check: what may be believed of it.
package struct VerifiedPackage: Sendable {
  package var manifest: Manifest
  /// Whose signature it bears; `nil` for an unsigned package that the user let pass.
  package var signer: PublicKey?
  /// Every member with its size and digest, in the archive's order, the manifest included.
  package var members: [Member]
  /// The digest of the manifest's bytes, which covers everything else.
  package var digest: Digest
  /// Whether the archive has the canonical form.
  package var isCanonical: Bool

  package struct Member: Sendable, Hashable {
    package var name: String
    package var size: Int
    package var digest: Digest
  }

  /// Bytes of all members.
  package var size: Int { members.reduce(0) { $0 + $1.size } }
}

/// Which packages are acceptable.
package struct VerificationRules: Sendable {
  /// Keys whose signature counts.
  package var isTrusted: @Sendable (PublicKey) throws -> Bool
  package var allowUnsigned: Bool
  /// What to say of an unsigned package behind the refusal, where the command could take it.
  package var unsignedHint = ""

  package init(
    allowUnsigned: Bool = false, isTrusted: @escaping @Sendable (PublicKey) throws -> Bool
  ) {
    self.isTrusted = isTrusted
    self.allowUnsigned = allowUnsigned
  }

  /// One key counts and no other.
  package static func only(_ key: PublicKey) -> VerificationRules {
    VerificationRules { $0 == key }
  }
}
