/// chrF and chrF++ as sacreBLEU computes them: 0 to 100, of a corpus or of one sentence.
///
/// Popović, "chrF: character n-gram F-score for automatic MT evaluation" (WMT 2015) and "chrF++:
/// words helping character n-grams" (WMT 2017).
package struct ChrF: Sendable, Hashable {
  /// The longest run of characters: 1 to 6.
  package let characters: Int
  /// The longest run of words: 0 (chrF) to 4; 2 is chrF++.
  package let words: Int
  /// How much more recall weighs than precision.
  package var beta: Double
  package var lowercase: Bool
  /// Counts white space as characters too.
  package var keepsSpace: Bool
  /// Takes every order into account, by a tiny value where there is none: chrF++.py's way.
  package var smooths: Bool

  package init(
    characters: Int = 6, words: Int = 0, beta: Double = 2, lowercase: Bool = false,
    keepsSpace: Bool = false, smooths: Bool = false
  ) {
    self.characters = min(NGramCounts.longestCharacterRun, max(1, characters))
    self.words = min(NGramCounts.longestWordRun, max(0, words))
    self.beta = beta
    self.lowercase = lowercase
    self.keepsSpace = keepsSpace
    self.smooths = smooths
  }

  /// The counts of each order; sums of it are the statistics of a corpus.
  package struct Statistics: Sendable, Hashable {
    /// Runs of the prediction, of the reference, and of both.
    struct Order: Sendable, Hashable {
      var predicted: Int
      var expected: Int
      var matched: Int
    }
    var orders: [Order]

    /// In place: the bootstrap adds millions of them.
    static func += (sum: inout Statistics, more: Statistics) {
      for n in sum.orders.indices {
        sum.orders[n].predicted += more.orders[n].predicted
        sum.orders[n].expected += more.orders[n].expected
        sum.orders[n].matched += more.orders[n].matched
      }
    }
  }

  /// The statistics against the reference that gives the best score.
  package func statistics(_ prediction: String, _ references: [String]) -> Statistics {
    var numbering = WordNumbers()
    let predicted = counts(prediction, &numbering)
    var best = Statistics(
      orders: predicted.map { .init(predicted: $0.total, expected: 0, matched: 0) })
    var bestScore = -1.0
    for reference in references {
      let found = Self.compare(predicted, counts(reference, &numbering))
      let score = score(found)
      if score > bestScore { (best, bestScore) = (found, score) }
    }
    return best
  }

  private func counts(_ text: String, _ numbering: inout WordNumbers) -> [NGramCounts] {
    let scalars = lowercase ? TextRules.lowered(text.unicodeScalars) : Array(text.unicodeScalars)
    let body = keepsSpace ? scalars : scalars.filter { !TextRules.isSpace($0) }
    let runs = NGramCounts.characters(body, upTo: characters)
    guard words > 0 else { return runs }
    return runs + NGramCounts.words(numbering.numbers(of: Self.words(scalars)), upTo: words)
  }

  /// Words with one mark of ASCII punctuation cut off: the last character's, else the first's.
  private static func words(_ text: TextRules.Scalars) -> [TextRules.Scalars] {
    TextRules.split(text).flatMap { word -> [TextRules.Scalars] in
      guard word.count > 1 else { return [word] }
      if TextRules.isPunctuation(word[word.count - 1]) {
        return [Array(word.dropLast()), [word[word.count - 1]]]
      }
      return TextRules.isPunctuation(word[0]) ? [[word[0]], Array(word.dropFirst())] : [word]
    }
  }

  /// An order that the reference has no runs of counts for neither side.
  private static func compare(_ a: [NGramCounts], _ b: [NGramCounts]) -> Statistics {
    Statistics(
      orders: zip(a, b).map { predicted, expected in
        Statistics.Order(
          predicted: expected.total > 0 ? predicted.total : 0, expected: expected.total,
          matched: predicted.matches(expected))
      })
  }

  private static let tiny = 1e-16

  /// The score of summed statistics.
  package func score(_ statistics: Statistics) -> Double {
    smooths ? smoothedScore(statistics) : averagedScore(statistics)
  }

  /// The mean of the orders' F-scores.
  private func smoothedScore(_ statistics: Statistics) -> Double {
    let factor = beta * beta
    let sum = statistics.orders.reduce(0.0) { sum, order in
      let precision = Self.ratio(order.matched, order.predicted)
      let recall = Self.ratio(order.matched, order.expected)
      let denominator = factor * precision + recall
      return sum
        + (denominator > 0 ? (1 + factor) * precision * recall / denominator : Self.tiny)
    }
    return 100 * sum / Double(characters + words)
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double {
    whole > 0 ? Double(part) / Double(whole) : tiny
  }

  /// The F-score of the mean precision and the mean recall of the orders that both sides have.
  private func averagedScore(_ statistics: Statistics) -> Double {
    let shared = statistics.orders.filter { $0.predicted > 0 && $0.expected > 0 }
    guard !shared.isEmpty else { return 0 }
    let count = Double(shared.count)
    let precision = shared.reduce(0) { $0 + Self.ratio($1.matched, $1.predicted) } / count
    let recall = shared.reduce(0) { $0 + Self.ratio($1.matched, $1.expected) } / count
    guard precision + recall > 0 else { return 0 }
    let factor = beta * beta
    // In this order: of two references with the same score, rounding picks sacreBLEU's.
    return 100 * ((1 + factor) * precision * recall / (factor * precision + recall))
  }

  /// The score of a whole corpus.
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
