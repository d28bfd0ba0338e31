package import ExpertPlatform
package import ExpertRecord

/// The wanted share of each difficulty: `easy:0.3,medium:0.5,hard:0.2`.
package struct DifficultyDistribution: Sendable, Hashable {
  /// Shares that add up to 1; what is not named is 0.
  package var shares: [Difficulty: Double]

  /// Reads the text of `--distribution`.
  package init(_ text: String) throws(CurationError) {
    shares = [:]
    func bad(_ reason: String) -> CurationError { .badDistribution(text: text, reason: reason) }
    for part in text.split(separator: ",") {
      let pair = part.split(separator: ":", omittingEmptySubsequences: false)
        .map { String(String($0).trimmed) }
      guard pair.count == 2, let difficulty = Difficulty(rawValue: pair[0]) else {
        throw bad("\"\(part)\" is no difficulty and share")
      }
      guard let share = Double(pair[1]), share >= 0, share <= 1 else {
        throw bad("\"\(pair[1])\" is no share between 0 and 1")
      }
      guard shares.updateValue(share, forKey: difficulty) == nil else {
        throw bad("\(difficulty.rawValue) is named twice")
      }
    }
    let sum = shares.values.reduce(0, +)
    guard abs(sum - 1) < 1e-6 else { throw bad("the shares add up to \(sum.rounded(places: 4))") }
  }

  /// Whole numbers of these shares that add up to `total` (largest remainder).
  package func quotas(total: Int) -> [Difficulty: Int] {
    var quotas: [Difficulty: Int] = [:]
    var remainders: [(Difficulty, Double)] = []
    for difficulty in Difficulty.allCases {
      let exact = (shares[difficulty] ?? 0) * Double(total)
      quotas[difficulty] = Int(exact)
      remainders.append((difficulty, exact - exact.rounded(.down)))
    }
    let missing = total - quotas.values.reduce(0, +)
    let byRemainder = remainders.enumerated().sorted {
      ($1.element.1, $0.offset) < ($0.element.1, $1.offset)
    }
    for place in byRemainder.prefix(max(0, missing)) { quotas[place.element.0, default: 0] += 1 }
    return quotas
  }
}

/// A sample with a wanted mix of difficulties.
package struct Stratifier: Sendable {
  /// What was drawn.
  package struct Result: Sendable, Hashable {
    /// Positions of the drawn rows, ascending.
    package var rows: [Int]
    /// How many rows of each difficulty were drawn.
    package var drawn: [Difficulty: Int]
    /// How many are missing of each difficulty that has too few rows.
    package var short: [Difficulty: Int]
    /// Rows without a difficulty, which are never drawn.
    package var unlabelled: Int

    /// One line a person reads.
    package var summary: String {
      let parts = Difficulty.allCases.map { "\($0.rawValue) \(drawn[$0] ?? 0)" }
      let lacking = Difficulty.allCases.compactMap { difficulty in
        short[difficulty].map { "\($0) \(difficulty.rawValue)" }
      }
      return "\(rows.count) records: " + parts.joined(separator: ", ")
        + (lacking.isEmpty ? "" : "; short of " + lacking.joined(separator: ", "))
        + (unlabelled == 0 ? "" : "; \(unlabelled) without a difficulty were left out")
    }
  }

  package let distribution: DifficultyDistribution
  package let seed: UInt64

  package init(_ distribution: DifficultyDistribution, seed: UInt64 = 0) {
    self.distribution = distribution
    self.seed = seed
  }

  /// Draws `total` rows, or without a total as many as the mix allows.
  ///
  /// Which rows are drawn depends on the seed and their hashes alone. Too few rows of one
  /// difficulty are never made up with another: the result says what is short.
  package func draw(_ rows: [(hash: Digest, difficulty: Difficulty?)], total: Int? = nil) -> Result
  {
    let order = HashOrder.shuffled(rows.map(\.hash), seed: seed, use: "stratify")
    let groups = Dictionary(grouping: order) { rows[$0].difficulty }
    let quotas = distribution.quotas(total: total ?? largestTotal(groups))
    var result = Result(rows: [], drawn: [:], short: [:], unlabelled: groups[nil]?.count ?? 0)
    for difficulty in Difficulty.allCases {
      let wanted = quotas[difficulty] ?? 0
      let taken = (groups[difficulty] ?? []).prefix(wanted)
      result.rows += taken
      result.drawn[difficulty] = taken.count
      if taken.count < wanted { result.short[difficulty] = wanted - taken.count }
    }
    result.rows.sort()
    return result
  }

  /// The largest total of which no difficulty is short.
  private func largestTotal(_ groups: [Difficulty?: [Int]]) -> Int {
    let limits = distribution.shares.filter { $0.value > 0 }.map { difficulty, share in
      Int(Double(groups[difficulty]?.count ?? 0) / share)
    }
    var total = limits.min() ?? 0
    while total > 0 {
      let quotas = distribution.quotas(total: total)
      if quotas.allSatisfy({ $0.value <= (groups[$0.key]?.count ?? 0) }) { return total }
      total -= 1
    }
    return 0
  }
}

/// The records that a person looks at: one in a hundred, at least ten.
package enum SpotCheck {
  /// How many of `total` records are looked at.
  package static func size(of total: Int) -> Int {
    min(total, max(10, (total + 99) / 100))
  }

  /// Positions of the rows to look at, ascending; the same for the same seed and records. `count`
  /// is by default `size(of:)`.
  package static func sample(_ hashes: [Digest], count: Int? = nil, seed: UInt64 = 0) -> [Int] {
    HashOrder.shuffled(hashes, seed: seed, use: "spot-check")
      .prefix(count ?? size(of: hashes.count)).sorted()
  }
}
