internal import ExpertPlatform
internal import ExpertTensors

extension GroupProduct {
  /// y (+)= the layer with all adapters of a composition; x [rows, in], y [rows, out].
  func forward(
    _ composition: GroupComposition, _ x: Floats, rows: Int, into y: MutableFloats,
    accumulate: Bool
  ) {
    guard accumulate && composition.scales else {
      return fill(y, composition, x, rows: rows, accumulate: accumulate)
    }
    let own = FloatBuffer(count: rows * matrix.outputs)
    fill(own.base, composition, x, rows: rows, accumulate: false)
    Vectors(pool: pool).add(y, own.base, into: y, count: own.count)
  }

  private func fill(
    _ y: MutableFloats, _ composition: GroupComposition, _ x: Floats, rows: Int, accumulate: Bool
  ) {
    if composition.runs.allSatisfy({ $0.input == nil }) {
      matrix.forward(x, rows: rows, into: y, accumulate: accumulate, pool: pool)
    } else {
      for run in composition.runs { multiply(run, x, rows: rows, into: y) }
    }
    if let factors = composition.outputs { scale(y, rows: rows, by: factors) }
    for run in composition.runs {
      guard let change = run.inputChange else { continue }
      add(run.range, scaled(x, by: change, rows: rows).base, rows: rows, to: y)
    }
    for term in composition.terms { add(term, x, rows: rows, to: y) }
    addBias(to: y, rows: rows, factors: composition.bias)
  }

  /// One run of the outputs, of the scaled inputs where they are scaled.
  private func multiply(
    _ run: GroupComposition.Run, _ x: Floats, rows: Int, into y: MutableFloats
  ) {
    let input = run.input.map { scaled(x, by: $0, rows: rows) }
    let part = FloatBuffer(count: rows * run.range.count)
    matrix.forward(
      input.map { Floats($0.base) } ?? x, rows: rows, range: run.range, into: part.base,
      pool: pool)
    for row in 0..<rows {
      (y + row * matrix.outputs + run.range.lowerBound).update(
        from: part.base + row * run.range.count, count: run.range.count)
    }
  }

  private func add(_ range: Range<Int>, _ x: Floats, rows: Int, to y: MutableFloats) {
    let part = FloatBuffer(count: rows * range.count)
    matrix.forward(x, rows: rows, range: range, into: part.base, pool: pool)
    for row in 0..<rows {
      let to = y + row * matrix.outputs + range.lowerBound
      let from = part.base + row * range.count
      for place in 0..<range.count { to[place] += from[place] }
    }
  }

  private func scaled(_ x: Floats, by factors: FloatBuffer, rows: Int) -> FloatBuffer {
    let result = FloatBuffer(count: rows * matrix.inputs)
    pool.run(rows, grain: 8) { range in
      for row in range {
        for k in 0..<matrix.inputs {
          result.base[row * matrix.inputs + k] = x[row * matrix.inputs + k] * factors.base[k]
        }
      }
    }
    return result
  }

  private func scale(_ y: MutableFloats, rows: Int, by factors: FloatBuffer) {
    pool.run(rows, grain: 8) { range in
      for row in range {
        for place in 0..<matrix.outputs {
          y[row * matrix.outputs + place] *= factors.base[place]
        }
      }
    }
  }

  private func add(
    _ term: GroupComposition.Term, _ x: Floats, rows: Int, to y: MutableFloats
  ) {
    guard let a = term.module.stackedA else { return }
    let (rank, inputs) = (term.module.rank, matrix.inputs)
    let inner = FloatBuffer(count: rows * rank)
    DenseProduct.multiply(
      m: rows, n: rank, k: inputs, x, lda: inputs, a.base, ldb: inputs, transposeB: true,
      inner.base, ldc: rank, pool: pool)
    for (number, part) in term.module.parts.enumerated() {
      guard case .lowRank(let own, let b, let scale, _) = part.kind else { continue }
      let right = term.scaledB[number].map { Floats($0.base) } ?? Floats(b.value)
      DenseProduct.multiply(
        m: rows, n: part.range.count, k: own.count, alpha: term.weight * scale,
        inner.base + own.lowerBound, lda: rank, right, ldb: own.count, transposeB: true, beta: 1,
        y + part.range.lowerBound, ldc: matrix.outputs, pool: pool)
    }
  }
}
