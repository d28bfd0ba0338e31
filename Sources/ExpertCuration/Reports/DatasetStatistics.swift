package import ExpertRecord

/// Numbers about a dataset: how many records of which kind, split, difficulty and label, and how
/// long they are. Built record by record.
package struct DatasetStatistics: Sendable, Hashable {
  package private(set) var records = 0
  package private(set) var kinds: [String: Int] = [:]
  package private(set) var splits: [String: Int] = [:]
  package private(set) var difficulties: [String: Int] = [:]
  package private(set) var answerKinds: [String: Int] = [:]
  package private(set) var labels: [String: Int] = [:]
  /// Lengths of the prompts in characters.
  package private(set) var promptLengths = LengthSummary()
  /// Lengths of the answers in characters.
  package private(set) var answerLengths = LengthSummary()

  package init() {}

  /// Counts one record.
  package mutating func record(_ candidate: Candidate) {
    let view = RecordView(candidate)
    let attributes = candidate.attributes
    records += 1
    kinds[candidate.record.kind.rawValue, default: 0] += 1
    splits[attributes.split?.rawValue ?? "none", default: 0] += 1
    difficulties[attributes.difficulty?.rawValue ?? "none", default: 0] += 1
    answerKinds[attributes.answerKind?.rawValue ?? "none", default: 0] += 1
    for label in attributes.labels { labels[label, default: 0] += 1 }
    promptLengths.record(view.prompts.reduce(0) { $0 + $1.unicodeScalars.count })
    answerLengths.record(view.answer.unicodeScalars.count)
  }
}

/// Lengths counted in buckets that double: exact count, sum and extremes, quantiles to a factor of
/// two, in constant memory.
package struct LengthSummary: Sendable, Hashable {
  package private(set) var count = 0
  package private(set) var sum = 0
  package private(set) var least = 0
  package private(set) var most = 0
  /// Bucket 0 holds length 0, bucket b lengths 2^(b−1) up to 2^b − 1.
  package private(set) var buckets: [Int] = []

  package init() {}

  package mutating func record(_ length: Int) {
    least = count == 0 ? length : min(least, length)
    most = max(most, length)
    count += 1
    sum += length
    let bucket = Int.bitWidth - length.leadingZeroBitCount
    while buckets.count <= bucket { buckets.append(0) }
    buckets[bucket] += 1
  }

  /// The mean; 0 without lengths.
  package var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

  /// One line a bucket: its range, its count and a bar.
  package var histogram: String {
    let top = max(1, buckets.max() ?? 1)
    let first = buckets.firstIndex { $0 > 0 } ?? 0
    return buckets.indices.dropFirst(first).map { bucket in
      let range = bucket == 0 ? "0" : "\(1 << (bucket - 1))–\((1 << bucket) - 1)"
      let bar = String(repeating: "█", count: (buckets[bucket] * 40 + top - 1) / top)
      return "  " + range.padded(14) + "\(buckets[bucket])".leftPadded(9) + "  " + bar
    }.joined(separator: "\n")
  }

  package var json: JSONValue {
    [
      "count": .number(Double(count)), "mean": .number(mean), "min": .number(Double(least)),
      "max": .number(Double(most)),
    ]
  }
}

extension DatasetStatistics: CustomStringConvertible {
  package var description: String {
    var lines = ["records".padded(14) + "\(records)"]
    for (name, counts) in groups where !counts.isEmpty && counts != ["none": records] {
      lines.append(name.padded(14) + Self.line(counts))
    }
    for (name, lengths) in [("prompt", promptLengths), ("answer", answerLengths)]
    where lengths.count > 0 {
      lines.append(
        "\(name) length, characters: \(lengths.least) to \(lengths.most), mean "
          + "\(lengths.mean.rounded(places: 1))")
      lines.append(lengths.histogram)
    }
    return lines.joined(separator: "\n")
  }

  private var groups: [(String, [String: Int])] {
    [
      ("kind", kinds), ("split", splits), ("difficulty", difficulties), ("answer", answerKinds),
      ("label", labels),
    ]
  }

  private static func line(_ counts: [String: Int]) -> String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  package var json: JSONValue {
    var members = [JSONValue.Member("records", .number(Double(records)))]
    for (name, counts) in groups {
      let sorted = counts.sorted { $0.key < $1.key }
      members.append(
        .init(name, .object(sorted.map { .init($0.key, .number(Double($0.value))) })))
    }
    members.append(.init("prompt_length", promptLengths.json))
    members.append(.init("answer_length", answerLengths.json))
    return .object(members)
  }
}
