/// One adapter's share in a composition: `weight` times what it changes.
package struct WeightedAdapter: Sendable {
  /// The adapter's name, for messages.
  package var name: String
  package var adapter: Adapter
  package var weight: Double

  package init(_ adapter: Adapter, weight: Double = 1, name: String) {
    self.adapter = adapter
    self.weight = weight
    self.name = name
  }
}

extension Adapter {
  /// Several adapters as one, computed on the fly: base + Σ wᵢ · (adapterᵢ − base), layer by layer.
  ///
  /// What an adapter changes is the difference between the layer with it and the layer without it:
  /// s·BAx for LoRA, rsLoRA and LoRA-FA; (m/n)(Wx + s·BAx) − Wx for DoRA; (l − 1) ⊙ (Wx + b), or
  /// W((l − 1) ⊙ x), for IA³. Soft prompts stand before the text one after the other, in this
  /// order. Adapters must be prepared for their base; nothing of LoRA's weights is copied, so a
  /// composition is made in microseconds. It is for inference: it has nothing to train or save.
  package static func composing(_ parts: [WeightedAdapter]) throws(CompositionError) -> Adapter {
    for part in parts where !part.weight.isFinite {
      throw .badWeight(name: part.name, weight: part.weight)
    }
    let flat = parts.flatMap(\.flattened)
    guard let first = flat.first else { throw .empty }
    for part in flat {
      guard part.adapter.model == first.adapter.model else {
        throw .otherShape(name: part.name, other: first.name)
      }
      guard part.adapter.prompt == nil || part.weight == 1 || part.weight == 0 else {
        throw .weightedPrompt(name: part.name, weight: part.weight)
      }
    }
    if flat.count == 1, first.weight == 1 { return first.adapter }
    return Adapter(composition: flat)
  }
}

extension WeightedAdapter {
  /// The parts of a composition with their share in this one.
  fileprivate var flattened: [WeightedAdapter] {
    guard !adapter.composition.isEmpty else { return [self] }
    return adapter.composition.map {
      WeightedAdapter($0.adapter, weight: $0.weight * weight, name: $0.name)
    }
  }
}

extension Parameter {
  /// The soft prompts of a composition, laid end to end; `nil` where there is none.
  static func prompt(of parts: [WeightedAdapter]) -> Parameter? {
    let prompts = parts.filter { $0.weight != 0 }.compactMap(\.adapter.prompt)
    guard let first = prompts.first else { return nil }
    let count = prompts.reduce(0) { $0 + $1.shape[0] }
    let whole = Parameter(
      name: first.name, shape: [count, first.shape[1]], isTrained: false)
    var place = 0
    for prompt in prompts {
      (whole.value + place).update(from: prompt.value, count: prompt.count)
      place += prompt.count
    }
    return whole
  }
}
