/// Finds the word somebody probably meant.
package enum Spelling {
  /// The nearest of the known words by edit distance, where it is near enough to be a slip: at most
  /// one error in three letters, and never more than three.
  package static func nearest(to word: String, among known: [String]) -> String? {
    let allowed = min(3, max(1, word.count / 3))
    let ranked = known.map { (distance(word.lowercased(), $0.lowercased()), $0) }
    guard let best = ranked.min(by: { $0 < $1 }), best.0 <= allowed else { return nil }
    return best.1
  }

  /// Levenshtein's distance, one row at a time. Both words are cut at 64 characters.
  static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left.prefix(64))
    let b = Array(right.prefix(64))
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let substitution = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
