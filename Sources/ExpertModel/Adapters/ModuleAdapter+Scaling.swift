package import ExpertPlatform
package import ExpertTensors

extension ModuleAdapter {
  /// Whether a trained vector scales what some target takes.
  var scalesInputs: Bool {
    parts.contains { if case .scaledInput = $0.kind { true } else { false } }
  }

  /// Whether the targets are DoRA's.
  var isDecomposed: Bool {
    parts.contains { if case .lowRank(_, _, _, .some) = $0.kind { true } else { false } }
  }

  /// All outputs of the group in ranges, with the vector that scales the inputs of each.
  var inputScalings: [(range: Range<Int>, scaling: Parameter?)] {
    var ranges: [(range: Range<Int>, scaling: Parameter?)] = []
    var end = 0
    for part in parts {
      guard case .scaledInput(let scaling) = part.kind else { continue }
      if part.range.lowerBound > end { ranges.append((end..<part.range.lowerBound, nil)) }
      ranges.append((part.range, scaling))
      end = part.range.upperBound
    }
    if end < outputs { ranges.append((end..<outputs, nil)) }
    return ranges
  }

  /// Computes what DoRA divides by, the norm of each row of W + sBA, from the rows' own norms:
  /// ‖W‖² + 2s·(WAᵀ)·B + s²·(BAAᵀ)·B row by row. Once after loading and after every step.
  package func updateNorms(_ matrix: FrozenMatrix, pool: ThreadPool) {
    guard let norms, let baseSquares, let a = stackedA else { return }
    for part in parts {
      guard case .lowRank(let rows, let b, let scale, let magnitude?) = part.kind else { continue }
      let (r, outputs) = (rows.count, part.range.count)
      let own = a.base + rows.lowerBound * inputs
      // WAᵀ comes out as its transpose [r, out].
      let crossed = FloatBuffer(count: r * outputs)
      matrix.forward(own, rows: r, range: part.range, into: crossed.base, pool: pool)
      let square = FloatBuffer(count: r * r)
      DenseProduct.multiply(
        m: r, n: r, k: inputs, own, lda: inputs, own, ldb: inputs, transposeB: true, square.base,
        ldc: r, pool: pool)
      let mixed = FloatBuffer(count: outputs * r)
      DenseProduct.multiply(
        m: outputs, n: r, k: r, b.value, lda: r, square.base, ldb: r, mixed.base, ldc: r,
        pool: pool)
      let s = Double(scale)
      pool.run(outputs, grain: 256) { range in
        for row in range {
          var (cross, own) = (0.0, 0.0)
          for k in 0..<r {
            let value = Double(b.value[row * r + k])
            cross += Double(crossed.base[k * outputs + row]) * value
            own += Double(mixed.base[row * r + k]) * value
          }
          let place = part.range.lowerBound + row
          let sum = Double(baseSquares.base[place]) + 2 * s * cross + s * s * own
          norms.base[place] = Float(max(sum, 1e-30).squareRoot())
          factors?.base[place] = magnitude.value[row] / norms.base[place]
        }
      }
    }
  }

  /// Takes the squared norms of the base's rows, [out]; with `start` magnitudes become the norms.
  func prepareNorms(
    _ matrix: FrozenMatrix, squares: () -> FloatBuffer, start: Bool, pool: ThreadPool
  ) {
    guard let baseSquares else { return }
    baseSquares.base.update(from: squares().base, count: outputs)
    if start {
      for part in parts {
        guard case .lowRank(_, _, _, let magnitude?) = part.kind else { continue }
        for row in 0..<part.range.count {
          magnitude.value[row] = baseSquares.base[part.range.lowerBound + row].squareRoot()
        }
      }
    }
    updateNorms(matrix, pool: pool)
  }
}

extension ModuleAdapter.Part {
  /// The vector that scales the outputs.
  var outputVector: Parameter? {
    switch kind {
    case .lowRank(_, _, _, let magnitude): magnitude
    case .scaledOutput(let scaling): scaling
    case .scaledInput: nil
    }
  }

  /// What each output is multiplied by: IA³'s vector, or DoRA's m/n.
  func outputFactors(_ adapter: ModuleAdapter) -> Floats? {
    switch kind {
    case .lowRank(_, _, _, .some): adapter.factors.map { Floats($0.base + range.lowerBound) }
    case .scaledOutput(let scaling): Floats(scaling.value)
    case .lowRank, .scaledInput: nil
    }
  }

  /// DoRA's n.
  func norms(_ adapter: ModuleAdapter) -> Floats? {
    guard case .lowRank(_, _, _, .some) = kind else { return nil }
    return adapter.norms.map { Floats($0.base + range.lowerBound) }
  }
}
