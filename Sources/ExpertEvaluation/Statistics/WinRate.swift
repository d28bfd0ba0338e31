internal import ExpertRecord
internal import Foundation

/// How often the expert's answer scores higher than the base's, example by example.
package struct WinRate: Sendable, Hashable {
  package private(set) var wins = 0
  package private(set) var ties = 0
  package private(set) var losses = 0

  package init(wins: Int = 0, ties: Int = 0, losses: Int = 0) {
    self.wins = wins
    self.ties = ties
    self.losses = losses
  }

  /// Compares two lists of scores of the same examples; where one has no score, nothing counts.
  package init(base: [Double?], expert: [Double?], higherIsBetter: Bool = true) {
    for case (let a?, let b?) in zip(base, expert) {
      add(base: a, expert: b, higherIsBetter)
    }
  }

  /// Scores that differ by less than rounding are a tie: see `ScoreTie`.
  private mutating func add(base: Double, expert: Double, _ higherIsBetter: Bool) {
    if ScoreTie.isTie(base, expert) {
      ties += 1
    } else if (expert > base) == higherIsBetter {
      wins += 1
    } else {
      losses += 1
    }
  }

  package var total: Int { wins + ties + losses }

  /// Wins and half of the ties, as a share of all; `nil` without examples.
  package var rate: Double? {
    total > 0 ? (Double(wins) + Double(ties) / 2) / Double(total) : nil
  }

  /// The probability of a result at least as uneven if both were equally good: the two-sided exact
  /// sign test, ties left out. For right-or-wrong scores this is McNemar's exact test.
  package var pValue: Double { SignTest.pValue(wins: wins, losses: losses) }
}

/// The two-sided exact binomial test of p = 1/2.
enum SignTest {
  static func pValue(wins: Int, losses: Int) -> Double {
    let n = wins + losses
    guard n > 0, wins != losses else { return 1 }
    let tail = min(wins, losses)
    // Σ C(n, k) / 2ⁿ for k up to the smaller count, by logarithms so that no factor overflows.
    let logs = (0...tail).map { logChoose(n, $0) - Double(n) * log(2.0) }
    let highest = logs.max() ?? 0
    let sum = logs.reduce(0) { $0 + exp($1 - highest) }
    return min(1, 2 * exp(highest + log(sum)))
  }

  private static func logChoose(_ n: Int, _ k: Int) -> Double {
    lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
  }
}
