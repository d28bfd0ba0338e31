/// The Jaccard similarity of two texts' sets of three-token shingles, computed from the tokens
/// themselves: the plain definition that the index's hashes are checked against.
package enum ExactSimilarity {
  /// 0 where nothing is shared, 1 where the sets are equal.
  package static func of(_ a: String, _ b: String) -> Double {
    let (first, second) = (shingles(a), shingles(b))
    let common = first.intersection(second).count
    return Double(common) / Double(first.count + second.count - common)
  }

  /// Every three neighbouring tokens; fewer than three tokens are one shingle.
  package static func shingles(_ text: String) -> Set<[String]> {
    let tokens = TextTokens.strings(of: text)
    guard tokens.count >= 3 else { return [tokens] }
    return Set((0..<(tokens.count - 2)).map { Array(tokens[$0..<($0 + 3)]) })
  }
}
