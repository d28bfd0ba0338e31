internal import ExpertRecord

/// A score with the interval in which it would lie for other examples of the same kind.
package struct Interval: Sendable, Hashable {
  package var low: Double
  package var high: Double

  package init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }
}

/// Percentile bootstrap over examples (Efron 1979; Koehn, "Statistical Significance Tests for
/// Machine Translation Evaluation", EMNLP 2004): examples are drawn with replacement, as many as
/// there are, and the score of each draw is one value of the distribution.
///
/// The same draws serve base and expert, so what makes both better or worse cancels out in their
/// difference. The same seed gives the same intervals on every machine.
package struct Bootstrap: Sendable, Hashable {
  package var seed: UInt64
  /// Draws; 0 gives no intervals.
  package let resamples: Int
  /// The share of draws that lies within an interval.
  package let confidence: Double

  package init(seed: UInt64 = 0, resamples: Int = 1000, confidence: Double = 0.95) {
    self.seed = seed
    self.resamples = min(100_000, max(0, resamples))
    self.confidence = min(0.999, max(0.5, confidence))
  }

  /// The interval of one column's score; `nil` without draws or examples.
  package func interval(_ column: ScoreColumn) -> Interval? {
    var scores: [Double] = []
    draw(from: column.scored) { draw in column.score(of: draw).map { scores.append($0) } }
    return interval(of: scores)
  }

  /// The intervals of two columns and of the second's lead over the first, from the same draws of
  /// the examples that both have a score for.
  package func intervals(
    base: ScoreColumn, expert: ScoreColumn
  ) -> (base: Interval?, expert: Interval?, difference: Interval?) {
    let shared = base.scored.filter { expert.examples.indices.contains($0) }
      .filter { expert.examples[$0] != nil }
    var (bases, experts, differences): ([Double], [Double], [Double]) = ([], [], [])
    draw(from: shared) { draw in
      guard let a = base.score(of: draw), let b = expert.score(of: draw) else { return }
      bases.append(a)
      experts.append(b)
      differences.append(b - a)
    }
    return (interval(of: bases), interval(of: experts), interval(of: differences))
  }

  /// Calls `body` with each draw; draws depend on the seed and the number of examples alone.
  private func draw(from examples: [Int], _ body: ([Int]) -> Void) {
    guard !examples.isEmpty else { return }
    var generator = SeededGenerator(seed: seed, stream: "bootstrap")
    var draw = examples
    for _ in 0..<resamples {
      for place in draw.indices { draw[place] = examples[generator.below(examples.count)] }
      body(draw)
    }
  }

  private func interval(of values: [Double]) -> Interval? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let tail = (1 - confidence) / 2
    return Interval(
      low: Self.quantile(sorted, tail), high: Self.quantile(sorted, 1 - tail))
  }

  /// The quantile of sorted values, linear between neighbours: NumPy's default, type 7 of Hyndman
  /// and Fan ("Sample Quantiles in Statistical Packages", 1996).
  package static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let place = share * Double(sorted.count - 1)
    let below = Int(place.rounded(.down))
    guard below + 1 < sorted.count else { return last }
    return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
  }
}
