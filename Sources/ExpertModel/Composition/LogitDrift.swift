package import ExpertPlatform
internal import ExpertTensors
internal import Foundation

/// How far logits moved from the base's: over the last tokens of some texts.
package struct LogitDrift: Sendable, Hashable {
  /// Tokens that were looked at.
  package var tokens = 0
  /// Mean KL(base ‖ expert) of the next token, in nats.
  package var divergence = 0.0
  /// The largest change of any logit.
  package var largestChange = 0.0
  /// Tokens for which base and expert agree on the likeliest next.
  package var agreements = 0
  /// Logits that are NaN or infinite.
  package var notFinite = 0

  package init() {}

  /// The share of tokens for which both choose the same.
  package var agreement: Double { tokens == 0 ? 1 : Double(agreements) / Double(tokens) }
}

/// What several experts do to the logits of texts, alone and jointly.
package struct JointDrift: Sendable, Hashable {
  /// Each adapter with its weight alone, in order.
  package var alone: [LogitDrift]
  package var joint: LogitDrift
  /// ‖joint − base − Σ (alone − base)‖ / ‖joint − base‖ over all logits: 0 where each expert does
  /// beside the others what it does alone. `nil` where nothing moves.
  package var interaction: Double?
}

/// Measures logits over texts of token ids.
package final class DriftProbe {
  /// Tokens at the end of each text whose logits are compared.
  package static let rows = 32

  private let pass: TextPass
  private let width: Int

  package init(_ model: BaseModel, pool: ThreadPool) {
    pass = TextPass(model, pool: pool)
    width = model.config.vocabularySize
  }

  /// Compares every adapter alone, and all of them together, with the base. Texts without a token
  /// are left out.
  package func drift(
    _ texts: [[Int32]], alone: [Adapter], joint: Adapter
  ) -> JointDrift {
    var sums = [DriftSum](repeating: DriftSum(), count: alone.count)
    var together = DriftSum()
    var (apart, moved) = (0.0, 0.0)
    for ids in texts where !ids.isEmpty {
      let base = pass.logits(of: ids, rows: Self.rows, adapter: nil)
      let own = alone.map { pass.logits(of: ids, rows: Self.rows, adapter: $0) }
      let all = pass.logits(of: ids, rows: Self.rows, adapter: joint)
      for (place, logits) in own.enumerated() { sums[place].add(base, logits, width: width) }
      together.add(base, all, width: width)
      for k in 0..<base.count {
        let change = Double(all.base[k] - base.base[k])
        let expected = own.reduce(0.0) { $0 + Double($1.base[k] - base.base[k]) }
        moved += change * change
        apart += (change - expected) * (change - expected)
      }
    }
    let share = moved > 0 && apart.isFinite ? (apart / moved).squareRoot() : nil
    return JointDrift(alone: sums.map(\.drift), joint: together.drift, interaction: share)
  }
}

/// Sums of one comparison.
private struct DriftSum {
  private var result = LogitDrift()
  private var divergence = 0.0

  var drift: LogitDrift {
    var drift = result
    drift.divergence = result.tokens == 0 ? 0 : divergence / Double(result.tokens)
    return drift
  }

  mutating func add(_ base: FloatBuffer, _ other: FloatBuffer, width: Int) {
    for row in 0..<base.count / width {
      add(
        UnsafeBufferPointer(start: base.base + row * width, count: width),
        UnsafeBufferPointer(start: other.base + row * width, count: width))
    }
  }

  private mutating func add(
    _ base: UnsafeBufferPointer<Float>, _ other: UnsafeBufferPointer<Float>
  ) {
    result.tokens += 1
    let bad = other.count { !$0.isFinite }
    result.notFinite += bad
    guard bad == 0 else { return }
    let (p, q) = (Self.logSum(base), Self.logSum(other))
    if p.place == q.place { result.agreements += 1 }
    for k in base.indices {
      let logP = Double(base[k]) - p.sum
      divergence += exp(logP) * (logP - Double(other[k]) + q.sum)
      result.largestChange = max(result.largestChange, Double(abs(other[k] - base[k])))
    }
  }

  /// ln Σ exp, and where the largest stands.
  private static func logSum(_ row: UnsafeBufferPointer<Float>) -> (sum: Double, place: Int) {
    var place = 0
    for k in row.indices where row[k] > row[place] { place = k }
    let most = Double(row[place])
    return (most + log(row.reduce(0) { $0 + exp(Double($1) - most) }), place)
  }
}
