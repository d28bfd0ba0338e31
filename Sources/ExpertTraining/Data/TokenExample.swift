package import ExpertRecord

/// A text as token ids, with the tokens that the loss is taken on.
package struct TokenExample: Sendable, Hashable {
  /// The tokens of prompt and answer.
  package var ids: [Int32]
  /// Places in `ids` of tokens that are to be learned; rising, without overlaps. The token at a
  /// place is predicted from those before it, so place 0 is never a target.
  package var supervised: [Range<Int>]
  /// Where the example comes from, for messages and lineage.
  package var rid: String
  /// How hard it is: the order of a curriculum.
  package var difficulty: Difficulty?

  package init(
    ids: [Int32], supervised: [Range<Int>], rid: String = "", difficulty: Difficulty? = nil
  ) {
    self.ids = ids
    self.supervised = Self.clean(supervised, count: ids.count)
    self.rid = rid
    self.difficulty = difficulty
  }

  /// From labels beside the ids, −100 where nothing is learned (Hugging Face's convention).
  package init(
    ids: [Int32], labels: [Int32], rid: String = "", difficulty: Difficulty? = nil
  ) {
    var ranges: [Range<Int>] = []
    for (place, label) in labels.enumerated() where label != -100 {
      if let last = ranges.last, last.upperBound == place {
        ranges[ranges.count - 1] = last.lowerBound..<place + 1
      } else {
        ranges.append(place..<place + 1)
      }
    }
    self.init(ids: ids, supervised: ranges, rid: rid, difficulty: difficulty)
  }

  /// Sorted, joined where they touch, cut to `1..<count`.
  private static func clean(_ ranges: [Range<Int>], count: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      let cut = range.clamped(to: min(1, count)..<count)
      if cut.isEmpty { continue }
      if let last = result.last, cut.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, cut.upperBound)
      } else {
        result.append(cut)
      }
    }
    return result
  }

  /// How many tokens are predicted for the loss.
  package var targetCount: Int { supervised.reduce(0) { $0 + $1.count } }

  /// Tokens before the first that is learned; all of them where none is.
  package var promptLength: Int { supervised.first?.lowerBound ?? ids.count }

  /// The part within `range`; its first token is no target.
  func part(_ range: Range<Int>) -> TokenExample {
    let moved = supervised.map { $0.clamped(to: range) }.filter { !$0.isEmpty }.map {
      $0.lowerBound - range.lowerBound..<$0.upperBound - range.lowerBound
    }
    return TokenExample(
      ids: Array(ids[range]), supervised: moved, rid: rid, difficulty: difficulty)
  }
}

/// Two answers to one prompt, of which the first is to be preferred.
package struct PreferenceExample: Sendable, Hashable {
  package var chosen: TokenExample
  package var rejected: TokenExample

  package init(chosen: TokenExample, rejected: TokenExample) {
    self.chosen = chosen
    self.rejected = rejected
  }

  package var rid: String { chosen.rid }
  package var difficulty: Difficulty? { chosen.difficulty }

  /// Tokens of the prompt that both answers share: computed once for the two.
  package var sharedLength: Int { chosen.sharedLength(with: rejected) }

  /// Rows of a batch that the pair takes, the shared prompt counted once.
  package var rowCount: Int { chosen.ids.count + rejected.ids.count - sharedLength }
}
