package import ExpertPlatform
internal import ExpertRecord

/// Puts a signed package into a registry and signs the index anew.
package struct Publisher {
  private let files: RegistryFiles
  private let key: SigningKey
  private let clock: any PlatformClock

  package init(_ files: RegistryFiles, key: SigningKey, clock: any PlatformClock) {
    self.files = files
    self.key = key
    self.clock = clock
  }

  /// Publishes a package that passes `rules`. The same version again does nothing where the bytes
  /// are the same, and is refused where they are not.
  package func publish(
    _ file: InputFile, _ rules: VerificationRules
  ) async throws -> (entry: RegistryIndex.Entry, wasThere: Bool) {
    let package = try PackageVerifier(rules).verify(file)
    guard let signer = package.signer else {
      throw PackageError.refused(member: "", reason: "an unsigned package is not published")
    }
    let source = MemberSource.range(file, 0..<file.size)
    let digest = try source.digest().hex
    let entry = RegistryIndex.Entry(package, key: signer, size: file.size, sha256: digest)
    var index = try await current()
    if let old = index.entries.first(where: { $0.file == entry.file }) {
      guard old.sha256 == digest else {
        throw PackageError.exists(
          what: "published package", name: PathText.name(of: entry.file),
          hint: "a version is never changed; raise the version")
      }
      return (entry, true)
    }
    try await files.write(entry.file, source)
    try await files.write(
      entry.file + ".sha256", .bytes(Array("\(digest)  \(PathText.name(of: entry.file))\n".utf8)))
    index.entries.append(entry)
    index.entries.sort { ExactText.precedes($0.file, $1.file) }
    index.serial += 1
    index.updatedAt = Timestamp.text(clock.wallMicroseconds(), fraction: false)
    try await files.write(RegistryIndex.fileName, .bytes(index.bytes(signedBy: key)))
    return (entry, false)
  }

  /// The index as it is, which must be by the same key; a new registry has an empty one.
  private func current() async throws -> RegistryIndex {
    let limit = RegistryIndex.maxBytes
    guard let bytes = try await files.read(RegistryIndex.fileName, limit: limit) else {
      return RegistryIndex(serial: 0, updatedAt: "", entries: [])
    }
    let place = files.place.description
    let (index, owner) = try RegistryIndex.read(bytes, place: place) { _ in true }
    guard owner == key.publicKey else {
      throw PackageError.refused(
        member: RegistryIndex.fileName,
        reason:
          "this index belongs to key \(owner); publish into \(place) with that key, or into a "
          + "registry of your own")
    }
    return index
  }
}
