internal import Foundation

/// BLEU as sacreBLEU computes it: 0 to 100, of a corpus or of one sentence.
///
/// Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation" (ACL 2002);
/// smoothing after Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for
/// Sentence-Level BLEU" (WMT 2014).
package struct BLEU: Sendable, Hashable {
  /// What stands in for a precision of zero.
  package enum Smoothing: Sendable, Hashable {
    case none
    /// A fixed count instead of zero; 0.1 in the paper.
    case floor(Double)
    /// A count added to both sides of every order above the first; 1 in the paper.
    case add(Double)
    /// Halved for each further order without a match: NIST's, and sacreBLEU's default.
    case exponential
  }

  package var tokenizer: BLEUTokenizer
  package var smoothing: Smoothing
  package var lowercase: Bool
  /// Leaves out the orders that a short text has no runs of: for single sentences.
  package var effectiveOrder: Bool
  /// The longest run of words: 1 to 4.
  package let order: Int

  package init(
    tokenizer: BLEUTokenizer = .mteval13a, smoothing: Smoothing = .exponential,
    lowercase: Bool = false, effectiveOrder: Bool = false, order: Int = 4
  ) {
    self.tokenizer = tokenizer
    self.smoothing = smoothing
    self.lowercase = lowercase
    self.effectiveOrder = effectiveOrder
    self.order = min(NGramCounts.longestWordRun, max(1, order))
  }

  /// What BLEU needs to know of a text; sums of it are the statistics of a corpus.
  package struct Statistics: Sendable, Hashable {
    /// Matches with the reference for each order.
    var correct: [Int]
    /// Runs of the prediction for each order.
    var total: [Int]
    /// Words of the prediction.
    var length: Int
    /// Words of the reference that is closest in length.
    var referenceLength: Int

    /// In place: the bootstrap adds millions of them.
    static func += (sum: inout Statistics, more: Statistics) {
      for n in sum.correct.indices {
        sum.correct[n] += more.correct[n]
        sum.total[n] += more.total[n]
      }
      sum.length += more.length
      sum.referenceLength += more.referenceLength
    }
  }

  /// The statistics of one prediction, which has at least one reference.
  package func statistics(_ prediction: String, _ references: [String]) -> Statistics {
    var numbering = WordNumbers()
    let hypothesis = numbering.numbers(of: words(prediction))
    let runs = NGramCounts.words(hypothesis, upTo: order)
    var allowed: [NGramCounts] = []
    var lengths: [Int] = []
    for reference in references {
      let numbers = numbering.numbers(of: words(reference))
      lengths.append(numbers.count)
      let counts = NGramCounts.words(numbers, upTo: order)
      if allowed.isEmpty { allowed = counts } else { Self.formMaximum(&allowed, counts) }
    }
    return Statistics(
      correct: zip(runs, allowed).map { $0.matches($1) }, total: runs.map(\.total),
      length: hypothesis.count, referenceLength: Self.closest(lengths, to: hypothesis.count))
  }

  private func words(_ text: String) -> [TextRules.Scalars] {
    var scalars = lowercase ? TextRules.lowered(text.unicodeScalars) : Array(text.unicodeScalars)
    while let last = scalars.last, TextRules.isSpace(last) { scalars.removeLast() }
    return tokenizer.words(scalars)
  }

  private static func formMaximum(_ all: inout [NGramCounts], _ more: [NGramCounts]) {
    for index in all.indices { all[index].formMaximum(more[index]) }
  }

  /// The length that is closest to the prediction's, the shorter of two at the same distance.
  private static func closest(_ lengths: [Int], to length: Int) -> Int {
    lengths.min { (abs($0 - length), $0) < (abs($1 - length), $1) } ?? 0
  }

  /// The score of summed statistics.
  package func score(_ statistics: Statistics) -> Double {
    guard statistics.correct.contains(where: { $0 > 0 }) else { return 0 }
    let (logs, orders) = precisionLogs(statistics)
    let mean = logs[..<orders].reduce(0, +) / Double(orders)
    return Self.brevityPenalty(statistics) * exp(mean)
  }

  private static func brevityPenalty(_ statistics: Statistics) -> Double {
    guard statistics.length < statistics.referenceLength else { return 1 }
    guard statistics.length > 0 else { return 0 }
    return exp(1 - Double(statistics.referenceLength) / Double(statistics.length))
  }

  /// The logarithm of a precision of zero: sacreBLEU's, so low that the score is zero.
  private static let logOfZero = -9_999_999_999.0

  /// The logarithms of the smoothed precisions, and how many of them count.
  private func precisionLogs(_ statistics: Statistics) -> (logs: [Double], orders: Int) {
    var logs = [Double](repeating: Self.logOfZero, count: order)
    var orders = order
    var halvings = 1.0
    for n in 0..<order {
      var correct = Double(statistics.correct[n])
      var total = Double(statistics.total[n])
      if case .add(let count) = smoothing, n > 0 {
        correct += count
        total += count
      }
      if total == 0 { break }
      if effectiveOrder { orders = n + 1 }
      if correct == 0 { correct = smoothed(&halvings) }
      if correct > 0 { logs[n] = log(100 * correct / total) }
    }
    return (logs, orders)
  }

  /// The count that stands in for zero.
  private func smoothed(_ halvings: inout Double) -> Double {
    switch smoothing {
    case .exponential:
      halvings *= 2
      return 1 / halvings
    case .floor(let count): return count
    case .none, .add: return 0
    }
  }

  /// The score of a whole corpus: counts are summed before they are divided.
  package func corpus(_ predictions: [String], _ references: [[String]]) -> Double {
    let all = zip(predictions, references).map { statistics($0, $1) }
    guard let first = all.first else { return 0 }
    return score(all.dropFirst().reduce(into: first, +=))
  }

  /// The score of one prediction.
  package func sentence(_ prediction: String, _ references: [String]) -> Double {
    score(statistics(prediction, references))
  }
}
