package import ExpertPlatform
internal import ExpertRecord

/// Writes a package, reads it back through the verifier, and only then lets it appear. The same
/// plan, key and time give the same bytes.
package struct PackageWriter {
  /// A package on the disk.
  package struct Written: Sendable {
    package var path: String
    package var manifest: Manifest
    /// SHA-256 of the file.
    package var digest: Digest
    package var size: Int
    package var signer: PublicKey?
  }

  private let signer: SigningKey?
  private let publisher: String?
  private let createdAt: String

  /// `clock` gives the time of packing; `SOURCE_DATE_EPOCH` fixes it.
  package init(signer: SigningKey?, publisher: String? = nil, clock: any PlatformClock) {
    self.signer = signer
    self.publisher = publisher
    createdAt = Timestamp.text(clock.wallMicroseconds(), fraction: false)
  }

  /// Writes into a folder under the package's own name.
  package func write(_ plan: PackagePlan, intoFolder folder: String) throws -> Written {
    let manifest = try Manifest(plan.manifest)
    return try write(plan, to: (folder.hasSuffix("/") ? folder : folder + "/") + manifest.fileName)
  }

  /// Writes to a path, with a side file `.sha256` beside it.
  package func write(_ plan: PackagePlan, to path: String) throws -> Written {
    let members = plan.members.sorted { ExactText.precedes($0.name, $1.name) }
    let manifest = try sign(try withFiles(plan.manifest, members))
    let output = try OutputFile(path)
    let digest = try archive(manifest, members, to: output)
    let file = try output.readBack()
    let verified = try PackageVerifier(rules).verify(file)
    try output.place()
    try AtomicFile.write(
      path + ".sha256", Array("\(digest.hex)  \(PathText.name(of: path))\n".utf8))
    return Written(
      path: path, manifest: verified.manifest, digest: digest, size: file.size,
      signer: verified.signer)
  }

  /// The writer trusts its own key alone.
  private var rules: VerificationRules {
    guard let key = signer?.publicKey else {
      return VerificationRules(allowUnsigned: true) { _ in false }
    }
    return .only(key)
  }

  private func withFiles(
    _ manifest: JSONValue, _ members: [(name: String, source: MemberSource)]
  ) throws -> JSONValue {
    var files: [JSONValue.Member] = []
    for member in members {
      let digest = try member.source.digest()
      files.append(JSONValue.Member(member.name, .string("sha256:" + digest.hex)))
    }
    let made = manifest["integrity"]?["created_at"] ?? .string(createdAt)
    let author = manifest["integrity"]?["publisher"]?.string ?? manifest["author"]?.string
    return manifest.setting(["integrity", "created_at"], to: made)
      .setting(["integrity", "publisher"], to: (author ?? publisher).map(JSONValue.string))
      .setting(["integrity", "files"], to: .object(files))
  }

  /// Puts key, scheme and signature in, or takes all traces of a signature out.
  private func sign(_ manifest: JSONValue) throws -> Manifest {
    var manifest = manifest
    for name in ["pubkey", "signature_algorithm", "signature_scheme", "signature"] {
      manifest = manifest.setting(["integrity", name], to: nil)
    }
    guard let signer else { return try Manifest(manifest) }
    manifest = manifest.setting(
      ["integrity", "pubkey"], to: .string(signer.publicKey.description))
    manifest = manifest.setting(["integrity", "signature_algorithm"], to: "ed25519")
    manifest = manifest.setting(
      ["integrity", "signature_scheme"], to: .string(Integrity.scheme))
    let signature = signer.sign(SignedMessage.bytes(of: try Manifest(manifest)))
    return try Manifest(
      manifest.setting(
        ["integrity", "signature"], to: .string(Hexadecimal.text(signature))))
  }

  private func archive(
    _ manifest: Manifest, _ members: [(name: String, source: MemberSource)], to output: OutputFile
  ) throws -> Digest {
    var hasher = SHA256()
    let writer = try ArchiveWriter { bytes in
      hasher.update(bytes)
      try output.write(bytes)
    }
    _ = try writer.add(MemberName.manifest, .bytes(CanonicalJSON.bytes(of: manifest.json)))
    if let signature = manifest.integrity.signature {
      _ = try writer.add(MemberName.signature, .bytes(Array(signature.utf8)))
    }
    for member in members {
      let digest = try writer.add(member.name, member.source)
      guard digest.hex == manifest.integrity.files[member.name] else {
        throw PackageError.invalid(place: member.name, reason: "it changed while it was packed")
      }
    }
    try writer.finish()
    return hasher.finalize()
  }
}
