internal import ExpertRecord

/// Answers that are known to be good or bad, each with a mismatched one: what KTO learns from.
package struct UnpairedTexts: TrainingTexts {
  package let examples: [KTOExample]
  package let items: [BatchPlan.Item]

  package init(_ examples: [KTOExample]) {
    self.examples = examples
    items = examples.map { BatchPlan.Item($0) }
  }

  package func statistics(_ plan: BatchPlan) -> DataStatistics {
    DataStatistics(examples, plan: plan)
  }

  package func batch(_ places: [Int]) -> SegmentBatch {
    SegmentBatch(places.map { examples[$0] })
  }

  package func preview(_ place: Int) -> [TokenExample] { [examples[place].completion] }
}

extension LengthLimiter {
  /// Good and bad answers, of which some are pairs: those go or stay together, as in
  /// `apply(to pairs:)`. The good answers of pairs come first, then their bad ones, so that a
  /// mismatched answer is one to another prompt.
  ///
  /// A mismatched answer is cut where it would go over the limit: nothing is learned from it.
  package func apply(
    pairs: [PreferenceExample], answers: [(text: TokenExample, isDesirable: Bool)]
  ) throws(TrainingError) -> (kept: [KTOExample], counts: LengthCounts) {
    var kept: [(text: TokenExample, isDesirable: Bool)] = []
    var counts = LengthCounts()
    if !pairs.isEmpty || answers.isEmpty {
      let (fitting, found) = try apply(to: pairs)
      kept += fitting.map { ($0.chosen, true) } + fitting.map { ($0.rejected, false) }
      counts = found
    }
    if !answers.isEmpty {
      let desirable = Dictionary(
        answers.map { ($0.text.rid, $0.isDesirable) }, uniquingKeysWith: { first, _ in first })
      let (fitting, found) = try apply(to: answers.map(\.text))
      kept += fitting.map { ($0, desirable[$0.rid] ?? false) }
      counts = counts + found
    }
    let examples = KTOExample.mismatching(kept, group: kept.count).map { example in
      var example = example
      let cut = min(limits.whole, example.mismatched.ids.count)
      example.mismatched = example.mismatched.part(0..<cut)
      return example
    }
    return (examples, counts)
  }
}

extension LengthCounts {
  static func + (a: LengthCounts, b: LengthCounts) -> LengthCounts {
    LengthCounts(
      over: a.over + b.over, dropped: a.dropped + b.dropped,
      truncated: a.truncated + b.truncated, split: a.split + b.split,
      withoutTarget: a.withoutTarget + b.withoutTarget, longest: max(a.longest, b.longest))
  }
}
