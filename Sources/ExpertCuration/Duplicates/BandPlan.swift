/// How the 128 MinHash values are cut into bands, and how many bands must agree before two rows are
/// compared exactly.
///
/// With Jaccard similarity J, one band of r values agrees with probability J^r (Broder 1997; Leskovec,
/// Rajaraman, Ullman: "Mining of Massive Datasets", chapter 3), so the number of agreeing bands is
/// binomial and recall at the threshold can be computed: `recall(at:)`.
package struct BandPlan: Sendable, Hashable {
  /// Number of bands.
  package var bands: Int
  /// Signature values in a band.
  package var rows: Int
  /// Bands that must agree before two rows are compared. More than one spares the comparisons of
  /// rows that merely share a template.
  package var required: Int

  package init(bands: Int, rows: Int, required: Int = 1) {
    self.bands = bands
    self.rows = rows
    self.required = required
  }

  /// The plan for a threshold: 25×5 from 0.75 on; below, more and shorter bands, because 25×5 would
  /// find only 55 % of the pairs at 0.5. `required` is the greatest number that loses at most 0.2 %
  /// of the pairs just at the threshold.
  package init(threshold: Double) {
    switch threshold {
    case 0.75...: self.init(bands: 25, rows: 5)
    case 0.65...: self.init(bands: 32, rows: 4)
    default: self.init(bands: 42, rows: 3)
    }
    while recall(at: threshold, required: required + 1) >= 0.998 { required += 1 }
  }

  /// The share of pairs of this similarity that get compared.
  package func recall(at similarity: Double) -> Double {
    recall(at: similarity, required: required)
  }

  private func recall(at similarity: Double, required: Int) -> Double {
    guard required <= bands else { return 0 }
    var agree = 1.0
    for _ in 0..<rows { agree *= similarity }
    guard agree < 1 else { return 1 }
    // The binomial probabilities of 0, 1, … agreeing bands, each from the one before.
    var term = 1.0
    for _ in 0..<bands { term *= 1 - agree }
    var missed = 0.0
    for k in 0..<required {
      missed += term
      term *= Double(bands - k) / Double(k + 1) * agree / (1 - agree)
    }
    return 1 - missed
  }
}
