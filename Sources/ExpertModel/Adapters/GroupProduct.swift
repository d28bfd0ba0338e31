package import ExpertPlatform
package import ExpertTensors

/// The product of one group of linear layers with what its adapter adds: the frozen weight, bias,
/// adapter, forward beside backward.
package struct GroupProduct {
  package let matrix: FrozenMatrix
  package let bias: FloatBuffer?
  package let adapter: ModuleAdapter?
  /// Where the forward pass leaves what the backward pass needs.
  package let tape: AdapterTape?
  /// Which inputs are dropped; `nil` outside training.
  package let dropout: DropoutKey?
  package let pool: ThreadPool

  package init(
    _ matrix: FrozenMatrix, bias: FloatBuffer? = nil, adapter: ModuleAdapter? = nil,
    tape: AdapterTape? = nil, dropout: DropoutKey? = nil, pool: ThreadPool
  ) {
    self.matrix = matrix
    self.bias = bias
    self.adapter = adapter
    self.tape = tape
    self.dropout = dropout
    self.pool = pool
  }

  private var outputs: Int { matrix.outputs }
  private var inputs: Int { matrix.inputs }

  /// y (+)= Wx + b with the adapter's part; x [rows, in], y [rows, out].
  package func forward(
    _ x: Floats, rows: Int, into y: MutableFloats, accumulate: Bool = false
  ) {
    guard let adapter else {
      matrix.forward(x, rows: rows, into: y, accumulate: accumulate, pool: pool)
      return addBias(to: y, rows: rows)
    }
    if let composition = adapter.composition {
      return forward(composition, x, rows: rows, into: y, accumulate: accumulate)
    }
    let tape = tape ?? AdapterTape(adapter, tokens: rows, training: false)
    let scales = adapter.parts.contains(where: \.scalesOutput)
    guard scales && accumulate else {
      fill(y, from: x, rows: rows, accumulate: accumulate, adapter, tape)
      return
    }
    let own = FloatBuffer(count: rows * outputs)
    fill(own.base, from: x, rows: rows, accumulate: false, adapter, tape)
    Vectors(pool: pool).add(y, own.base, into: y, count: own.count)
  }

  private func fill(
    _ y: MutableFloats, from x: Floats, rows: Int, accumulate: Bool, _ adapter: ModuleAdapter,
    _ tape: AdapterTape
  ) {
    multiply(x, rows: rows, into: y, accumulate: accumulate, adapter)
    addLowRank(x, rows: rows, to: y, adapter, tape)
    // IA³ scales what the whole layer yields, DoRA what its weight yields.
    let decomposed = adapter.isDecomposed
    if !decomposed { addBias(to: y, rows: rows) }
    scale(y, rows: rows, adapter, tape)
    if decomposed { addBias(to: y, rows: rows) }
  }

  /// The frozen product; where IA³ scales inputs, of the scaled inputs.
  private func multiply(
    _ x: Floats, rows: Int, into y: MutableFloats, accumulate: Bool, _ adapter: ModuleAdapter
  ) {
    guard adapter.scalesInputs else {
      return matrix.forward(x, rows: rows, into: y, accumulate: accumulate, pool: pool)
    }
    for (range, scaling) in adapter.inputScalings {
      let input = scaling.map { scaled(x, by: $0, rows: rows) }
      let part = FloatBuffer(count: rows * range.count)
      matrix.forward(
        input.map { Floats($0.base) } ?? x, rows: rows, range: range, into: part.base, pool: pool)
      for row in 0..<rows {
        let to = y + row * outputs + range.lowerBound
        let from = part.base + row * range.count
        for place in 0..<range.count {
          to[place] = accumulate ? to[place] + from[place] : from[place]
        }
      }
    }
  }

  private func scaled(_ x: Floats, by scaling: Parameter, rows: Int) -> FloatBuffer {
    let result = FloatBuffer(count: rows * inputs)
    pool.run(rows, grain: 8) { range in
      for row in range {
        for k in 0..<inputs {
          result.base[row * inputs + k] = x[row * inputs + k] * scaling.value[k]
        }
      }
    }
    return result
  }

  private func addLowRank(
    _ x: Floats, rows: Int, to y: MutableFloats, _ adapter: ModuleAdapter, _ tape: AdapterTape
  ) {
    guard let a = adapter.stackedA else { return }
    let input = drop(x, rows: rows, adapter, tape)
    let product = LowRankProduct(pool: pool)
    product.down(
      input, rows: rows, inputs: inputs, a: a.base, rank: adapter.rank, into: tape.inner.base)
    for part in adapter.parts {
      guard case .lowRank(let inner, let b, let scale, _) = part.kind else { continue }
      product.up(
        tape.inner.base + inner.lowerBound, hStride: adapter.rank, rows: rows, b: b.value,
        outputs: part.range.count, rank: inner.count, scale: scale,
        addingTo: y + part.range.lowerBound, yStride: outputs)
    }
  }

  /// The inputs of A: x, or in training what dropout leaves of it, scaled up to the same mean.
  private func drop(
    _ x: Floats, rows: Int, _ adapter: ModuleAdapter, _ tape: AdapterTape
  ) -> Floats {
    guard let dropout, let dropped = tape.dropped else { return x }
    let (rate, factor) = (adapter.dropout, Float(1 / (1 - adapter.dropout)))
    pool.run(rows * inputs, grain: 65_536) { range in
      for place in range {
        dropped.base[place] = dropout.keeps(place, rate: rate) ? x[place] * factor : 0
      }
    }
    return Floats(dropped.base)
  }

  private func scale(
    _ y: MutableFloats, rows: Int, _ adapter: ModuleAdapter, _ tape: AdapterTape
  ) {
    for part in adapter.parts {
      guard let factors = part.outputFactors(adapter) else { continue }
      pool.run(rows, grain: 8) { range in
        for row in range {
          let start = row * outputs + part.range.lowerBound
          for place in 0..<part.range.count {
            tape.unscaled?.base[start + place] = y[start + place]
            y[start + place] *= factors[place]
          }
        }
      }
    }
  }

  /// y += b, or d ⊙ b with factors d [out].
  func addBias(to y: MutableFloats, rows: Int, factors: FloatBuffer? = nil) {
    guard let bias else { return }
    pool.run(rows, grain: max(1, 16_384 / outputs)) { range in
      for row in range {
        for place in 0..<outputs {
          y[row * outputs + place] += bias.base[place] * (factors?.base[place] ?? 1)
        }
      }
    }
  }
}
