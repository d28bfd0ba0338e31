internal import ExpertRecord

/// Which requests a job makes: cells of topic × difficulty × persona, each with its share.
///
/// Requests are planned in rounds. A round is decided only from verdicts on earlier rounds, and
/// verdicts are given in slot order, so the same answers always lead to the same plan, however
/// many requests were in flight and in whatever order they came back.
package struct Plan: Sendable, Hashable {
  package var cells: [PlanCell]

  /// The product of topics, difficulties and personas; personas share evenly, topics by weight.
  package init(topics: [Topic], mix: DifficultyMix, personas: [String] = []) {
    let voices: [String?] = personas.isEmpty ? [nil] : personas
    let total = topics.reduce(0) { $0 + $1.weight } * Double(voices.count)
    cells = topics.flatMap { topic in
      voices.flatMap { persona in
        mix.shares.map { part in
          PlanCell(
            topic: topic, difficulty: part.difficulty, persona: persona,
            share: topic.weight / total * part.share)
        }
      }
    }
  }

  /// What earlier rounds gave: per cell (in the order of `cells`) the accepted records, and over
  /// all cells how many judged candidates there were.
  package struct Progress: Sendable, Hashable {
    package var accepted: [Int]
    package var judged: Int

    package init(accepted: [Int], judged: Int) {
      self.accepted = accepted
      self.judged = judged
    }

    /// The part of candidates that pass, smoothed as if two had passed already, so that a first
    /// round counts on 1 and a bad one never plans without bound.
    package var passRate: Double {
      let passed = Double(accepted.reduce(0, +))
      return max(0.02, (passed + 2) / (Double(judged) + 2))
    }
  }

  /// The cells of the next round's requests, in order.
  ///
  /// Cells get requests in proportion to what each is behind its quota, counting on `batchSize`
  /// candidates a request of which `passRate` pass: a systematic sample, which gives every cell its
  /// part to within one request, and groups of cells (all hard ones, say) theirs as well (Madow,
  /// "On the theory of systematic sampling", 1949). The order is shuffled, so that no cell always
  /// comes last. Empty when `count` is reached or no request may be made (`maxRequests`).
  package func nextRound(
    count: Int, batchSize: Int, progress: Progress, maxRequests: Int, seed: UInt64 = 0
  ) -> [Int] {
    let missing = count - progress.accepted.reduce(0, +)
    guard missing > 0, maxRequests > 0 else { return [] }
    let yield = Double(batchSize) * progress.passRate
    let requests = min(maxRequests, Int((Double(missing) / yield).rounded(.up)))
    let behind = zip(cells, progress.accepted).map { max(0, $0.share * Double(count) - Double($1)) }
    let stride = behind.reduce(0, +) / Double(requests)
    var round: [Int] = []
    var sum = 0.0
    for (cell, weight) in behind.enumerated() {
      sum += weight
      while round.count < requests, (Double(round.count) + 0.5) * stride < sum {
        round.append(cell)
      }
    }
    var generator = SeededGenerator(seed: seed, stream: "round/\(progress.judged)")
    return generator.shuffled(round)
  }
}
