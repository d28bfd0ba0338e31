package import ExpertPlatform
internal import ExpertTensors

/// The weights of a base with an adapter folded in, computed row by row in fp32 as they are asked
/// for: nothing but the rows under way is in memory.
///
/// LoRA, rsLoRA and LoRA-FA: W + sBA. DoRA: m ⊙ (W + sBA) / ‖W + sBA‖ by rows. IA³: l ⊙ W and
/// l ⊙ b, or W ⊙ l by columns for feed-forward targets (the merges of PEFT).
package struct MergedWeights {
  package let files: ModelFiles
  package let adapter: Adapter
  package let pool: ThreadPool

  /// `format` names in an error what a soft prompt cannot become.
  package init(
    _ files: ModelFiles, _ adapter: Adapter, format: String, pool: ThreadPool
  ) throws(ExportError) {
    guard adapter.prompt == nil else { throw .softPrompt(format: format) }
    self.files = files
    self.adapter = adapter
    self.pool = pool
  }

  /// Writes rows of a tensor, in Hugging Face's order, `columns` floats a row; a vector is one row.
  package func copyRows(
    of name: String, _ rows: Range<Int>, to out: UnsafeMutablePointer<Float>
  ) throws {
    let view = try files.tensor(name)
    let columns = view.columns
    pool.run(rows.count, grain: 16) { part in
      let start = rows.lowerBound + part.lowerBound
      view.copyFloats(rows: start..<start + part.count, to: out + part.lowerBound * columns)
    }
    if let place = AdaptedTensor(name), let (module, part) = find(place) {
      if place.isBias {
        addToBias(part, count: columns, out)
      } else {
        fold(module, part, rows, columns, into: out)
      }
    }
    guard Vectors(pool: pool).allFinite(out, count: rows.count * columns) else {
      throw ExportError.notFinite(tensor: name)
    }
  }

  private func find(_ place: AdaptedTensor) -> (ModuleAdapter, ModuleAdapter.Part)? {
    guard adapter.modules.indices.contains(place.layer) else { return nil }
    for module in adapter.modules[place.layer].values {
      if let part = module.parts.first(where: { $0.target == place.target }) {
        return (module, part)
      }
    }
    return nil
  }

  /// IA³ scales what the whole layer yields, its bias too; the others leave the bias alone.
  private func addToBias(
    _ part: ModuleAdapter.Part, count: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    guard case .scaledOutput(let scaling) = part.kind else { return }
    for place in 0..<count { out[place] *= scaling.value[place] }
  }

  private func fold(
    _ module: ModuleAdapter, _ part: ModuleAdapter.Part, _ rows: Range<Int>, _ columns: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    switch part.kind {
    case .lowRank(let inner, let b, let scale, let magnitude):
      guard let a = module.stackedA else { return }
      DenseProduct.multiply(
        m: rows.count, n: columns, k: inner.count, alpha: scale,
        b.value + rows.lowerBound * inner.count, lda: inner.count,
        a.base + inner.lowerBound * columns, ldb: columns, beta: 1, out, ldc: columns, pool: pool)
      if let magnitude { normalize(out, rows, columns, magnitude) }
    case .scaledOutput(let scaling):
      pool.run(rows.count, grain: 16) { range in
        for row in range {
          let factor = scaling.value[rows.lowerBound + row]
          for k in 0..<columns { out[row * columns + k] *= factor }
        }
      }
    case .scaledInput(let scaling):
      pool.run(rows.count, grain: 16) { range in
        for row in range {
          for k in 0..<columns { out[row * columns + k] *= scaling.value[k] }
        }
      }
    }
  }

  /// Gives each row DoRA's magnitude.
  private func normalize(
    _ out: UnsafeMutablePointer<Float>, _ rows: Range<Int>, _ columns: Int, _ magnitude: Parameter
  ) {
    pool.run(rows.count, grain: 16) { range in
      for row in range {
        let values = out + row * columns
        var squares = 0.0
        for k in 0..<columns { squares += Double(values[k]) * Double(values[k]) }
        let norm = max(squares, 1e-30).squareRoot()
        let factor = Float(Double(magnitude.value[rows.lowerBound + row]) / norm)
        for k in 0..<columns { values[k] *= factor }
      }
    }
  }
}

/// A tensor of a linear layer that adapters attach to, by its name.
private struct AdaptedTensor {
  let layer: Int
  let target: TargetModule
  let isBias: Bool

  init?(_ name: String) {
    let parts = name.split(separator: ".")
    guard parts.count == 6, parts[1] == "layers", let layer = Int(parts[2]),
      let target = TargetModule(rawValue: String(parts[4])),
      parts[5] == "bias" || parts[5] == "weight"
    else { return nil }
    self.layer = layer
    self.target = target
    isBias = parts[5] == "bias"
  }
}
