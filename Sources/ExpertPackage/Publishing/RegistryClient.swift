internal import ExpertPlatform
internal import ExpertRecord

/// Installs by name from a registry: the index first, then everything that the expert needs.
package struct RegistryClient {
  /// Marks the source of an expert that came from a registry.
  package static let sourcePrefix = "registry:"

  private let files: RegistryFiles
  private let installer: Installer

  package init(_ files: RegistryFiles, _ installer: Installer) {
    self.files = files
    self.installer = installer
  }

  /// The registry's index, signed by a trusted key and not older than one seen before.
  package func index(_ options: Installer.Options) async throws -> RegistryIndex {
    let place = files.place.description
    let limit = RegistryIndex.maxBytes
    guard let bytes = try await files.read(RegistryIndex.fileName, limit: limit) else {
      throw PackageError.registry(place: place, reason: "it has no \(RegistryIndex.fileName)")
    }
    let (index, key) = try RegistryIndex.read(
      bytes, place: place, isTrusted: installer.rules(options).isTrusted)
    try installer.database.noteSerial(index.serial, place: place, key: key)
    return index
  }

  /// Installs the newest version that the name or pattern means, after what it requires. The last
  /// outcome is the expert's own.
  package func install(
    _ name: String, _ options: Installer.Options
  ) async throws -> [Installer.Outcome] {
    let index = try await index(options)
    let wanted = try index.newest(name)
    let installed = try installer.registry.list()
    var resolver = Resolver(
      index.entries.map(\.candidate)
        + installed.map { Resolver.Candidate($0.manifest, isInstalled: true) })
    var outcomes: [Installer.Outcome] = []
    for candidate in try resolver.resolve(wanted.candidate).reversed()
    where !candidate.isInstalled {
      let entry = try Self.entry(candidate, index, wanted: wanted)
      outcomes.append(try await install(entry, options))
    }
    return outcomes
  }

  private static func entry(
    _ candidate: Resolver.Candidate, _ index: RegistryIndex, wanted: RegistryIndex.Entry
  ) throws(PackageError) -> RegistryIndex.Entry {
    if candidate == wanted.candidate { return wanted }
    guard let entry = index.entries.first(where: { $0.candidate == candidate }) else {
      throw .unknown(what: "package", name: candidate.name, hint: "the index does not hold it")
    }
    return entry
  }

  private func install(
    _ entry: RegistryIndex.Entry, _ options: Installer.Options
  ) async throws -> Installer.Outcome {
    let file = try await files.open(entry.file)
    let digest = try MemberSource.range(file, 0..<file.size).digest()
    guard file.size == entry.size, digest.hex == entry.sha256 else {
      throw PackageError.refused(
        member: entry.file, reason: "the registry's file is not the one of its index")
    }
    var options = options
    options.checksRequirements = false
    return try installer.install(
      file, source: Self.sourcePrefix + files.place.description, options)
  }
}

extension HomeDatabase {
  /// Remembers an index's serial; throws where a newer one has been seen.
  func noteSerial(_ serial: Int, place: String, key: PublicKey) throws {
    try database.write { connection in
      let seen = try connection.int(
        "SELECT serial FROM registries WHERE place = ? AND key = ?", .text(place),
        .text(key.description))
      guard serial >= Int(seen) else {
        throw PackageError.refused(
          member: RegistryIndex.fileName,
          reason: "the index of \(place) has serial \(serial), and \(seen) was seen before")
      }
      try connection.run(
        "INSERT OR REPLACE INTO registries VALUES (?, ?, ?)", .text(place),
        .text(key.description), .integer(Int64(serial)))
    }
  }
}
