internal import ExpertPlatform
internal import ExpertRecord

/// What is in a version, counted.
package struct VersionStats: Sendable, Hashable {
  package var records = 0
  /// Records whose text another record of the version has too.
  package var repeatedTexts = 0
  /// By name; records without one are under `none`.
  package var splits: [String: Int] = [:]
  package var difficulties: [String: Int] = [:]
  package var answerKinds: [String: Int] = [:]
  package var labels: [String: Int] = [:]
  /// By the template that a provider says it made the record from; most say none.
  package var templates: [String: Int] = [:]
  package var fields: [FieldStats] = []
  /// Bytes of the records in their canonical form.
  package var canonicalBytes = 0
}

/// The lengths of one field, in UTF-8 bytes.
package struct FieldStats: Sendable, Hashable {
  package var field: String
  package var empty = 0
  package var shortest = 0
  package var median = 0
  package var mean = 0.0
  /// The length that 95 of 100 records do not exceed.
  package var percentile95 = 0
  package var longest = 0
}

extension Store {
  /// Counts a version, or the split that it names.
  package func stats(_ version: VersionRef) throws -> VersionStats {
    var stream = try records(of: version)
    var stats = VersionStats()
    var lengths = Dictionary(
      uniqueKeysWithValues: version.dataset.kind.fields.map { ($0, [Int32]()) })
    var texts: Set<UInt64> = []
    try stream.forEach { stored in
      stats.count(stored)
      // 64 of 256 bits: among a million records a chance repetition has a probability below 1e-7.
      if !texts.insert(stored.hash.prefix64).inserted { stats.repeatedTexts += 1 }
      let json = stored.record.json
      for field in version.dataset.kind.fields {
        lengths[field, default: []].append(Int32(clamping: Self.length(json[field])))
      }
    }
    stats.fields = version.dataset.kind.fields.map {
      FieldStats(field: $0, lengths: lengths[$0] ?? [])
    }
    return stats
  }

  private static func length(_ value: JSONValue?) -> Int {
    guard let value else { return 0 }
    return value.string?.utf8.count ?? CanonicalJSON.bytes(of: value).count
  }
}

extension VersionStats {
  fileprivate mutating func count(_ stored: StoredRecord) {
    records += 1
    canonicalBytes += stored.record.canonicalBytes.count
    splits[stored.attributes.split?.rawValue ?? "none", default: 0] += 1
    difficulties[stored.attributes.difficulty?.rawValue ?? "none", default: 0] += 1
    answerKinds[stored.attributes.answerKind?.rawValue ?? "none", default: 0] += 1
    if let template = stored.attributes.meta.first(where: { $0.name == "template" })?.value.string {
      templates[template, default: 0] += 1
    }
    for label in stored.attributes.labels { labels[label, default: 0] += 1 }
  }
}

extension FieldStats {
  fileprivate init(field: String, lengths: [Int32]) {
    self.field = field
    let sorted = lengths.sorted()
    guard let first = sorted.first, let last = sorted.last else { return }
    empty = sorted.prefix { $0 == 0 }.count
    shortest = Int(first)
    longest = Int(last)
    median = Int(sorted[sorted.count / 2])
    percentile95 = Int(sorted[min(sorted.count - 1, sorted.count * 95 / 100)])
    mean = Double(sorted.reduce(0) { $0 + Int($1) }) / Double(sorted.count)
  }
}
