/// What a package says of itself and how much of it holds, whoever signed it. Nothing is written.
package struct Inspection: Sendable {
  /// What the signature is worth.
  package enum Signature: Sendable, Hashable {
    /// The package is whole and this key signed it; whether the key is trusted is another question.
    case valid(PublicKey)
    case unsigned
    /// The package would be refused, and why.
    case broken(String)
  }

  package var manifest: Manifest
  package var members: [TarMember]
  package var isCanonical: Bool
  package var signature: Signature

  package init(_ file: InputFile) throws {
    isCanonical = try PackageOpening.isCanonical(file)
    let folder = isCanonical ? "" : try ForeignPackage(file).manifest().folder
    let stream: any ByteStream =
      isCanonical
      ? try StoredGzipStream(try file.bytes()) : try InflateStream(try file.bytes())
    let reader = TarReader(stream, strict: isCanonical)
    var members: [TarMember] = []
    var found: Manifest?
    while var member = try reader.next() {
      member.name = String(member.name.dropFirst(folder.count))
      members.append(member)
      guard member.name == MemberName.manifest else { continue }
      guard member.size <= PackageLimits.manifestBytes else {
        throw PackageError.refused(member: member.name, reason: "it is too large")
      }
      found = try PackageOpening.manifest(try reader.wholeBody())
    }
    guard let found else {
      throw PackageError.refused(member: MemberName.manifest, reason: "it is missing")
    }
    manifest = found
    self.members = members
    signature = Self.signature(file)
  }

  private static func signature(_ file: InputFile) -> Signature {
    let anyone = VerificationRules(allowUnsigned: true) { _ in true }
    do {
      let package = try PackageVerifier(anyone).verify(file)
      return package.signer.map(Signature.valid) ?? .unsigned
    } catch {
      return .broken("\(error)")
    }
  }
}
