/// When two scores of the same example count as equal.
package enum ScoreTie {
  /// Scores whose difference is less than this share of the larger are a tie: batches of another
  /// size move a likelihood in its last digits, and that is no win.
  package static let share = 1e-6
  private static let least = 1e-12

  /// Whether neither score is better.
  package static func isTie(_ a: Double, _ b: Double) -> Bool {
    a == b || abs(a - b) < max(least, share * max(abs(a), abs(b)))
  }
}
