/// Applies the limits to every example and counts what it did: nothing is shortened or left out
/// in silence.
package struct LengthLimiter: Sendable {
  package let limits: LengthLimits

  package init(_ limits: LengthLimits) { self.limits = limits }

  /// The examples that are trained on, and what happened to the others.
  ///
  /// Throws `tooLong` under the policy `error`, and `nothingToLearn` where no target is left.
  package func apply(
    to examples: [TokenExample]
  ) throws(TrainingError) -> (kept: [TokenExample], counts: LengthCounts) {
    var counts = LengthCounts()
    var kept: [TokenExample] = []
    try refuse(examples.map { [$0] }, pairs: false)
    for example in examples {
      counts.longest = max(counts.longest, example.ids.count)
      let parts = fit(example, &counts)
      counts.withoutTarget += parts.count { $0.targetCount == 0 }
      kept += parts.filter { $0.targetCount > 0 }
    }
    guard !kept.isEmpty else { throw Self.nothingLeft(examples.count, counts) }
    return (kept, counts)
  }

  /// The same for pairs; a pair goes or stays as a whole.
  package func apply(
    to pairs: [PreferenceExample]
  ) throws(TrainingError) -> (kept: [PreferenceExample], counts: LengthCounts) {
    var counts = LengthCounts()
    var kept: [PreferenceExample] = []
    try refuse(pairs.map { [$0.chosen, $0.rejected] }, pairs: true)
    for pair in pairs {
      counts.longest = max(counts.longest, pair.chosen.ids.count, pair.rejected.ids.count)
      guard let fitted = fit(pair, &counts) else { continue }
      if fitted.chosen.targetCount > 0, fitted.rejected.targetCount > 0 {
        kept.append(fitted)
      } else {
        counts.withoutTarget += 1
      }
    }
    guard !kept.isEmpty else { throw Self.nothingLeft(pairs.count, counts) }
    return (kept, counts)
  }

  // MARK: deciding

  /// The limit that an example breaks, or `nil`.
  private func limit(_ example: TokenExample) -> (tokens: Int, flag: String?, length: Int)? {
    if let prompt = limits.prompt, example.promptLength > prompt {
      return (prompt, TrainingOption.maxPromptLength.flag, example.promptLength)
    }
    guard example.ids.count > limits.whole else { return nil }
    let flag = limits.isContext ? nil : TrainingOption.maxLength.flag
    return (limits.whole, flag, example.ids.count)
  }

  /// `examples`: the texts of each; a pair has two and counts once.
  private func refuse(_ examples: [[TokenExample]], pairs: Bool) throws(TrainingError) {
    guard limits.policy == .error else { return }
    let over = examples.compactMap { texts in
      texts.compactMap { text in limit(text).map { (limit: $0, rid: text.rid) } }
        .max { $0.limit.length < $1.limit.length }
    }
    guard let worst = over.max(by: { $0.limit.length < $1.limit.length }) else { return }
    throw .tooLong(
      TooLong(
        count: over.count, of: examples.count, example: worst.rid, longest: worst.limit.length,
        limit: worst.limit.tokens, flag: worst.limit.flag, pairs: pairs))
  }

  private static func nothingLeft(_ count: Int, _ counts: LengthCounts) -> TrainingError {
    guard count > 0 else { return .nothingToLearn(reason: "no example was given") }
    return .nothingToLearn(
      reason: "of \(count) examples \(counts.dropped) were dropped as too long and "
        + "\(counts.withoutTarget) have no supervised token; look at the template, at --loss-on "
        + "and at --max-length")
  }

  // MARK: fitting

  private func fit(_ example: TokenExample, _ counts: inout LengthCounts) -> [TokenExample] {
    guard limit(example) != nil else { return [example] }
    counts.over += 1
    switch limits.policy {
    case .error, .drop:
      counts.dropped += 1
      return []
    case .truncate:
      counts.truncated += 1
      return [truncate(example)]
    case .split:
      counts.split += 1
      return split(example)
    }
  }

  private func fit(
    _ pair: PreferenceExample, _ counts: inout LengthCounts
  ) -> PreferenceExample? {
    guard limit(pair.chosen) != nil || limit(pair.rejected) != nil else { return pair }
    counts.over += 1
    guard limits.policy == .truncate else {
      counts.dropped += 1
      return nil
    }
    counts.truncated += 1
    // One cut for both prompts, so that they stay the same.
    let cut = max(promptCut(pair.chosen), promptCut(pair.rejected))
    return PreferenceExample(
      chosen: truncate(pair.chosen, promptCut: cut),
      rejected: truncate(pair.rejected, promptCut: cut))
  }

  /// Tokens that the prompt loses at its beginning.
  private func promptCut(_ example: TokenExample) -> Int {
    limits.prompt.map { max(0, example.promptLength - $0) } ?? 0
  }

  private func truncate(_ example: TokenExample, promptCut: Int? = nil) -> TokenExample {
    let start = min(promptCut ?? self.promptCut(example), example.promptLength)
    return example.part(start..<min(example.ids.count, start + limits.whole))
  }

  /// Consecutive parts. Each begins with the last token of the part before, which is no target
  /// there, so that every target is learned exactly once.
  private func split(_ example: TokenExample) -> [TokenExample] {
    let first = promptCut(example)
    let step = max(1, limits.whole - 1)
    var parts: [TokenExample] = []
    var start = first
    while start + 1 < example.ids.count {
      parts.append(example.part(start..<min(example.ids.count, start + limits.whole)))
      start += step
    }
    return parts
  }
}
