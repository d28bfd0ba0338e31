/// What a score that divides by zero becomes: scikit-learn's `zero_division`.
package enum ZeroDivision: Sendable, Hashable {
  case zero
  case one
  /// No value; means leave it out.
  case none

  fileprivate var value: Double? {
    switch self {
    case .zero: 0
    case .one: 1
    case .none: nil
    }
  }
}

/// Precision, recall and F1 of labels, as scikit-learn computes them.
///
/// Labels are equal when their bytes are. The labels are those that stand in references or
/// predictions, unless a list is given; a predicted label that no reference has counts in the macro
/// mean with an F1 of zero and has no weight in the weighted one.
package struct Classification: Sendable, Hashable {
  package struct Label: Sendable, Hashable {
    package var name: String
    package var precision: Double?
    package var recall: Double?
    package var f1: Double?
    /// References with this label.
    package var support: Int
  }

  /// Per label, in the order of their bytes, or in the given one.
  package let labels: [Label]
  /// The share of right predictions.
  package let accuracy: Double
  package let macroF1: Double?
  package let weightedF1: Double?

  /// Compares as many predictions as references; `nil` where there are none.
  package init?(
    predictions: [String], references: [String], labels: [String]? = nil,
    zeroDivision: ZeroDivision = .zero
  ) {
    guard !references.isEmpty, predictions.count == references.count else { return nil }
    let counts = LabelCounts(predictions, references)
    let names = labels ?? counts.names
    self.labels = names.map { counts.label($0, zeroDivision) }
    accuracy = Double(counts.right) / Double(references.count)
    macroF1 = Self.mean(self.labels.map { ($0.f1, 1) })
    weightedF1 = Self.mean(self.labels.map { ($0.f1, Double($0.support)) })
  }

  /// The weighted mean of the values there are; the plain one where no value has weight.
  private static func mean(_ values: [(Double?, Double)]) -> Double? {
    let known = values.compactMap { value, weight in value.map { ($0, weight) } }
    guard !known.isEmpty else { return nil }
    let weight = known.reduce(0) { $0 + $1.1 }
    guard weight > 0 else { return known.reduce(0) { $0 + $1.0 } / Double(known.count) }
    return known.reduce(0) { $0 + $1.0 * $1.1 } / weight
  }
}

/// How often each label was right, predicted and expected.
private struct LabelCounts {
  private var hitsByLabel: [[UInt8]: Int] = [:]
  private var predicted: [[UInt8]: Int] = [:]
  private var expected: [[UInt8]: Int] = [:]
  private(set) var right = 0

  init(_ predictions: [String], _ references: [String]) {
    for (prediction, reference) in zip(predictions, references) {
      let (found, wanted) = (Array(prediction.utf8), Array(reference.utf8))
      predicted[found, default: 0] += 1
      expected[wanted, default: 0] += 1
      guard found == wanted else { continue }
      hitsByLabel[found, default: 0] += 1
      right += 1
    }
  }

  /// Every label, by its bytes.
  var names: [String] {
    Set(predicted.keys).union(expected.keys)
      .sorted { $0.lexicographicallyPrecedes($1) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  func label(_ name: String, _ zeroDivision: ZeroDivision) -> Classification.Label {
    let key = Array(name.utf8)
    let hits = hitsByLabel[key] ?? 0
    let (found, wanted) = (predicted[key] ?? 0, expected[key] ?? 0)
    func ratio(_ part: Int, _ whole: Int) -> Double? {
      whole > 0 ? Double(part) / Double(whole) : zeroDivision.value
    }
    return Classification.Label(
      name: name, precision: ratio(hits, found), recall: ratio(hits, wanted),
      f1: ratio(2 * hits, found + wanted), support: wanted)
  }
}
