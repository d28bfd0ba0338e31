/// A row that a text is a near duplicate of.
package struct DuplicateMatch: Sendable, Hashable {
  /// The id under which the matching row was inserted.
  package var id: Int
  /// The exact Jaccard similarity of the two sets of three-token shingles.
  package var similarity: Double
  /// How the match was found, for the store's `duplicate` table.
  package var method: String

  package init(id: Int, similarity: Double, method: String) {
    self.id = id
    self.similarity = similarity
    self.method = method
  }
}

/// What the duplicate search says of one row.
package enum DuplicateVerdict: Sendable, Hashable {
  /// Unlike every kept row before it; it is now kept itself.
  case kept
  /// At or over the threshold with a kept row before it: the most similar one, the earliest of
  /// equals.
  case duplicate(DuplicateMatch)

  /// The match, where this is a duplicate.
  package var match: DuplicateMatch? {
    if case .duplicate(let match) = self { match } else { nil }
  }
}

extension DuplicateMatch {
  /// The match as a rejection by the filter `near-duplicate`.
  package func rejection(threshold: Double) -> Rejection {
    Rejection(
      filter: "near-duplicate", score: similarity,
      detail: "similarity \(similarity.rounded(places: 3)) to record \(id) is not below the "
        + "threshold \(threshold.rounded(places: 3))")
  }
}

extension Double {
  /// The number rounded to some decimal places, for messages.
  func rounded(places: Int) -> Double {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return (self * scale).rounded() / scale
  }
}
