internal import ExpertPlatform
internal import ExpertRecord

/// `checkpoint.json`: what a checkpoint holds and the SHA-256 of every part. Its own last member is
/// the SHA-256 of the rest, so that a flipped bit anywhere is found.
struct CheckpointIndex: Sendable {
  static let fileName = "checkpoint.json"
  static let stateName = "state.bin"
  private static let format = "expert-gen/checkpoint/v1"

  /// A run of bytes and its hash.
  struct Part: Sendable, Hashable {
    var name: String
    var size: Int
    var hash: String

    init(_ blob: CheckpointBlob) {
      name = blob.name
      size = blob.bytes.count
      hash = SHA256.hash(blob.bytes).hex
    }

    init?(_ json: JSONValue) {
      guard let name = json["name"]?.string, let size = json["size"]?.integer, size >= 0,
        let hash = json["sha256"]?.string
      else { return nil }
      self.name = name
      self.size = size
      self.hash = hash
    }

    var json: JSONValue {
      ["name": .string(name), "size": .number(Double(size)), "sha256": .string(hash)]
    }

    func matches(_ bytes: [UInt8]) -> Bool {
      bytes.count == size && SHA256.hash(bytes).hex == hash
    }
  }

  /// Everything but the bytes.
  var head: Checkpoint
  var files: [Part]
  /// In the order of `state.bin`, end to end.
  var blobs: [Part]

  init(_ checkpoint: Checkpoint) {
    head = checkpoint
    head.files = []
    head.blobs = []
    files = checkpoint.files.map(Part.init)
    blobs = checkpoint.blobs.map(Part.init)
  }

  var bytes: [UInt8] {
    var members = body
    members.append(.init("sha256", .string(Self.hash(members))))
    return CanonicalJSON.bytes(of: .object(members))
  }

  private static func hash(_ members: [JSONValue.Member]) -> String {
    SHA256.hash(CanonicalJSON.bytes(of: .object(members))).hex
  }

  private var body: [JSONValue.Member] {
    [
      .init("format", .string(Self.format)), .init("cursor", head.cursor.json),
      .init("config_sha256", .string(head.configHash.hex)),
      .init("metrics_position", .number(Double(head.metricsPosition))),
      .init("eval_loss", head.evalLoss.map(MetricRow.json) ?? .null),
      .init(
        "numbers",
        .object(head.numbers.map { .init($0.key, MetricRow.json(of: $0.value)) })),
      .init("files", .array(files.map(\.json))), .init("blobs", .array(blobs.map(\.json))),
    ]
  }

  /// Reads `bytes` back. Throws the reason where something is not as it was written.
  init(_ bytes: [UInt8]) throws(CheckpointDamage) {
    guard let json = try? JSONValue.parse(bytes), let members = json.members else {
      throw CheckpointDamage("\(Self.fileName) is not JSON")
    }
    let rest = members.filter { $0.name != "sha256" }
    guard json["sha256"]?.string == Self.hash(rest) else {
      throw CheckpointDamage("\(Self.fileName) does not have its own SHA-256")
    }
    guard json["format"]?.string == Self.format,
      let cursor = json["cursor"].flatMap(DataCursor.init(json:)),
      let hash = json["config_sha256"]?.string.flatMap(Digest.init(hex:)),
      let position = json["metrics_position"]?.integer,
      let files = json["files"]?.array, let blobs = json["blobs"]?.array
    else { throw CheckpointDamage("\(Self.fileName) is of another form") }
    head = Checkpoint(
      cursor: cursor, configHash: hash, metricsPosition: position,
      evalLoss: json["eval_loss"].flatMap(MetricRow.number))
    for member in json["numbers"]?.members ?? [] {
      head.numbers[member.name] = MetricRow.number(of: member.value)
    }
    self.files = files.compactMap(Part.init)
    self.blobs = blobs.compactMap(Part.init)
  }
}

/// Why a checkpoint cannot be used.
struct CheckpointDamage: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
