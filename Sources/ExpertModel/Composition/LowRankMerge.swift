internal import ExpertPlatform
internal import ExpertTensors

/// Merges LoRA, rsLoRA and LoRA-FA adapters.
struct LowRankMerge {
  private let rules: AdapterMerge
  private let parts: [WeightedAdapter]
  /// The targets of any adapter, in order.
  private let targets: [TargetModule]

  init(_ rules: AdapterMerge, _ parts: [WeightedAdapter]) throws(CompositionError) {
    self.rules = rules
    self.parts = parts
    for part in parts {
      guard case .lora(let options) = part.adapter.config.method else {
        throw rules.refused(part, "the others are LoRA; adapters of one kind can be merged")
      }
      guard !options.decomposed else {
        throw rules.refused(
          part,
          "DoRA's magnitudes belong to the rows of the base and to this adapter alone; use the "
            + "experts together (run --experts), or export a merged model")
      }
    }
    targets = TargetModule.allCases.filter { target in
      parts.contains { $0.adapter.config.targets.contains(target) }
    }
  }

  func run(_ pool: ThreadPool) throws(CompositionError) -> AdapterMerge.Result {
    var ranks: [TargetModule: Int] = [:]
    for target in targets { ranks[target] = try rank(of: target) }
    let first = parts[0].adapter
    let merged = Adapter(Self.config(ranks, targets, base: first.config.base), for: first.model)
    let places = merged.places
    pool.run(places.count) { number in fill(merged, places[number]) }
    return AdapterMerge.Result(adapter: merged, notes: [])
  }

  private func ranks(of target: TargetModule) -> [Int] {
    parts.compactMap { part in
      guard case .lora(let options) = part.adapter.config.method,
        part.adapter.config.targets.contains(target)
      else { return nil }
      return options.rank(of: target)
    }
  }

  private func rank(of target: TargetModule) throws(CompositionError) -> Int {
    let ranks = ranks(of: target)
    switch rules.method {
    case .cat: return ranks.reduce(0, +)
    case .svd: return rules.rank ?? ranks.max() ?? 1
    default:
      guard Set(ranks).count == 1 else {
        throw .differentRanks(
          method: rules.method.rawValue, target: target.rawValue, ranks: ranks)
      }
      return ranks[0]
    }
  }

  /// The commonest rank is the adapter's own, others are patterns; alpha is the rank everywhere.
  private static func config(
    _ ranks: [TargetModule: Int], _ targets: [TargetModule], base: String
  ) -> AdapterConfig {
    let counts = Dictionary(grouping: ranks.values) { $0 }.mapValues(\.count)
    let own = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
    let others = ranks.filter { $0.value != own }
    let options = AdapterConfig.LowRank(
      rank: own, alpha: Double(own), rankPattern: others,
      alphaPattern: others.mapValues(Double.init))
    return AdapterConfig(method: .lora(options), targets: targets, base: base)
  }

  private func fill(_ merged: Adapter, _ place: ModulePlace) {
    let held = parts.compactMap { part in
      part.adapter.lowRank(place).map { ($0, part.weight * Double($0.scale)) }
    }
    guard !held.isEmpty, let a = merged.parameter(place, "lora_A.weight"),
      let b = merged.parameter(place, "lora_B.weight")
    else { return }
    switch rules.method {
    case .cat: concatenate(held, a, b)
    case .svd: decompose(held, a, b)
    default: add(held, a, b)
    }
  }

  /// The sign stands on A's side only, or the two would cancel.
  private func add(_ held: [(LowRankFactors, Double)], _ a: Parameter, _ b: Parameter) {
    let merge = TensorMerge(
      method: rules.method, density: rules.density, sign: rules.sign, seed: rules.seed)
    let roots = held.map { Float($0.1.magnitude.squareRoot()) }
    let signed = zip(held, roots).map { $0.1 >= 0 ? $1 : -$1 }
    merge.merge(
      held.map(\.0.a), weights: signed, count: a.count, name: a.name, into: a.value)
    merge.merge(
      held.map(\.0.b), weights: roots, count: b.count, name: b.name, into: b.value)
  }

  /// Weights and scales go into A.
  private func concatenate(
    _ held: [(LowRankFactors, Double)], _ a: Parameter, _ b: Parameter
  ) {
    let rank = a.shape[0]
    var row = 0
    for (factors, weight) in held {
      let own = factors.rank * factors.inputs
      let to = a.value + row * factors.inputs
      for k in 0..<own { to[k] = factors.a[k] * Float(weight) }
      for output in 0..<factors.outputs {
        (b.value + output * rank + row).update(
          from: factors.b + output * factors.rank, count: factors.rank)
      }
      row += factors.rank
    }
  }

  private func decompose(_ held: [(LowRankFactors, Double)], _ a: Parameter, _ b: Parameter) {
    let (inputs, outputs) = (a.shape[1], b.shape[0])
    var left: [[Double]] = []
    var right: [[Double]] = []
    for (factors, weight) in held {
      for k in 0..<factors.rank {
        left.append((0..<outputs).map { Double(factors.b[$0 * factors.rank + k]) })
        right.append((0..<inputs).map { Double(factors.a[k * inputs + $0]) * weight })
      }
    }
    let found = LowRankSVD(columns: left, rows: right)
    let rank = a.shape[0]
    for k in 0..<min(rank, found.values.count) {
      for place in 0..<inputs { a.value[k * inputs + place] = Float(found.right[k][place]) }
      for place in 0..<outputs {
        b.value[place * rank + k] = Float(found.left[k][place] * found.values[k])
      }
    }
  }
}
