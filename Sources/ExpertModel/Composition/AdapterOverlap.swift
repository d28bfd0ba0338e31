package import ExpertPlatform
internal import ExpertTensors

/// What two adapters both change.
package struct AdapterOverlap: Sendable, Hashable {
  /// Layers that both change.
  package var shared: Int
  /// Layers that either changes.
  package var either: Int
  /// The targets of shared layers.
  package var targets: [TargetModule]
  /// The cosine between what both do to the shared layers: 1 where they pull the same way, −1 where
  /// they undo each other, near 0 where they keep out of each other's way. `nil` where methods
  /// differ and there is nothing to compare.
  package var cosine: Double?

  /// The share of the layers of either that both change.
  package var share: Double { either == 0 ? 0 : Double(shared) / Double(either) }

  /// Compares two plain adapters of one base.
  package init(_ a: Adapter, _ b: Adapter) {
    let (first, second) = (Set(a.places), Set(b.places))
    let both = first.intersection(second)
    shared = both.count
    either = first.union(second).count
    let named = Set(both.map(\.target))
    targets = TargetModule.allCases.filter { named.contains($0) }
    var (inner, squareA, squareB) = (0.0, 0.0, 0.0)
    for place in both {
      guard let products = Self.products(a, b, place) else { continue }
      inner += products.inner
      squareA += products.a
      squareB += products.b
    }
    cosine = squareA > 0 && squareB > 0 ? inner / (squareA * squareB).squareRoot() : nil
  }

  /// ⟨ΔA, ΔB⟩, ‖ΔA‖² and ‖ΔB‖² of one layer.
  private static func products(
    _ a: Adapter, _ b: Adapter, _ place: ModulePlace
  ) -> (inner: Double, a: Double, b: Double)? {
    if let x = a.lowRank(place), let y = b.lowRank(place) {
      return (x.inner(y), x.inner(x), y.inner(y))
    }
    guard let x = a.scaling(place), let y = b.scaling(place), x.count == y.count else {
      return nil
    }
    var sums = (inner: 0.0, a: 0.0, b: 0.0)
    for k in 0..<x.count {
      let (p, q) = (Double(x.value[k]) - 1, Double(y.value[k]) - 1)
      sums.inner += p * q
      sums.a += p * p
      sums.b += q * q
    }
    return sums
  }
}

extension LowRankFactors {
  /// ⟨sBA, s'B'A'⟩ = s s' Σ (BᵀB')ᵢⱼ (AA'ᵀ)ᵢⱼ, without either product of full size.
  func inner(_ other: LowRankFactors) -> Double {
    var sum = 0.0
    for i in 0..<rank {
      for j in 0..<other.rank {
        var (left, right): (Double, Double) = (0, 0)
        for place in 0..<outputs {
          left += Double(b[place * rank + i]) * Double(other.b[place * other.rank + j])
        }
        for place in 0..<inputs {
          right += Double(a[i * inputs + place]) * Double(other.a[j * inputs + place])
        }
        sum += left * right
      }
    }
    return sum * Double(scale) * Double(other.scale)
  }
}

/// How much one adapter changes.
package struct AdapterSummary: Sendable, Hashable {
  /// Layers that are changed.
  package var places: Int
  package var targets: [TargetModule]
  package var parameters: Int
  /// ‖ΔW‖ / ‖W‖ over the changed layers of low-rank adapters (Frobenius), without DoRA's
  /// magnitudes.
  package var relativeNorm: Double?
  /// The root mean square of l − 1 (IA³), or of m/n − 1 (DoRA).
  package var scaling: Double?
  /// Vectors of a soft prompt.
  package var promptLength: Int
  /// The prompt's root mean square beside that of the base's embeddings.
  package var relativePrompt: Double?

  /// Measures a plain adapter that is prepared for this base.
  package init(_ adapter: Adapter, on model: BaseModel, pool: ThreadPool) {
    let all = adapter.places
    places = all.count
    let named = Set(all.map(\.target))
    targets = TargetModule.allCases.filter { named.contains($0) }
    parameters = adapter.parameters.reduce(0) { $0 + $1.count }
    promptLength = adapter.promptLength
    relativeNorm = Self.relativeNorm(adapter, all, model, pool)
    scaling = Self.scaling(adapter, all)
    relativePrompt = adapter.prompt.map { Self.relative($0, model) }
  }

  private static func relativeNorm(
    _ adapter: Adapter, _ places: [ModulePlace], _ model: BaseModel, _ pool: ThreadPool
  ) -> Double? {
    let low = places.filter { adapter.lowRank($0) != nil }
    guard !low.isEmpty else { return nil }
    let changes = FloatBuffer(count: low.count)
    let weights = FloatBuffer(count: low.count)
    pool.run(low.count) { number in
      let place = low[number]
      guard let factors = adapter.lowRank(place), let (module, part) = adapter.part(place) else {
        return
      }
      changes.base[number] = Float(factors.inner(factors))
      let matrix = model.layers[place.layer].matrix(of: module.group)
      weights.base[number] = Float(squares(matrix, part.range))
    }
    let (change, weight) = (
      changes.array.reduce(0.0) { $0 + Double($1) }, weights.array.reduce(0.0) { $0 + Double($1) }
    )
    return weight > 0 ? (max(0, change) / weight).squareRoot() : nil
  }

  private static func squares(_ matrix: FrozenMatrix, _ range: Range<Int>) -> Double {
    let row = FloatBuffer(count: matrix.inputs)
    var sum = 0.0
    for output in range {
      matrix.copyFloats(rows: output..<output + 1, to: row.base)
      for k in 0..<matrix.inputs { sum += Double(row.base[k]) * Double(row.base[k]) }
    }
    return sum
  }

  private static func scaling(_ adapter: Adapter, _ places: [ModulePlace]) -> Double? {
    var (sum, count) = (0.0, 0)
    for place in places {
      guard let (module, part) = adapter.part(place) else { continue }
      let factors: Floats
      let length: Int
      if case .scaledInput(let vector) = part.kind {
        (factors, length) = (Floats(vector.value), vector.count)
      } else if let found = part.outputFactors(module) {
        (factors, length) = (found, part.range.count)
      } else {
        continue
      }
      for k in 0..<length { sum += (Double(factors[k]) - 1) * (Double(factors[k]) - 1) }
      count += length
    }
    return count == 0 ? nil : (sum / Double(count)).squareRoot()
  }

  private static func relative(_ prompt: Parameter, _ model: BaseModel) -> Double {
    let rows = min(model.embedding.rows, 4096)
    let sample = FloatBuffer(count: rows * model.embedding.columns)
    model.embedding.copyFloats(rows: 0..<rows, to: sample.base)
    let base = Vectors.shared.sumOfSquares(sample.base, count: sample.count) / Double(sample.count)
    let own = Vectors.shared.sumOfSquares(prompt.value, count: prompt.count) / Double(prompt.count)
    return base > 0 ? (own / base).squareRoot() : 0
  }
}
