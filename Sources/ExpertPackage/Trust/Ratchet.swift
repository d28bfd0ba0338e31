internal import ExpertPlatform

/// Remembers the highest version seen of each expert from each key: an attacker who holds an old,
/// rightly signed package cannot bring its faults back. It outlives an expert's removal.
package struct Ratchet: Sendable {
  private let home: HomeDatabase

  package init(_ home: HomeDatabase) { self.home = home }

  /// Throws where the package is not newer than what was seen, unless it is that very package.
  package func check(_ package: VerifiedPackage) throws {
    guard let key = package.signer else { return }
    let slug = package.manifest.slug
    let version = package.manifest.version
    guard let seen = try highest(of: slug, key: key), !(seen.version < version) else { return }
    if seen.version.description == version.description, seen.digest == package.digest.hex { return }
    throw PackageError.refused(
      member: "",
      reason: "\(slug) \(version) is not newer than \(seen.version), which this key has signed "
        + "before; --allow-downgrade takes it nevertheless")
  }

  /// The highest version seen; `nil` before the first.
  package func highest(
    of slug: String, key: PublicKey
  ) throws -> (version: ExpertVersion, digest: String)? {
    let row = try home.database.read { connection in
      try connection.first(
        "SELECT version, digest FROM seen WHERE key = ? AND slug = ?", .text(key.description),
        .text(slug)
      ) { ($0.text(0), $0.text(1)) }
    }
    guard let row, let version = ExpertVersion(row.0) else { return nil }
    return (version, row.1)
  }

  /// Moves on to a version; never back.
  func advance(_ package: VerifiedPackage, _ connection: SQLConnection) throws {
    guard let key = package.signer?.description else { return }
    let slug = package.manifest.slug
    let old = try connection.first(
      "SELECT version FROM seen WHERE key = ? AND slug = ?", .text(key), .text(slug)
    ) { ExpertVersion($0.text(0)) }
    if let old = old.flatMap(\.self), package.manifest.version < old { return }
    try connection.run(
      "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", .text(key), .text(slug),
      .text(package.manifest.version.description), .text(package.digest.hex))
  }
}
