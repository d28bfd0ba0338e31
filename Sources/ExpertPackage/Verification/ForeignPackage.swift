internal import ExpertPlatform

/// A package made elsewhere: ordinary deflate, members in any order, perhaps inside one folder,
/// with no signature that could be checked. It can be looked at, and used when the user insists.
struct ForeignPackage {
  private let file: InputFile

  init(_ file: InputFile) { self.file = file }

  private func reader() throws -> TarReader {
    TarReader(try InflateStream(try file.bytes()), strict: false)
  }

  /// The folder that every member lies in, with its slash; empty where there is none.
  static func commonFolder(_ names: [String]) -> String {
    guard !names.contains(MemberName.manifest), let first = names.first,
      let slash = first.firstIndex(of: "/")
    else { return "" }
    let folder = first[...slash]
    return names.allSatisfy { $0.hasPrefix(folder) } ? String(folder) : ""
  }

  /// First the names and the manifest, then everything else.
  func manifest() throws -> (Manifest, folder: String) {
    let reader = try reader()
    var names: [String] = []
    var found: [UInt8]?
    while let member = try reader.next() {
      names.append(member.name)
      let isManifest = PathText.name(of: member.name) == MemberName.manifest
      guard isManifest, member.name.split(separator: "/").count <= 2 else { continue }
      guard found == nil, member.size <= PackageLimits.manifestBytes else {
        throw PackageError.refused(member: member.name, reason: "a second manifest, or too large")
      }
      found = try reader.wholeBody()
    }
    guard let found else {
      throw PackageError.refused(member: MemberName.manifest, reason: "it is missing")
    }
    return (try PackageOpening.manifest(found), Self.commonFolder(names))
  }

  /// Checks what can be checked: content, sizes, and the digests that the manifest lists.
  func verify(_ rules: VerificationRules) throws -> VerifiedPackage {
    let (manifest, folder) = try manifest()
    guard manifest.integrity.scheme != Integrity.scheme else {
      throw PackageError.refused(
        member: "", reason: "it claims a signature, but its archive is not in the canonical form")
    }
    guard rules.allowUnsigned else {
      throw PackageError.refused(
        member: "",
        reason: "it was made elsewhere and bears no signature that can be checked"
          + rules.unsignedHint)
    }
    do { _ = try manifest.onlyBase() } catch { throw error.refusing(MemberName.manifest) }
    return try members(manifest, folder)
  }

  private func members(_ manifest: Manifest, _ folder: String) throws -> VerifiedPackage {
    let content = ContentCheck(manifest)
    let reader = try reader()
    var members: [VerifiedPackage.Member] = []
    var digest: Digest?
    while var member = try reader.next() {
      member.name = String(member.name.dropFirst(folder.count))
      let found = try PackageOpening.read(member, reader, content)
      if member.name == MemberName.manifest { digest = found }
      if let listed = manifest.integrity.files[member.name], listed != found.hex,
        member.name != MemberName.manifest
      {
        throw PackageError.refused(
          member: member.name, reason: "its SHA-256 is not the one of the manifest")
      }
      try PackageOpening.checkDigests(of: member.name, found, manifest)
      members.append(
        VerifiedPackage.Member(name: member.name, size: member.size, digest: found))
    }
    try content.finish()
    guard let digest else {
      throw PackageError.refused(member: MemberName.manifest, reason: "it is missing")
    }
    return VerifiedPackage(
      manifest: manifest, signer: nil, members: members, digest: digest, isCanonical: false)
  }
}
