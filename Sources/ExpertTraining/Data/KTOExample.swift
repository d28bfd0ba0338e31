package import ExpertRecord

/// An answer that is known to be good or bad, without its counterpart.
package struct KTOExample: Sendable, Hashable {
  /// Prompt and answer.
  package var completion: TokenExample
  /// The same prompt with the answer of another example.
  package var mismatched: TokenExample
  package var isDesirable: Bool

  package init(completion: TokenExample, mismatched: TokenExample, isDesirable: Bool) {
    self.completion = completion
    self.mismatched = mismatched
    self.isDesirable = isDesirable
  }

  package var rid: String { completion.rid }
  package var difficulty: Difficulty? { completion.difficulty }

  /// Rows of a batch that the example takes, the shared prompt counted once.
  package var rowCount: Int {
    completion.ids.count + mismatched.ids.count - completion.sharedLength(with: mismatched)
  }

  /// Pairs each answer's prompt with the answer before it in its group, the first with the last:
  /// so a group's mismatched answers are the group's own. TRL turns them the same way in groups of a
  /// device's batch; one group of all does not depend on the batch size. A last group of one joins
  /// the one before.
  package static func mismatching(
    _ answers: [(text: TokenExample, isDesirable: Bool)], group size: Int
  ) -> [KTOExample] {
    var result: [KTOExample] = []
    var start = 0
    while start < answers.count {
      var end = min(start + max(2, size), answers.count)
      if answers.count - end == 1 { end = answers.count }
      for place in start..<end {
        let other = answers[place == start ? end - 1 : place - 1].text
        result.append(
          KTOExample(
            completion: answers[place].text,
            mismatched: answers[place].text.answered(by: other),
            isDesirable: answers[place].isDesirable))
      }
      start = end
    }
    return result
  }
}

extension TokenExample {
  /// This prompt with the answer of another text.
  func answered(by other: TokenExample) -> TokenExample {
    let start = other.promptLength
    let moved = other.supervised.map {
      $0.lowerBound - start + promptLength..<$0.upperBound - start + promptLength
    }
    return TokenExample(
      ids: Array(ids[..<promptLength]) + other.ids[start...], supervised: moved, rid: rid,
      difficulty: difficulty)
  }

  /// Tokens that both texts begin with and neither learns: computed once for the two. Never the
  /// whole of either, so that each keeps a row of its own.
  package func sharedLength(with other: TokenExample) -> Int {
    let limit = min(promptLength, other.promptLength, ids.count - 1, other.ids.count - 1)
    var shared = 0
    while shared < limit, ids[shared] == other.ids[shared] { shared += 1 }
    return shared
  }

  /// The same text behind the `count` vectors of another model's soft prompt: token −1 − i stands for
  /// vector i.
  func replacingSoftPrompt(with count: Int) -> TokenExample {
    let own = ids.prefix { $0 < 0 }.count
    guard own != count else { return self }
    let shift = count - own
    return TokenExample(
      ids: (0..<Int32(count)).map { -1 - $0 } + ids[own...],
      supervised: supervised.map { $0.lowerBound + shift..<$0.upperBound + shift }, rid: rid,
      difficulty: difficulty)
  }
}
