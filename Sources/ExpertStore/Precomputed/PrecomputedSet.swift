package import ExpertPlatform
package import ExpertRecord

/// What a model said of the records of a version, kept so that it need not be asked again: reference
/// log-probabilities, a teacher's likeliest tokens.
///
/// A set is found by its version and by the settings that its rows follow from. Rows can always be
/// computed anew, so they have no hash of their own; a sum tells when one was damaged.
package struct PrecomputedSet: Sendable, Hashable {
  package let id: Int64
  package let commit: Commit
  /// What the rows follow from besides the records: their purpose, the base's hash, the template…
  package let settings: JSONValue
  /// The hash of the settings.
  package let key: Digest
  package let time: String
}

/// One row of a set.
package struct PrecomputedRow: Sendable, Hashable {
  /// The record, or the part of it, that the row is about.
  package var item: String
  package var body: [UInt8]

  package init(item: String, body: [UInt8]) {
    self.item = item
    self.body = body
  }
}

extension Store {
  /// The set of a version with these settings; an empty one is made where there is none.
  package func openPrecomputed(
    _ settings: JSONValue, of version: VersionRef
  ) throws -> PrecomputedSet {
    if let known = try precomputed(settings, of: version) { return known }
    return try write("precompute on \(version.description)") { context in
      let object = try context.objects.put(
        NewObject(.config, json: settings), context.connection)
      try context.connection.run(
        "INSERT OR IGNORE INTO precomputed(commit_id, config_id, time_utc) VALUES(?, ?, ?)",
        .integer(version.commit.id), .integer(object), .text(Timestamp.text(context.now)))
      let made = try context.precomputed(
        where: "p.commit_id = ? AND p.config_id = ?", .integer(version.commit.id),
        .integer(object))
      guard let made = made.first else {
        throw StoreError.damaged(path: path, what: "a precomputed set vanished as it was made")
      }
      return made
    }
  }

  /// The set of a version with these settings, or `nil`.
  package func precomputed(
    _ settings: JSONValue, of version: VersionRef
  ) throws -> PrecomputedSet? {
    let hash = NewObject(.config, json: settings).hash
    return try read { context in
      guard try context.hasTable("precomputed"),
        let object = try context.objects.id(of: hash, context.connection)
      else { return nil }
      return try context.precomputed(
        where: "p.commit_id = ? AND p.config_id = ?", .integer(version.commit.id),
        .integer(object)
      ).first
    }
  }

  /// All sets of a dataset's versions, oldest first.
  package func precomputed(of dataset: String) throws -> [PrecomputedSet] {
    try read { context in
      let id = try context.dataset(named: dataset).id
      guard try context.hasTable("precomputed") else { return [] }
      return try context.precomputed(where: "c.dataset_id = ?", .integer(id))
    }
  }

  /// Adds rows to a set; a row of the same item takes the place of the older one.
  package func keep(_ rows: [PrecomputedRow], in set: PrecomputedSet) throws {
    guard !rows.isEmpty else { return }
    try write("precompute \(rows.count) rows") { context in
      for row in rows {
        try context.connection.run(
          "INSERT OR REPLACE INTO precomputed_row(set_id, item, sum, body) VALUES(?, ?, ?, ?)",
          .integer(set.id), .text(row.item), .integer(row.body.withUnsafeBytes(BodySum.of)),
          .blob(row.body))
      }
    }
  }

  /// The rows of some items that are there and whole, by item. A damaged row is left out: who asks
  /// computes it anew.
  package func rows(
    of set: PrecomputedSet, items: some Sequence<String>
  ) throws -> [String: [UInt8]] {
    try read { context in
      var found: [String: [UInt8]] = [:]
      for item in items {
        let row = try context.connection.first(
          "SELECT sum, body FROM precomputed_row WHERE set_id = ? AND item = ?",
          .integer(set.id), .text(item)
        ) { $0.withBytes(1, BodySum.of) == $0.int(0) ? $0.blob(1) : nil }
        found[item] = row ?? nil
      }
      return found
    }
  }

  /// How many rows a set has.
  package func rowCount(of set: PrecomputedSet) throws -> Int {
    try read { context in
      Int(
        try context.connection.int(
          "SELECT count(*) FROM precomputed_row WHERE set_id = ?", .integer(set.id)))
    }
  }

  /// Removes a set with its rows, to make room.
  package func forget(_ set: PrecomputedSet) throws {
    try write("forget precomputed rows") { context in
      try context.connection.run("DELETE FROM precomputed WHERE id = ?", .integer(set.id))
    }
  }
}

extension Context {
  fileprivate func precomputed(
    where condition: String, _ values: SQLValue...
  ) throws -> [PrecomputedSet] {
    var rows: [(id: Int64, commit: Int64, config: Int64, time: String)] = []
    try connection.each(
      """
      SELECT p.id, p.commit_id, p.config_id, p.time_utc FROM precomputed p
      JOIN commit_ c ON c.id = p.commit_id WHERE \(condition) ORDER BY p.id
      """, values
    ) { rows.append(($0.int(0), $0.int(1), $0.int(2), $0.text(3))) }
    return try rows.map { row in
      PrecomputedSet(
        id: row.id, commit: try commit(id: row.commit),
        settings: try objects.json(of: row.config, connection),
        key: try objects.hash(of: row.config, connection), time: row.time)
    }
  }
}
