/// What one metric needs to know of each example to score any selection of them: the bootstrap
/// draws thousands of selections, and none of them reads a text again.
package struct ScoreColumn: Sendable, Hashable {
  /// The examples' own scores; `nil` where an example lacks what the metric needs.
  package let examples: [Double?]
  private let parts: Parts

  private enum Parts: Sendable, Hashable {
    case mean
    case bleu(BLEU, [BLEU.Statistics?])
    case chrF(ChrF, [ChrF.Statistics?])
    case labels(weighted: Bool, LabelPairs)
    case perplexity([Surprise?])
  }

  private struct Surprise: Sendable, Hashable {
    var nll: Double
    var tokens: Int
  }

  /// Reads every prediction once.
  package init(_ metric: Metric, _ predictions: [Prediction]) {
    examples = predictions.map { metric.score($0) }
    switch metric {
    case .bleu(let bleu):
      parts = .bleu(bleu, predictions.map { Self.known($0) { bleu.statistics($0, $1) } })
    case .chrF(let chrF):
      parts = .chrF(chrF, predictions.map { Self.known($0) { chrF.statistics($0, $1) } })
    case .macroF1: parts = .labels(weighted: false, LabelPairs(predictions))
    case .weightedF1: parts = .labels(weighted: true, LabelPairs(predictions))
    case .perplexity:
      parts = .perplexity(
        predictions.map { prediction in
          guard let nll = prediction.nll, let tokens = prediction.tokens else { return nil }
          return Surprise(nll: nll, tokens: tokens)
        })
    default: parts = .mean
    }
  }

  /// Scores whose mean is the score of a selection.
  package init(means: [Double?]) {
    examples = means
    parts = .mean
  }

  private static func known<T>(_ prediction: Prediction, _ body: (String, [String]) -> T) -> T? {
    prediction.references.isEmpty ? nil : body(prediction.text, prediction.references)
  }

  /// The examples that have a score.
  package var scored: [Int] { examples.indices.filter { examples[$0] != nil } }

  /// The score of all examples.
  package var score: Double? { score(of: scored) }

  /// The score of a selection, in which an example may stand several times; `nil` for none.
  package func score(of selection: [Int]) -> Double? {
    switch parts {
    case .mean:
      let known = selection.compactMap { examples[$0] }
      return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    case .bleu(let bleu, let all):
      return Self.sum(all, selection, +=).map(bleu.score)
    case .chrF(let chrF, let all):
      return Self.sum(all, selection, +=).map(chrF.score)
    case .labels(let weighted, let pairs): return pairs.f1(selection, weighted: weighted)
    case .perplexity(let all):
      var sum = Perplexity()
      for surprise in selection.compactMap({ all[$0] }) {
        sum.add(nll: surprise.nll, tokens: surprise.tokens)
      }
      return sum.value
    }
  }

  private static func sum<T>(
    _ all: [T?], _ selection: [Int], _ add: (inout T, T) -> Void
  ) -> T? {
    guard let start = selection.firstIndex(where: { all[$0] != nil }),
      var sum = all[selection[start]]
    else { return nil }
    for place in selection[(start + 1)...] {
      if let part = all[place] { add(&sum, part) }
    }
    return sum
  }
}

/// Labels as numbers, so that F1 of a selection is counting.
private struct LabelPairs: Sendable, Hashable {
  private var pairs: [(predicted: Int, expected: Int)?]
  private var count: Int

  init(_ predictions: [Prediction]) {
    var numbers: [[UInt8]: Int] = [:]
    func number(_ text: String) -> Int {
      let key = Array(TextRules.trimmed(text).utf8)
      let next = numbers.count
      let number = numbers[key] ?? next
      numbers[key] = number
      return number
    }
    pairs = predictions.map { prediction in
      prediction.references.first.map { (number(prediction.text), number($0)) }
    }
    count = numbers.count
  }

  /// As `Classification` computes it, over the labels of the selection.
  func f1(_ selection: [Int], weighted: Bool) -> Double? {
    var (right, predicted, expected) = (
      [Int](repeating: 0, count: count), [Int](repeating: 0, count: count),
      [Int](repeating: 0, count: count)
    )
    for pair in selection.compactMap({ pairs[$0] }) {
      predicted[pair.predicted] += 1
      expected[pair.expected] += 1
      if pair.predicted == pair.expected { right[pair.expected] += 1 }
    }
    var (sum, weight) = (0.0, 0.0)
    for label in 0..<count where predicted[label] + expected[label] > 0 {
      let own = weighted ? Double(expected[label]) : 1
      sum += own * Double(2 * right[label]) / Double(predicted[label] + expected[label])
      weight += own
    }
    return weight > 0 ? sum / weight : nil
  }

  static func == (a: LabelPairs, b: LabelPairs) -> Bool {
    a.count == b.count
      && a.pairs.elementsEqual(b.pairs) {
        $0?.predicted == $1?.predicted && $0?.expected == $1?.expected
      }
  }

  func hash(into hasher: inout Hasher) { hasher.combine(count) }
}
