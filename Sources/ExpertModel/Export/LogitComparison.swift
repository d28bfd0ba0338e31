package import ExpertRecord
internal import ExpertTensors
internal import Foundation

/// How far one set of logits is from another over the same tokens.
package struct LogitComparison: Sendable, Hashable {
  /// max|Δ| / max|source|.
  package var difference: Double
  /// The mean of KL(source ‖ other) over all tokens, in nats.
  package var divergence: Double
  /// Mean negative log-likelihood of the prompts' tokens, in nats a token.
  package var sourceNLL: Double
  package var otherNLL: Double
  /// The share of rows where both find the same token likeliest.
  package var agreement: Double
  /// Rows that were compared.
  package var tokens: Int

  /// otherNLL − sourceNLL.
  package var changeOfNLL: Double { otherNLL - sourceNLL }

  package init(source: PromptLogits, other: PromptLogits) {
    precondition(
      source.prompts == other.prompts && source.vocabulary == other.vocabulary,
      "logits of different prompts or vocabularies")
    tokens = source.count
    let size = source.vocabulary
    let targets = source.targets
    var largest: Float = 0
    var apart: Float = 0
    var (divergence, same, scored) = (0.0, 0, 0)
    var (sourceSum, otherSum) = (0.0, 0.0)
    for row in 0..<tokens {
      let a = UnsafeBufferPointer(start: source.rows.base + row * size, count: size)
      let b = UnsafeBufferPointer(start: other.rows.base + row * size, count: size)
      let (one, two) = (LogRow(a), LogRow(b))
      for place in 0..<size {
        largest = max(largest, abs(a[place]))
        let delta = abs(a[place] - b[place])
        // A NaN is further away than anything.
        apart = delta.isNaN ? .infinity : max(apart, delta)
      }
      divergence += one.divergence(from: two)
      same += one.best == two.best ? 1 : 0
      guard let target = targets[row] else { continue }
      sourceSum -= one.logProbability(Int(target))
      otherSum -= two.logProbability(Int(target))
      scored += 1
    }
    difference = Double(apart) / Double(max(largest, 1e-30))
    self.divergence = divergence / Double(max(1, tokens))
    sourceNLL = sourceSum / Double(max(1, scored))
    otherNLL = otherSum / Double(max(1, scored))
    agreement = Double(same) / Double(max(1, tokens))
  }

  /// A small number with two digits: `1.2e-5`.
  package static func short(_ value: Double) -> String { ExportError.short(value) }

  package var json: JSONValue {
    func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
    return [
      "max_difference": number(difference), "kl": number(divergence),
      "nll_source": number(sourceNLL), "nll_result": number(otherNLL),
      "nll_change": number(changeOfNLL), "same_token": number(agreement),
      "tokens": .number(Double(tokens)),
    ]
  }
}

/// One row of logits with its normaliser.
private struct LogRow {
  let logits: UnsafeBufferPointer<Float>
  let best: Int
  let logSum: Double

  init(_ logits: UnsafeBufferPointer<Float>) {
    self.logits = logits
    var best = 0
    for place in logits.indices where logits[place] > logits[best] { best = place }
    self.best = best
    let top = Double(logits[best])
    logSum = top + log(logits.reduce(0.0) { $0 + exp(Double($1) - top) })
  }

  func logProbability(_ token: Int) -> Double { Double(logits[token]) - logSum }

  /// Σ p log(p/q).
  func divergence(from other: LogRow) -> Double {
    logits.indices.reduce(0.0) { sum, token in
      let log = logProbability(token)
      return sum + exp(log) * (log - other.logProbability(token))
    }
  }
}
