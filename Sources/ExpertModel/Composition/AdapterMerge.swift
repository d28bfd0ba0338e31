package import ExpertPlatform
internal import ExpertTensors

/// Merges adapters into one that needs no others, with the semantics of PEFT's
/// `add_weighted_adapter`.
///
/// A merged LoRA has alpha = r for every target, so that its scale is 1: scales and weights are in
/// its tensors. PEFT keeps rsLoRA's flag from the first adapter, which would scale them once more;
/// here it is off. `cat` and `svd` merge what the adapters do; the others merge their tensors.
package struct AdapterMerge: Sendable {
  package var method: MergeMethod
  /// The share of values that pruning keeps.
  package var density: Double
  package var sign: MajoritySign
  /// The rank of `svd`; `nil`: the largest of the adapters.
  package var rank: Int?
  /// Seeds what DARE draws.
  package var seed: UInt64

  package init(
    _ method: MergeMethod, density: Double = 0.5, sign: MajoritySign = .total, rank: Int? = nil,
    seed: UInt64 = 0
  ) {
    self.method = method
    self.density = density
    self.sign = sign
    self.rank = rank
    self.seed = seed
  }

  /// A merged adapter, and what its maker should know.
  package struct Result: Sendable {
    package var adapter: Adapter
    package var notes: [String]
  }

  /// Merges plain adapters of one kind.
  package func merge(
    _ parts: [WeightedAdapter], pool: ThreadPool
  ) throws(CompositionError) -> Result {
    guard let first = parts.first else { throw .empty }
    for part in parts where !part.weight.isFinite {
      throw .badWeight(name: part.name, weight: part.weight)
    }
    for part in parts where part.adapter.model != first.adapter.model {
      throw .otherShape(name: part.name, other: first.name)
    }
    guard !method.prunes || (density > 0 && density <= 1) else { throw .badDensity(density) }
    if let rank, !(1...4096).contains(rank) { throw .badRank(rank) }
    for part in parts where !part.adapter.composition.isEmpty {
      throw refused(part, "it is a composition; name its parts")
    }
    switch first.adapter.config.method {
    case .lora: return try LowRankMerge(self, parts).run(pool)
    case .ia3: return try mergeScalings(parts)
    case .promptTuning: return try mergePrompts(parts)
    }
  }

  func refused(_ part: WeightedAdapter, _ reason: String) -> CompositionError {
    .cannotMerge(name: part.name, method: method.rawValue, reason: reason)
  }

  /// IA³: l = Σ w l over the adapters that have the target, as PEFT does.
  private func mergeScalings(_ parts: [WeightedAdapter]) throws(CompositionError) -> Result {
    var targets: Set<TargetModule> = []
    var inputs: Set<TargetModule> = []
    var outputs: Set<TargetModule> = []
    for part in parts {
      guard case .ia3(let feedForward) = part.adapter.config.method else {
        throw refused(part, "the others are IA³, whose vectors only IA³ has")
      }
      guard method == .linear else {
        throw refused(part, "IA³ has vectors and no pair of matrices; use linear")
      }
      targets.formUnion(part.adapter.config.targets)
      inputs.formUnion(feedForward)
      outputs.formUnion(Set(part.adapter.config.targets).subtracting(feedForward))
      for both in inputs.intersection(outputs).sorted(by: { $0.rawValue < $1.rawValue }) {
        throw refused(
          part, "one adapter scales what \(both.rawValue) takes, another what it yields")
      }
    }
    let first = parts[0].adapter
    let config = AdapterConfig(
      method: .ia3(feedForward: TargetModule.allCases.filter { inputs.contains($0) }),
      targets: TargetModule.allCases.filter { targets.contains($0) }, base: first.config.base)
    let merged = Adapter(config, for: first.model)
    for place in merged.places {
      guard let sum = merged.scaling(place) else { continue }
      for part in parts {
        guard let own = part.adapter.scaling(place) else { continue }
        for k in 0..<sum.count { sum.value[k] += Float(part.weight) * own.value[k] }
      }
    }
    return Result(adapter: merged, notes: scalingNotes(parts, targets))
  }

  /// PEFT's rule multiplies the layer itself by the sum of the weights.
  private func scalingNotes(
    _ parts: [WeightedAdapter], _ targets: Set<TargetModule>
  ) -> [String] {
    TargetModule.allCases.filter { targets.contains($0) }.compactMap { target in
      let sum = parts.filter { $0.adapter.config.targets.contains(target) }
        .reduce(0) { $0 + $1.weight }
      guard abs(sum - 1) > 1e-6 else { return nil }
      return
        "the weights of \(target.rawValue) add up to \(sum), which multiplies the layer itself "
        + "by as much; let them add up to 1"
    }
  }

  private func mergePrompts(_ parts: [WeightedAdapter]) throws(CompositionError) -> Result {
    for part in parts {
      guard part.adapter.prompt != nil else {
        throw refused(part, "the others are soft prompts, which stand before the text")
      }
      guard method == .cat else { throw refused(part, "soft prompts are joined by cat only") }
      guard part.weight == 1 else { throw .weightedPrompt(name: part.name, weight: part.weight) }
    }
    let first = parts[0].adapter
    let all = Parameter.prompt(of: parts)
    let config = AdapterConfig(
      method: .promptTuning(.init(count: all?.shape[0] ?? 0, start: .random)), targets: [],
      base: first.config.base)
    let merged = Adapter(config, for: first.model)
    if let all { merged.prompt?.value.update(from: all.value, count: all.count) }
    return Result(adapter: merged, notes: [])
  }
}
