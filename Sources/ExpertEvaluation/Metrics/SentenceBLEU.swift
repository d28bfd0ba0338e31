internal import Foundation

/// The sentence BLEU of NLTK, from 0 to 1, over the words between white space: what
/// `sentence_bleu([reference.split()], prediction.split())` gives.
///
/// It differs from sacreBLEU's: no tokeniser, weights of a quarter for every order however short
/// the text, and without smoothing an order without a match counts as the smallest normal double,
/// so such a score is almost zero and not quite (NLTK warns then; `zeroOrders` says which).
package struct SentenceBLEU: Sendable, Hashable {
  /// The numbers of NLTK's `SmoothingFunction` methods.
  package enum Smoothing: Int, Sendable, Hashable, CaseIterable {
    /// None.
    case method0
    /// 0.1 matches where there are none.
    case method1
    /// One more match and one more run for every order above the first.
    case method2
    /// 1/2, 1/4 … matches for each further order without one.
    case method3
    /// As method 3, and less for shorter texts (k = 5).
    case method4
  }

  package var smoothing: Smoothing

  package init(smoothing: Smoothing = .method0) { self.smoothing = smoothing }

  package struct Score: Sendable, Hashable {
    package var value: Double
    /// The orders (1 to 4) without a match, where the score is not zero anyway.
    package var zeroOrders: [Int]
  }

  private static let order = 4

  /// One order's matches and runs.
  private struct Precision {
    var numerator: Double
    var denominator: Double
  }

  /// The score of one prediction, which has at least one reference.
  package func score(_ prediction: String, _ references: [String]) -> Score {
    var numbering = WordNumbers()
    let hypothesis = numbering.numbers(of: TextRules.split(prediction.unicodeScalars))
    let others = references.map { numbering.numbers(of: TextRules.split($0.unicodeScalars)) }
    let precisions = Self.precisions(hypothesis, others)
    guard let first = precisions.first, first.numerator > 0 else {
      return Score(value: 0, zeroOrders: [])
    }
    let logs = smoothed(precisions, length: hypothesis.count).filter { $0 > 0 }.map {
      log($0) / Double(Self.order)
    }
    let penalty = Self.brevityPenalty(hypothesis.count, others.map(\.count))
    return Score(
      value: penalty * exp(logs.reduce(0, +)),
      zeroOrders: precisions.indices.filter { precisions[$0].numerator == 0 }.map { $0 + 1 })
  }

  private static func precisions(_ hypothesis: [UInt32], _ references: [[UInt32]]) -> [Precision] {
    (1...order).map { n in
      let runs = NGramCounts(hypothesis, n: n, bits: 32)
      var allowed = NGramCounts([], n: n, bits: 32)
      for reference in references {
        allowed.formMaximum(NGramCounts(reference, n: n, bits: 32))
      }
      return Precision(
        numerator: Double(runs.matches(allowed)), denominator: Double(max(1, runs.total)))
    }
  }

  private static func brevityPenalty(_ length: Int, _ references: [Int]) -> Double {
    let closest = references.min { (abs($0 - length), $0) < (abs($1 - length), $1) } ?? 0
    if length > closest { return 1 }
    return length == 0 ? 0 : exp(1 - Double(closest) / Double(length))
  }

  private func smoothed(_ precisions: [Precision], length: Int) -> [Double] {
    var misses = 0
    return precisions.enumerated().map { index, precision in
      if smoothing == .method2, index > 0 {
        return (precision.numerator + 1) / (precision.denominator + 1)
      }
      guard precision.numerator == 0 else { return precision.numerator / precision.denominator }
      misses += 1
      return instead(ofZero: precision.denominator, misses: misses, length: length)
    }
  }

  /// The precision that stands in for the `misses`-th one without a match.
  private func instead(ofZero denominator: Double, misses: Int, length: Int) -> Double {
    let halved = 1 / Double(sign: .plus, exponent: misses, significand: 1)
    switch smoothing {
    case .method0, .method2: return Double.leastNormalMagnitude
    case .method1: return 0.1 / denominator
    case .method3: return halved / denominator
    case .method4: return length > 1 ? halved * log(Double(length)) / 5 / denominator : 0
    }
  }
}
