package import ExpertRecord

/// A test record that was trained on, and how that shows.
package struct Leak: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The same record, byte by byte.
    case exact
    /// The same prompt, with another answer.
    case prompt
    /// A near duplicate of a trained record.
    case near
  }

  package var rid: String
  package var kind: Kind
  /// The trained record, where it is known.
  package var trained: String?
  /// The Jaccard similarity of a near duplicate.
  package var similarity: Double?

  package init(rid: String, kind: Kind, trained: String? = nil, similarity: Double? = nil) {
    self.rid = rid
    self.kind = kind
    self.trained = trained
    self.similarity = similarity
  }
}

/// What the leakage check of a test set found.
package struct LeakReport: Sendable, Hashable {
  /// Test records looked at, and records that were trained on.
  package var tested: Int
  package var trained: Int
  /// One entry for each leaked record, in the order of the test set.
  package var leaks: [Leak]
  /// Test records whose input or answer shares a run of 13 words with a trained one. No leak by
  /// itself: records of one task share phrases.
  package var phrases: [String]
  /// The versions whose records were compared.
  package var sources: [String]
  /// What was trained on and could not be compared, each in words; empty where all is known.
  package var unknown: [String]

  package init(
    tested: Int, trained: Int, leaks: [Leak] = [], phrases: [String] = [], sources: [String] = [],
    unknown: [String] = []
  ) {
    self.tested = tested
    self.trained = trained
    self.leaks = leaks
    self.phrases = phrases
    self.sources = sources
    self.unknown = unknown
  }

  /// How many leaked in a way.
  package func count(_ kind: Leak.Kind) -> Int { leaks.count { $0.kind == kind } }

  /// Throws unless nothing leaked.
  package func requireClean() throws(EvaluationError) {
    guard let first = leaks.first else { return }
    throw .trainedOn(count: leaks.count, of: tested, example: first.rid)
  }

  /// What was found, in a sentence; what is not known is said and never taken for nothing.
  package var summary: String {
    found + (unknown.isEmpty ? "" : "; UNKNOWN: " + unknown.joined(separator: "; "))
  }

  private var found: String {
    guard !leaks.isEmpty else {
      let compared =
        "(\(tested) compared with \(trained)"
        + (sources.count > 1 ? " of \(sources.joined(separator: ", ")))" : ")")
      let clean =
        unknown.isEmpty
        ? "no test record was trained on \(compared)"
        : "whether test records were trained on is not known in full: none is among the records "
          + "that are known \(compared)"
      return clean
        + (phrases.isEmpty ? "" : "; \(phrases.count) share a run of 13 words with a trained one")
    }
    let kinds = Leak.Kind.allCases.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }
    return "WARNING: \(leaks.count) of \(tested) test records were trained on: "
      + kinds.joined(separator: ", ")
  }
}

extension LeakReport {
  package var json: JSONValue {
    [
      "leaks": .array(leaks.map(\.json)), "phrases": .array(phrases.map(JSONValue.string)),
      "sources": .array(sources.map(JSONValue.string)),
      "tested": .number(Double(tested)), "trained": .number(Double(trained)),
      "unknown": .array(unknown.map(JSONValue.string)),
    ]
  }

  init?(_ json: JSONValue?) {
    guard let json, let tested = json["tested"]?.integer, let trained = json["trained"]?.integer
    else { return nil }
    self.init(
      tested: tested, trained: trained, leaks: (json["leaks"]?.array ?? []).compactMap { Leak($0) },
      phrases: (json["phrases"]?.array ?? []).compactMap(\.string),
      sources: (json["sources"]?.array ?? []).compactMap(\.string),
      unknown: (json["unknown"]?.array ?? []).compactMap(\.string))
  }
}

extension Leak {
  fileprivate var json: JSONValue {
    [
      "kind": .string(kind.rawValue), "rid": .string(rid), "similarity": .optional(similarity),
      "trained": .optional(trained),
    ]
  }

  fileprivate init?(_ json: JSONValue) {
    guard let rid = json["rid"]?.string,
      let kind = json["kind"]?.string.flatMap({ Kind(rawValue: $0) })
    else { return nil }
    self.init(
      rid: rid, kind: kind, trained: json["trained"]?.string,
      similarity: json["similarity"]?.number)
  }
}
