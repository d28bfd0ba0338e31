internal import ExpertTensors

/// What several adapters together do to the layers of one group:
///
///     y = c ⊙ Wx + W((g − 1) ⊙ x) + d ⊙ b + Σ wᵢ fᵢ ⊙ sᵢBᵢ(Aᵢx)
///
/// with c = 1 + Σ w (f − 1) over DoRA's f = m/n and IA³'s l, d the same over IA³ alone (DoRA leaves
/// the bias), g = 1 + Σ w (l − 1) over IA³ that scales inputs, and f = 1 for what is no DoRA.
struct GroupComposition: Sendable {
  /// One adapter's low-rank part.
  struct Term: Sendable {
    var module: ModuleAdapter
    var weight: Float
    /// DoRA's f ⊙ B by the number of the part, since its update is scaled with the outputs.
    var scaledB: [Int: FloatBuffer]
  }

  /// A run of outputs with one way to compute its product.
  struct Run: Sendable {
    var range: Range<Int>
    /// g, where inputs are scaled and outputs are not: [in].
    var input: FloatBuffer?
    /// g − 1, where both are scaled: a second product [in].
    var inputChange: FloatBuffer?
  }

  let terms: [Term]
  /// All outputs in order.
  let runs: [Run]
  /// c [out]; `nil` where it is 1 throughout.
  let outputs: FloatBuffer?
  /// d [out]; `nil` where it is 1 throughout.
  let bias: FloatBuffer?

  /// Whether the product cannot be added to what is there already.
  var scales: Bool { outputs != nil || runs.contains { $0.input != nil || $0.inputChange != nil } }

  /// `nil` where no adapter changes the group.
  init?(_ parts: [(module: ModuleAdapter, weight: Float)]) {
    let parts = parts.filter { $0.weight != 0 }
    guard let first = parts.first?.module else { return nil }
    let factors = OutputFactors(parts, count: first.outputs)
    outputs = factors.outputs
    bias = factors.bias
    runs = Self.runs(parts, first, scaledOutputs: factors.ranges)
    terms = parts.filter { $0.module.rank > 0 }.map { module, weight in
      Term(module: module, weight: weight, scaledB: Self.scaledB(module))
    }
  }

  private static func scaledB(_ module: ModuleAdapter) -> [Int: FloatBuffer] {
    var scaled: [Int: FloatBuffer] = [:]
    for (place, part) in module.parts.enumerated() {
      guard case .lowRank(let rows, let b, _, .some) = part.kind,
        let factors = part.outputFactors(module)
      else { continue }
      let buffer = FloatBuffer(count: b.count)
      for row in 0..<part.range.count {
        for k in 0..<rows.count {
          buffer.base[row * rows.count + k] = factors[row] * b.value[row * rows.count + k]
        }
      }
      scaled[place] = buffer
    }
    return scaled
  }

  /// The group's outputs in runs, cut where a target's inputs are scaled.
  private static func runs(
    _ parts: [(module: ModuleAdapter, weight: Float)], _ first: ModuleAdapter,
    scaledOutputs: [Range<Int>]
  ) -> [Run] {
    var changes: [Range<Int>: FloatBuffer] = [:]
    for (module, weight) in parts {
      for part in module.parts {
        guard case .scaledInput(let scaling) = part.kind else { continue }
        let change = changes[part.range] ?? FloatBuffer(count: module.inputs)
        for k in 0..<module.inputs { change.base[k] += weight * (scaling.value[k] - 1) }
        changes[part.range] = change
      }
    }
    var runs: [Run] = []
    var end = 0
    for (range, change) in changes.sorted(by: { $0.key.lowerBound < $1.key.lowerBound }) {
      if range.lowerBound > end { runs.append(Run(range: end..<range.lowerBound)) }
      let isScaled = scaledOutputs.contains { $0.overlaps(range) }
      if !isScaled { for k in 0..<change.count { change.base[k] += 1 } }
      runs.append(
        Run(range: range, input: isScaled ? nil : change, inputChange: isScaled ? change : nil))
      end = range.upperBound
    }
    if end < first.outputs { runs.append(Run(range: end..<first.outputs)) }
    return runs
  }
}

/// c and d of a composition.
private struct OutputFactors {
  var outputs: FloatBuffer?
  var bias: FloatBuffer?
  /// Which outputs are scaled.
  var ranges: [Range<Int>] = []

  init(_ parts: [(module: ModuleAdapter, weight: Float)], count: Int) {
    for (module, weight) in parts {
      for part in module.parts {
        guard let factors = part.outputFactors(module) else { continue }
        ranges.append(part.range)
        let outputs = self.outputs ?? Self.ones(count)
        self.outputs = outputs
        Self.add(factors, weight, part.range, to: outputs)
        // DoRA scales what the weight yields, IA³ what the layer yields.
        guard case .scaledOutput = part.kind else { continue }
        let bias = self.bias ?? Self.ones(count)
        self.bias = bias
        Self.add(factors, weight, part.range, to: bias)
      }
    }
  }

  private static func ones(_ count: Int) -> FloatBuffer {
    let buffer = FloatBuffer(count: count)
    buffer.base.update(repeating: 1, count: count)
    return buffer
  }

  private static func add(
    _ factors: Floats, _ weight: Float, _ range: Range<Int>, to sum: FloatBuffer
  ) {
    for place in range {
      sum.base[place] += weight * (factors[place - range.lowerBound] - 1)
    }
  }
}
