package import ExpertTensors

/// The rows of a batch whose states the objective reads, behind the last norm.
package final class SupervisedRows {
  /// Rows of the batch; one that predicts two targets stands twice.
  package let rows: [Int]
  /// Their states behind the last norm: [R, C].
  package let normed: FloatBuffer
  private let raw: FloatBuffer
  private let inverse: FloatBuffer
  private let pass: TrainingPass

  /// Reads rows of a pass that went forward.
  package init(_ rows: [Int], of pass: TrainingPass) {
    self.rows = rows
    self.pass = pass
    let width = pass.model.config.hiddenSize
    raw = FloatBuffer(count: rows.count * width)
    normed = FloatBuffer(count: rows.count * width)
    inverse = FloatBuffer(count: rows.count)
    for (place, row) in rows.enumerated() {
      (raw.base + place * width).update(from: pass.states.base + row * width, count: width)
    }
    norm.forward(
      raw.base, weight: pass.model.finalNorm.base, tokens: rows.count, into: normed.base,
      inverse: inverse.base, pool: pass.pool)
  }

  private var norm: RMSNorm {
    RMSNorm(width: pass.model.config.hiddenSize, epsilon: pass.model.config.normEpsilon)
  }

  /// Goes back through the whole model; `gradient` [R, C] is that of `normed`.
  package func backward(_ gradient: Floats) {
    let width = pass.model.config.hiddenSize
    norm.backward(
      gradient, x: raw.base, weight: pass.model.finalNorm.base, inverse: inverse.base,
      tokens: rows.count, into: normed.base, pool: pass.pool)
    let whole = FloatBuffer(count: pass.tokens.count * width)
    for (place, row) in rows.enumerated() {
      let (to, from) = (whole.base + row * width, normed.base + place * width)
      for k in 0..<width { to[k] += from[k] }
    }
    pass.backward(whole.base)
  }
}
