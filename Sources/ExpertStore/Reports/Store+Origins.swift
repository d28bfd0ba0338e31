internal import ExpertPlatform
internal import ExpertRecord

/// A share of a version's records that came from one place.
package struct OriginShare: Sendable, Hashable {
  /// Where records come from.
  package enum Source: Sendable, Hashable {
    /// Replies of a model to a prompt template.
    case model(provider: String, model: String, template: String)
    /// A file that was imported.
    case file(String)
    /// Edited in by hand, or by a program of its own.
    case other
  }

  package var source: Source
  /// SHA-256 of the prompt template, or of the file.
  package var sha256: String?
  package var records: Int
  /// Replies that these records were read from.
  package var replies: Int
  /// What the replies cost, in millionths of a US dollar.
  package var costMicros: Int64
}

extension Store {
  /// Where the records of a version come from, the largest share first.
  package func origins(of version: VersionRef, split: Split?) throws -> [OriginShare] {
    var stream = try records(of: version, split: split)
    var rids: [RecordID] = []
    try stream.forEach { rids.append($0.rid) }
    return try read { context in
      let files = try context.importedFiles(version.dataset)
      var shares = OriginShares()
      for rid in rids {
        if let slot = try context.slot(ofCandidate: rid) {
          if !shares.count(slot) { shares.add(slot, try context.source(ofSlot: slot)) }
        } else if let file = files[rid] {
          shares.add(.file(file.name), sha256: file.sha256)
        } else {
          shares.add(.other, sha256: nil)
        }
      }
      return shares.sorted
    }
  }
}

/// Shares in the making.
private struct OriginShares {
  private var shares: [OriginShare.Source: OriginShare] = [:]
  private var slots: [Int64: OriginShare.Source] = [:]

  /// Counts a record of a reply that is known already.
  mutating func count(_ slot: Int64) -> Bool {
    guard let source = slots[slot] else { return false }
    shares[source]?.records += 1
    return true
  }

  /// Counts the first record of a reply.
  mutating func add(_ slot: Int64, _ found: SlotSource) {
    slots[slot] = found.source
    add(found.source, sha256: found.sha256)
    shares[found.source]?.replies += 1
    shares[found.source]?.costMicros += found.costMicros
  }

  mutating func add(_ source: OriginShare.Source, sha256: String?) {
    let empty = OriginShare(
      source: source, sha256: sha256, records: 0, replies: 0, costMicros: 0)
    shares[source, default: empty].records += 1
  }

  var sorted: [OriginShare] {
    shares.values.sorted { ($1.records, "\($0.source)") < ($0.records, "\($1.source)") }
  }
}

private struct SlotSource {
  var source: OriginShare.Source
  var sha256: String?
  var costMicros: Int64
}

extension Context {
  fileprivate func slot(ofCandidate rid: RecordID) throws -> Int64? {
    try connection.first("SELECT slot_id FROM candidate WHERE rid = ?", .blob(rid.bytes)) {
      $0.int(0)
    }
  }

  /// A reply that was taken from an earlier job was asked for, and paid, there.
  fileprivate func source(ofSlot slot: Int64) throws -> SlotSource {
    let row = try connection.first(
      """
      SELECT s.template_id, coalesce(s.cost_micros, 0), a.provider, a.model FROM slot s
      LEFT JOIN answer w ON w.idempotency_key = s.idempotency_key
      LEFT JOIN attempt a ON a.slot_id IN (s.id, w.slot_id) AND a.model IS NOT NULL
      WHERE s.id = ? ORDER BY a.id DESC LIMIT 1
      """,
      .integer(slot)
    ) { ($0.optionalInt(0), $0.int(1), $0.optionalText(2), $0.optionalText(3)) }
    guard let row else { return SlotSource(source: .other, costMicros: 0) }
    let template = try row.0.map { try objects.json(of: $0, connection) }
    let name = template?["name"]?.string ?? "no template"
    let version = template?["version"]?.integer.map { "@\($0)" } ?? ""
    return SlotSource(
      source: .model(
        provider: row.2 ?? "unknown", model: row.3 ?? "unknown", template: name + version),
      sha256: template?["sha256"]?.string, costMicros: row.1)
  }

  /// The file that each imported record of a dataset was first read from.
  fileprivate func importedFiles(
    _ dataset: Dataset
  ) throws -> [RecordID: (name: String, sha256: String)] {
    let commits = try connection.all(
      """
      SELECT id, detail_id FROM commit_ WHERE dataset_id = ? AND detail_id IS NOT NULL
      ORDER BY id
      """,
      .integer(dataset.id)
    ) { ($0.int(0), $0.int(1)) }
    var files: [RecordID: (name: String, sha256: String)] = [:]
    for (commit, detail) in commits {
      let json = try objects.json(of: detail, connection)
      guard let name = json["file"]?.string, let hash = json["sha256"]?.string else { continue }
      let rids = try connection.all(
        "SELECT rid FROM delta WHERE commit_id = ? AND was_object_id IS NULL", .integer(commit)
      ) { RecordID(bytes: $0.optionalBlob(0) ?? []) }
      for case let rid? in rids where files[rid] == nil { files[rid] = (name, hash) }
    }
    return files
  }
}
