internal import ExpertPlatform
internal import ExpertRecord

/// A body on its way into the store: hashed, and packed when it turns out to be new.
struct NewObject: Sendable {
  var kind: ObjectKind
  var hash: Digest
  var bytes: [UInt8]

  init(_ kind: ObjectKind, _ bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
    hash = Digest.tagged(kind.tag, bytes)
  }

  init(_ kind: ObjectKind, json: JSONValue) {
    self.init(kind, CanonicalJSON.bytes(of: json))
  }
}

/// The immutable objects: written once under their hash, read by row number.
///
/// Confined to the database's queue, like the connection it is used with.
final class ObjectTable {
  private let zstd = Zstd()
  private(set) var dictionaries: [Int64: ZstdDictionary] = [:]
  private(set) var newest: [ObjectKind: ZstdDictionary] = [:]
  /// Objects of each kind that were stored while there was no dictionary for it.
  private var untrained: [ObjectKind: Int] = [:]

  /// Enough bodies to learn from; fewer give a dictionary that only knows its samples.
  static let trainingSamples = 1000
  /// The newest objects that opening looks through for bodies without a dictionary: all of them
  /// would make opening as slow as the store is large.
  private static let rowsCounted: Int64 = 4000

  /// Reads the dictionaries again: at opening, and after a rollback.
  func reload(_ connection: SQLConnection) throws {
    dictionaries = [:]
    newest = [:]
    untrained = [:]
    let rows = try connection.all(
      "SELECT d.codec, d.kind, o.codec, o.size, o.body FROM dictionary d"
        + " JOIN object o ON o.id = d.object_id ORDER BY d.codec"
    ) { row in
      (
        row.int(0), row.int(1),
        row.withBytes(4) { zstd.unpack($0, codec: row.int(2), size: Int(row.int(3)), nil) }
      )
    }
    for (codec, kind, bytes) in rows {
      guard let bytes, let dictionary = ZstdDictionary(codec: codec, bytes: bytes),
        let kind = ObjectKind(rawValue: kind)
      else { continue }
      dictionaries[codec] = dictionary
      newest[kind] = dictionary
    }
    for kind in ObjectKind.trained where newest[kind] == nil {
      untrained[kind] = Int(
        try connection.int(
          "SELECT count(*) FROM object WHERE id > (SELECT max(id) FROM object) - ? AND kind = ?",
          .integer(Self.rowsCounted), .integer(kind.rawValue)))
    }
  }
}

// Writing.
extension ObjectTable {
  /// The row of an object, stored now where it was not yet.
  func put(_ object: NewObject, _ connection: SQLConnection) throws -> Int64 {
    if let known = try id(of: object.hash, connection) { return known }
    let body = zstd.pack(object.bytes, newest[object.kind])
    let id = try put(object.kind, object.hash, body, connection)
    try noteNew(object.kind, connection)
    return id
  }

  /// The row of an object whose body was packed elsewhere, stored now where it was not yet. Most
  /// are new, so the index is asked once, by the insert itself.
  func put(
    _ kind: ObjectKind, _ hash: Digest, _ body: PackedBody, _ connection: SQLConnection
  ) throws -> Int64 {
    let statement = try connection.statement(
      "INSERT INTO object(hash, kind, codec, size, sum, body) VALUES(?, ?, ?, ?, ?, ?)"
        + " ON CONFLICT(hash) DO NOTHING")
    hash.withBytes { statement.bind(1, $0) }
    statement.bind(2, kind.rawValue)
    statement.bind(3, body.codec)
    statement.bind(4, Int64(body.size))
    statement.bind(5, body.sum)
    statement.bind(6, body.bytes)
    try statement.run()
    if connection.changes == 1 { return connection.lastInsertedRow }
    guard let known = try id(of: hash, connection) else {
      throw SQLFailure(code: 11, message: "an object is neither there nor can it be added")
    }
    return known
  }

  /// The row of a hash, or `nil` where the store has no such object.
  func id(of hash: Digest, _ connection: SQLConnection) throws -> Int64? {
    let statement = try connection.statement("SELECT id FROM object WHERE hash = ?")
    hash.withBytes { statement.bind(1, $0) }
    defer { statement.reset() }
    return try statement.step() ? statement.int(0) : nil
  }

  /// Counts new bodies without a dictionary and trains one when there are enough.
  private func noteNew(_ kind: ObjectKind, _ connection: SQLConnection) throws {
    guard ObjectKind.trained.contains(kind), newest[kind] == nil else { return }
    untrained[kind, default: 0] += 1
    guard untrained[kind, default: 0] >= Self.trainingSamples else { return }
    untrained[kind] = 0
    let samples = try connection.all(
      "SELECT id FROM object WHERE kind = ? ORDER BY id DESC LIMIT ?", .integer(kind.rawValue),
      .integer(Int64(Self.trainingSamples))
    ) { $0.int(0) }
    try train(kind, samples: samples.compactMap { try? bytes(of: $0, connection) }, connection)
  }

  /// Learns a dictionary for the bodies to come; those already stored keep theirs.
  func train(_ kind: ObjectKind, samples: [[UInt8]], _ connection: SQLConnection) throws {
    guard let bytes = Zstd.train(samples) else { return }
    let codec = try connection.int("SELECT coalesce(max(codec), 1) + 1 FROM dictionary")
    guard let dictionary = ZstdDictionary(codec: codec, bytes: bytes) else { return }
    let object = NewObject(.dictionary, bytes)
    let id = try put(object.kind, object.hash, zstd.pack(bytes, nil), connection)
    try connection.run(
      "INSERT INTO dictionary(codec, kind, object_id) VALUES(?, ?, ?)", .integer(codec),
      .integer(kind.rawValue), .integer(id))
    dictionaries[codec] = dictionary
    newest[kind] = dictionary
  }
}

// Reading.
extension ObjectTable {
  /// The bytes of an object; a body that does not unpack is damage.
  func bytes(of id: Int64, _ connection: SQLConnection) throws -> [UInt8] {
    let statement = try connection.statement("SELECT codec, size, body FROM object WHERE id = ?")
    statement.bind(1, id)
    defer { statement.reset() }
    guard try statement.step() else { throw ObjectDamage(id: id, reason: "is missing") }
    let codec = statement.int(0)
    let size = Int(statement.int(1))
    let bytes = statement.withBytes(2) {
      zstd.unpack($0, codec: codec, size: size, dictionaries[codec])
    }
    guard let bytes else { throw ObjectDamage(id: id, reason: "does not unpack") }
    return bytes
  }

  func json(of id: Int64, _ connection: SQLConnection) throws -> JSONValue {
    do {
      return try JSONValue.parse(
        try bytes(of: id, connection), limits: JSONLimits(maxBytes: Zstd.largestBody))
    } catch is JSONError {
      throw ObjectDamage(id: id, reason: "is not the JSON it was")
    }
  }

  func hash(of id: Int64, _ connection: SQLConnection) throws -> Digest {
    let statement = try connection.statement("SELECT hash FROM object WHERE id = ?")
    statement.bind(1, id)
    defer { statement.reset() }
    guard try statement.step(), let hash = statement.digest(0) else {
      throw ObjectDamage(id: id, reason: "is missing")
    }
    return hash
  }
}

/// An object that cannot be read; `mappingFailures` makes it a `StoreError.damaged`.
struct ObjectDamage: Error, Sendable {
  var id: Int64
  var reason: String
}
