internal import ExpertPlatform
internal import ExpertRecord

/// The chain of a store's write transactions: each link hashes the one before, so two stores with
/// the same last link have the same past.
enum Chain {
  /// Links kept for comparison with a witness that is behind.
  private static let kept: Int64 = 4096

  static func start(_ identity: String) -> Digest { .tagged(.chain, [UInt8](identity.utf8)) }

  /// Counts a write transaction; gives what the witness is to say once it is on the disk.
  static func extend(
    _ connection: SQLConnection, _ operation: String, identity: String
  ) throws -> Witness {
    let (txn, chain) = try state(connection)
    let message =
      chain.bytes + withUnsafeBytes(of: (txn + 1).bigEndian) { [UInt8]($0) }
      + [UInt8](operation.utf8)
    let next = Digest.tagged(.chain, message)
    try connection.run("UPDATE meta SET value = ? WHERE key = 'txn'", .integer(txn + 1))
    try connection.run("UPDATE meta SET value = ? WHERE key = 'chain'", .digest(next))
    try connection.run("INSERT INTO chain VALUES(?, ?)", .integer(txn + 1), .digest(next))
    try connection.run("DELETE FROM chain WHERE txn <= ?", .integer(txn + 1 - kept))
    return Witness(
      storeID: identity, txn: txn + 1, chain: next, heads: try heads(connection))
  }

  static func state(_ connection: SQLConnection) throws -> (txn: Int64, chain: Digest) {
    let txn = try connection.int("SELECT value FROM meta WHERE key = 'txn'")
    let chain = try connection.first("SELECT value FROM meta WHERE key = 'chain'") { $0.digest(0) }
    guard let chain = chain ?? nil else {
      throw SQLFailure(code: 11, message: "the chain of transactions has no last link")
    }
    return (txn, chain)
  }

  static func heads(_ connection: SQLConnection) throws -> [String: String] {
    let rows = try connection.all(
      "SELECT d.name || '/' || r.kind || '/' || r.name, c.hash FROM ref r"
        + " JOIN dataset d ON d.id = r.dataset_id JOIN commit_ c ON c.id = r.commit_id"
    ) { ($0.text(0), $0.digest(1)?.hex ?? "") }
    return Dictionary(rows) { first, _ in first }
  }
}

/// What opening finds, compared with the witness.
struct Opening {
  var identity: String
  /// What the witness is to say from now on.
  var witness: Witness

  init(_ connection: SQLConnection, witness old: Witness?, path: String) throws {
    identity =
      try connection.first("SELECT value FROM meta WHERE key = 'store_id'") { $0.text(0) } ?? ""
    let (txn, chain) = try Chain.state(connection)
    witness = Witness(
      storeID: identity, txn: txn, chain: chain, heads: try Chain.heads(connection))
    if let old { try compare(old, connection, path) }
  }

  private func compare(_ old: Witness, _ connection: SQLConnection, _ path: String) throws {
    guard old.storeID == identity else {
      throw StoreError.witnessMismatch(path: path, reason: "it is another store's")
    }
    guard old.txn <= witness.txn else {
      throw StoreError.behindWitness(path: path, store: witness.txn, witness: old.txn)
    }
    let link =
      old.txn == witness.txn
      ? witness.chain
      : try connection.first("SELECT hash FROM chain WHERE txn = ?", .integer(old.txn)) {
        $0.digest(0)
      } ?? nil
    guard link == nil || link == old.chain else {
      throw StoreError.witnessMismatch(
        path: path, reason: "their pasts differ at transaction \(old.txn)")
    }
  }
}
