package import ExpertPlatform

/// The keys whose signature counts on this machine.
package struct TrustStore: Sendable {
  package struct Entry: Sendable, Hashable {
    package var key: PublicKey
    package var label: String
    package var addedAt: String
  }

  private let home: HomeDatabase

  package init(_ home: HomeDatabase) { self.home = home }

  /// Trusts a key; says `false` where it was trusted already.
  package func add(_ key: PublicKey, label: String, clock: any PlatformClock) throws -> Bool {
    let time = Timestamp.text(clock.wallMicroseconds(), fraction: false)
    return try home.database.write { connection in
      try connection.run(
        "INSERT OR IGNORE INTO trust VALUES (?, ?, ?)", .text(key.description), .text(label),
        .text(time))
      return connection.changes > 0
    }
  }

  /// Stops trusting a key, or every key of a label; says how many.
  package func remove(_ keyOrLabel: String) throws -> Int {
    let key = PublicKey(keyOrLabel)?.description ?? keyOrLabel
    return try home.database.write { connection in
      try connection.run("DELETE FROM trust WHERE key = ? OR label = ?", .text(key), .text(key))
      return connection.changes
    }
  }

  package func contains(_ key: PublicKey) throws -> Bool {
    try home.database.read { connection in
      try connection.int("SELECT count(*) FROM trust WHERE key = ?", .text(key.description)) > 0
    }
  }

  package func list() throws -> [Entry] {
    try home.database.read { connection in
      try connection.all("SELECT key, label, added_at FROM trust ORDER BY label, key") { row in
        PublicKey(row.text(0)).map { Entry(key: $0, label: row.text(1), addedAt: row.text(2)) }
      }
    }.compactMap(\.self)
  }

  /// The rules of a user who trusts these keys.
  package func rules(allowUnsigned: Bool = false) -> VerificationRules {
    VerificationRules(allowUnsigned: allowUnsigned) { key in try contains(key) }
  }
}
