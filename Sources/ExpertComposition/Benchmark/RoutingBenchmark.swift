internal import ExpertRecord

/// Measures routing among many made-up experts, the query's embedding apart.
package struct RoutingBenchmark {
  /// What was measured.
  package struct Report: Sendable, Hashable {
    package var experts: Int
    /// The median of many queries.
    package var seconds: Double
    /// The slowest of a hundred.
    package var slowest: Double
  }

  private let experts: Int
  private let width: Int

  /// Experts with eight keywords, a hint, and an embedding of `width` numbers each.
  package init(experts: Int = 1000, width: Int = 1024) {
    self.experts = experts
    self.width = width
  }

  package func run(queries: Int = 300) -> Report {
    var random = SeededGenerator(seed: 0, stream: "bench/routing")
    let words = (0..<4000).map { "word\($0)x" }
    func vector() -> [Float] { (0..<width).map { _ in Float(random.unit() - 0.5) } }
    let made = (0..<experts).map { number in
      let own = (0..<8).map { _ in random.pick(words) }
      return RoutedExpert(
        name: "expert-\(number)", keywords: own, excludeKeywords: [random.pick(words)],
        hint: "(\(own[0]) OR \(own[1])) AND NOT \(random.pick(words)) OR domain=\(own[2])",
        priority: random.unit())
    }
    let router = Router(made, embeddings: made.map { _ in vector() })
    let asked = (0..<queries).map { _ in
      ((0..<12).map { _ in random.pick(words) }.joined(separator: " "), vector())
    }
    let times = asked.map { query, embedding in
      let start = ContinuousClock.now
      _ = router.rank(query, embedding: embedding, limit: 5)
      return (ContinuousClock.now - start) / .seconds(1)
    }.sorted()
    return Report(
      experts: experts, seconds: times[times.count / 2], slowest: times[times.count * 99 / 100])
  }
}
