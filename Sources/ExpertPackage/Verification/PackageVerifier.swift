internal import ExpertPlatform
internal import ExpertRecord

/// Checks a package from its first byte to its last, in one pass and constant memory, and writes
/// nothing: form, manifest, key, signature, every member, the whole.
package struct PackageVerifier {
  private let rules: VerificationRules

  package init(_ rules: VerificationRules) { self.rules = rules }

  /// Verifies an open file.
  package func verify(_ file: InputFile) throws -> VerifiedPackage {
    guard try file.bytes().take(StoredGzip.header.count + 1).starts(with: [0x1f, 0x8b]) else {
      throw PackageError.refused(member: "", reason: "it is no .expert package (no gzip file)")
    }
    guard try PackageOpening.isCanonical(file) else {
      return try ForeignPackage(file).verify(rules)
    }
    return try verifyCanonical(file)
  }

  private func verifyCanonical(_ file: InputFile) throws -> VerifiedPackage {
    let reader = TarReader(try StoredGzipStream(try file.bytes()), strict: true)
    let (manifest, manifestMember) = try readManifest(reader)
    var order = manifest.integrity.files.keys.sorted { ExactText.precedes($0, $1) }[...]
    var members = [manifestMember]
    var next = try reader.next()
    var signer: PublicKey?
    if next?.name == MemberName.signature {
      signer = try SignatureCheck(manifest, rules).signer(
        signature: try readSignature(reader, next))
      members.append(
        VerifiedPackage.Member(
          name: MemberName.signature, size: 128,
          digest: SHA256.hash(manifest.integrity.signature ?? "")))
      next = try reader.next()
    } else {
      try SignatureCheck(manifest, rules).permitUnsigned()
    }
    let content = ContentCheck(manifest)
    while let member = next {
      guard member.name == order.first else { throw Self.outOfOrder(member, expected: order.first) }
      order.removeFirst()
      members.append(try check(member, reader, content, manifest))
      next = try reader.next()
    }
    if let missing = order.first {
      throw PackageError.refused(member: missing, reason: "the manifest lists it and it is missing")
    }
    try content.finish()
    return VerifiedPackage(
      manifest: manifest, signer: signer, members: members, digest: manifestMember.digest,
      isCanonical: true)
  }

  private static func outOfOrder(_ member: TarMember, expected: String?) -> PackageError {
    .refused(
      member: member.name,
      reason: expected.map { "it stands where \($0) should" } ?? "the manifest does not list it")
  }

  /// The first member, whose bytes must be the RFC 8785 form of what they say.
  private func readManifest(
    _ reader: TarReader
  ) throws -> (Manifest, VerifiedPackage.Member) {
    guard let member = try reader.next(), member.name == MemberName.manifest else {
      throw PackageError.refused(member: MemberName.manifest, reason: "it must come first")
    }
    guard member.size <= PackageLimits.manifestBytes else {
      throw PackageError.refused(
        member: member.name, reason: "it has more than \(PackageLimits.manifestBytes) bytes")
    }
    let bytes = try reader.wholeBody()
    let manifest = try PackageOpening.manifest(bytes)
    guard CanonicalJSON.bytes(of: manifest.json) == bytes else {
      throw PackageError.refused(
        member: member.name, reason: "it is not in the canonical form (RFC 8785)")
    }
    do { _ = try manifest.onlyBase() } catch { throw error.refusing(member.name) }
    guard manifest.integrity.files[MemberName.manifest] == nil,
      manifest.integrity.files[MemberName.signature] == nil
    else {
      throw PackageError.refused(
        member: member.name, reason: "integrity.files must not list manifest and signature")
    }
    return (
      manifest,
      VerifiedPackage.Member(name: member.name, size: member.size, digest: SHA256.hash(bytes))
    )
  }

  private func readSignature(_ reader: TarReader, _ member: TarMember?) throws -> String {
    guard member?.size == 128 else {
      throw PackageError.refused(
        member: MemberName.signature, reason: "a signature has 128 hexadecimal digits")
    }
    return String(decoding: try reader.wholeBody(), as: UTF8.self)
  }

  private func check(
    _ member: TarMember, _ reader: TarReader, _ content: ContentCheck, _ manifest: Manifest
  ) throws -> VerifiedPackage.Member {
    let digest = try PackageOpening.read(member, reader, content)
    guard digest.hex == manifest.integrity.files[member.name] else {
      throw PackageError.refused(
        member: member.name, reason: "its SHA-256 is not the one that was signed")
    }
    try PackageOpening.checkDigests(of: member.name, digest, manifest)
    return VerifiedPackage.Member(name: member.name, size: member.size, digest: digest)
  }
}

/// What every way of reading a package needs.
enum PackageOpening {
  /// Whether the file claims the canonical form, which is then demanded of all of it.
  static func isCanonical(_ file: InputFile) throws -> Bool {
    StoredGzipStream.isCanonical(
      firstBytes: try file.bytes().take(StoredGzip.header.count + 1))
  }

  /// Parses a manifest that came from elsewhere.
  static func manifest(_ bytes: [UInt8]) throws(PackageError) -> Manifest {
    do {
      let limits = JSONLimits(maxBytes: PackageLimits.manifestBytes, maxDepth: 32)
      return try Manifest(try JSONValue.parse(bytes, limits: limits))
    } catch let error as JSONError {
      throw .refused(member: MemberName.manifest, reason: "it is no JSON: \(error)")
    } catch let error as PackageError {
      throw error.refusing(MemberName.manifest)
    } catch {
      throw .refused(member: MemberName.manifest, reason: "\(error)")
    }
  }

  /// Reads a member to its end, judging and hashing it.
  static func read(
    _ member: TarMember, _ reader: TarReader, _ content: ContentCheck
  ) throws -> Digest {
    try content.begin(member)
    var hasher = SHA256()
    while true {
      let bytes = try reader.body()
      if bytes.isEmpty { break }
      hasher.update(bytes)
      try content.take(bytes)
    }
    try content.end()
    return hasher.finalize()
  }

  /// The digests that adapters and soft prompts name for themselves must be right as well.
  static func checkDigests(
    of name: String, _ digest: Digest, _ manifest: Manifest
  ) throws(PackageError) {
    let claims =
      manifest.bases.flatMap(\.adapters).filter { $0.path == name }.compactMap(\.sha256)
      + manifest.softPrompts.filter { $0.path == name }.compactMap(\.sha256)
    guard claims.allSatisfy({ $0 == digest.hex }) else {
      throw .refused(member: name, reason: "its SHA-256 is not the one of its manifest entry")
    }
  }
}
