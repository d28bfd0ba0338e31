internal import ExpertPlatform
internal import ExpertRecord

/// An expert that lies unpacked under `EXPERT_HOME`.
package struct InstalledExpert: Sendable, Hashable {
  package var slug: String
  package var manifest: Manifest
  /// Whose signature it bore; `nil` where it had none.
  package var signer: PublicKey?
  package var digest: String
  /// Where its files are.
  package var folder: String
  package var size: Int
  /// The file, folder or URL that it came from.
  package var source: String
  package var installedAt: String
  /// What stays to be said about it, such as a base of another hash.
  package var warning: String?

  package var name: String { manifest.name }
  package var version: ExpertVersion { manifest.version }
  package var isSigned: Bool { signer != nil }
}

/// The installed experts.
package struct ExpertRegistry: Sendable {
  private let home: HomeDatabase
  private let place: ExpertHome

  package init(_ home: HomeDatabase, _ place: ExpertHome) {
    self.home = home
    self.place = place
  }

  private static let columns =
    "slug, key, digest, folder, size, source, installed_at, warning, manifest"

  package func list() throws -> [InstalledExpert] {
    try home.database.read { connection in
      try connection.all("SELECT \(Self.columns) FROM experts ORDER BY slug") { try expert($0) }
    }
  }

  /// The expert of a slug, or of a name that only one has.
  package func expert(named name: String) throws -> InstalledExpert {
    let found = try home.database.read { connection in
      try connection.all(
        "SELECT \(Self.columns) FROM experts WHERE slug = ? OR name = ? ORDER BY slug = ? DESC, slug",
        .text(name), .text(name), .text(name)
      ) { try expert($0) }
    }
    guard let first = found.first else {
      throw PackageError.unknown(
        what: "installed expert", name: name, hint: "see expert-gen expert list")
    }
    guard first.slug == name || found.count == 1 else {
      throw PackageError.unknown(
        what: "single expert", name: name,
        hint: "it is installed for several bases: \(found.map(\.slug).joined(separator: ", "))")
    }
    return first
  }

  private func expert(_ row: SQLStatement) throws -> InstalledExpert {
    let json: JSONValue
    do {
      json = try JSONValue.parse(row.text(8))
    } catch {
      throw PackageError.invalid(
        place: place.database, reason: "the row of \(row.text(0)) is damaged: \(error)")
    }
    return InstalledExpert(
      slug: row.text(0), manifest: try Manifest(json),
      signer: row.optionalText(1).flatMap { PublicKey($0) }, digest: row.text(2),
      folder: place.experts + "/" + row.text(3), size: Int(row.int(4)), source: row.text(5),
      installedAt: row.text(6), warning: row.optionalText(7))
  }

  /// Writes the row of an expert, in place of an older one, and moves the ratchet on: both or none.
  func record(_ expert: InstalledExpert, _ package: VerifiedPackage, _ ratchet: Ratchet) throws {
    try home.database.write { connection in
      try connection.run(
        "INSERT OR REPLACE INTO experts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        .text(expert.slug), .text(expert.name), .text(expert.version.description),
        .text(expert.manifest.bases.first?.model.name ?? ""),
        .optional(expert.signer?.description), .text(expert.digest),
        .text(PathText.name(of: expert.folder)), .integer(Int64(expert.size)),
        .text(expert.source), .text(expert.installedAt), .optional(expert.warning),
        .text(CanonicalJSON.text(of: expert.manifest.json)))
      try ratchet.advance(package, connection)
    }
  }

  func remove(_ slug: String) throws {
    try home.database.write { connection in
      try connection.run("DELETE FROM experts WHERE slug = ?", .text(slug))
    }
  }

  /// The names of the folders that rows point to.
  func folders() throws -> Set<String> {
    Set(
      try home.database.read { connection in
        try connection.all("SELECT folder FROM experts") { $0.text(0) }
      })
  }
}
