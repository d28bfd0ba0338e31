internal import ExpertPlatform
package import ExpertTensors

extension GroupProduct {
  /// dX (+)= dY W and the adapter's part of it; adds to the gradients of the adapter's parameters.
  ///
  /// x [rows, in] is what `forward` took; dy [rows, out] is changed where outputs are scaled.
  package func backward(
    _ dy: MutableFloats, x: Floats, rows: Int, into dx: MutableFloats, accumulate: Bool = false
  ) {
    precondition(adapter?.composition == nil, "a composition is for inference, not for training")
    guard let adapter, let tape else {
      return matrix.backward(dy, rows: rows, into: dx, accumulate: accumulate, pool: pool)
    }
    unscale(dy, rows: rows, adapter, tape)
    if adapter.scalesInputs {
      backwardScaledInputs(dy, x: x, rows: rows, into: dx, accumulate: accumulate, adapter)
    } else {
      matrix.backward(dy, rows: rows, into: dx, accumulate: accumulate, pool: pool)
    }
    backwardLowRank(dy, x: x, rows: rows, into: dx, adapter, tape)
  }

  /// Gradients of the vectors that scale outputs, and dy of what they scale.
  ///
  /// DoRA's factor is m/n with n held constant, so dm = Σ dy·y'/n.
  private func unscale(
    _ dy: MutableFloats, rows: Int, _ adapter: ModuleAdapter, _ tape: AdapterTape
  ) {
    guard let unscaled = tape.unscaled else { return }
    for part in adapter.parts {
      guard let factors = part.outputFactors(adapter), let vector = part.outputVector else {
        continue
      }
      let norms = part.norms(adapter)
      let width = matrix.outputs
      // Columns in runs of a few cache lines, rows from the first to the last.
      pool.run(part.range.count, grain: 128) { columns in
        let sums = FloatBuffer(count: columns.count)
        let first = part.range.lowerBound + columns.lowerBound
        for row in 0..<rows {
          let (d, y) = (dy + row * width + first, unscaled.base + row * width + first)
          for place in 0..<columns.count {
            sums.base[place] += d[place] * y[place]
            d[place] *= factors[columns.lowerBound + place]
          }
        }
        for (place, column) in columns.enumerated() {
          let sum = sums.base[place]
          vector.gradient[column] += norms.map { sum / $0[column] } ?? sum
        }
      }
    }
  }

  private func backwardScaledInputs(
    _ dy: MutableFloats, x: Floats, rows: Int, into dx: MutableFloats, accumulate: Bool,
    _ adapter: ModuleAdapter
  ) {
    let inputs = matrix.inputs
    if !accumulate { dx.update(repeating: 0, count: rows * inputs) }
    for (range, scaling) in adapter.inputScalings {
      let part = FloatBuffer(count: rows * range.count)
      for row in 0..<rows {
        (part.base + row * range.count).update(
          from: dy + row * matrix.outputs + range.lowerBound, count: range.count)
      }
      let own = FloatBuffer(count: rows * inputs)
      matrix.backward(part.base, rows: rows, range: range, into: own.base, pool: pool)
      pool.run(inputs, grain: 128) { columns in
        let sums = FloatBuffer(count: columns.count)
        for row in 0..<rows {
          let start = row * inputs + columns.lowerBound
          let (d, o, x) = (dx + start, own.base + start, x + start)
          for place in 0..<columns.count {
            sums.base[place] += o[place] * x[place]
            d[place] += o[place] * (scaling?.value[columns.lowerBound + place] ?? 1)
          }
        }
        guard let scaling else { return }
        for (place, column) in columns.enumerated() {
          scaling.gradient[column] += sums.base[place]
        }
      }
    }
  }

  /// dh = s dY B, dB += s dYᵀ h, dA += dhᵀ x, dX += dh A.
  private func backwardLowRank(
    _ dy: MutableFloats, x: Floats, rows: Int, into dx: MutableFloats, _ adapter: ModuleAdapter,
    _ tape: AdapterTape
  ) {
    guard let a = adapter.stackedA, let gradient = adapter.stackedGradient else { return }
    let (rank, inputs, outputs) = (adapter.rank, matrix.inputs, matrix.outputs)
    let inner = FloatBuffer(count: rows * rank)
    let product = LowRankProduct(pool: pool)
    for part in adapter.parts {
      guard case .lowRank(let own, let b, let scale, _) = part.kind else { continue }
      let from = Floats(dy + part.range.lowerBound)
      product.upInputs(
        from, dyStride: outputs, rows: rows, b: b.value, outputs: part.range.count,
        rank: own.count, scale: scale, into: inner.base + own.lowerBound, dhStride: rank)
      product.upWeights(
        from, dyStride: outputs, rows: rows, h: tape.inner.base + own.lowerBound, hStride: rank,
        outputs: part.range.count, rank: own.count, scale: scale, addingTo: b.gradient)
    }
    if adapter.trainsA {
      product.downWeights(
        inner.base, rows: rows, x: tape.dropped.map { Floats($0.base) } ?? x, inputs: inputs,
        rank: rank, addingTo: gradient.base)
    }
    backwardDropout(inner.base, a, rows: rows, into: dx, adapter, tape)
  }

  private func backwardDropout(
    _ inner: MutableFloats, _ a: FloatBuffer, rows: Int, into dx: MutableFloats,
    _ adapter: ModuleAdapter, _ tape: AdapterTape
  ) {
    let inputs = matrix.inputs
    let product = LowRankProduct(pool: pool)
    guard let dropout, tape.dropped != nil else {
      product.downInputs(
        inner, rows: rows, a: a.base, inputs: inputs, rank: adapter.rank, into: dx,
        accumulate: true)
      return
    }
    let own = FloatBuffer(count: rows * inputs)
    product.downInputs(
      inner, rows: rows, a: a.base, inputs: inputs, rank: adapter.rank, into: own.base,
      accumulate: false)
    let (rate, factor) = (adapter.dropout, Float(1 / (1 - adapter.dropout)))
    pool.run(rows * inputs, grain: 65_536) { range in
      for place in range where dropout.keeps(place, rate: rate) {
        dx[place] += own.base[place] * factor
      }
    }
  }
}
