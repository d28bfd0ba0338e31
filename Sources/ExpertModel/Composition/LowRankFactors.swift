internal import ExpertTensors

/// The two matrices of one target's low-rank update s·BA, where an adapter has them; they live as
/// long as the adapter.
struct LowRankFactors {
  /// A [r, in], row-major.
  var a: Floats
  /// B [out, r], row-major.
  var b: Floats
  var rank: Int
  var inputs: Int
  var outputs: Int
  /// s
  var scale: Float
  /// Whether a magnitude is trained with them (DoRA).
  var isDecomposed: Bool
}

/// One linear layer of a decoder.
package struct ModulePlace: Sendable, Hashable, Comparable, CustomStringConvertible {
  package var layer: Int
  package var target: TargetModule

  package init(layer: Int, target: TargetModule) {
    self.layer = layer
    self.target = target
  }

  package var description: String { "layers.\(layer).\(target.path)" }

  private var order: Int { TargetModule.allCases.firstIndex(of: target) ?? 0 }

  package static func < (a: ModulePlace, b: ModulePlace) -> Bool {
    (a.layer, a.order) < (b.layer, b.order)
  }
}

extension Adapter {
  /// The layers that the adapter changes, in order.
  package var places: [ModulePlace] {
    let own = modules.enumerated().flatMap { layer, groups in
      groups.values.flatMap { group in
        group.parts.map { ModulePlace(layer: layer, target: $0.target) }
      }
    }
    let others = composition.flatMap(\.adapter.places)
    return Set(own + others).sorted()
  }

  /// What the adapter does to one layer of a plain adapter; `nil` where it does nothing.
  func part(_ place: ModulePlace) -> (module: ModuleAdapter, part: ModuleAdapter.Part)? {
    guard modules.indices.contains(place.layer) else { return nil }
    for module in modules[place.layer].values {
      if let part = module.parts.first(where: { $0.target == place.target }) {
        return (module, part)
      }
    }
    return nil
  }

  /// The low-rank update of one layer; `nil` where there is none.
  func lowRank(_ place: ModulePlace) -> LowRankFactors? {
    guard let (module, part) = part(place), let a = module.stackedA,
      case .lowRank(let rows, let b, let scale, let magnitude) = part.kind
    else { return nil }
    return LowRankFactors(
      a: Floats(a.base + rows.lowerBound * module.inputs), b: Floats(b.value), rank: rows.count,
      inputs: module.inputs, outputs: part.range.count, scale: scale,
      isDecomposed: magnitude != nil)
  }

  /// The vector of IA³ of one layer; `nil` where there is none.
  func scaling(_ place: ModulePlace) -> Parameter? {
    switch part(place)?.part.kind {
    case .scaledInput(let scaling), .scaledOutput(let scaling): scaling
    case .lowRank, nil: nil
    }
  }

  /// The parameter of a tensor's name; `nil` where there is none.
  func parameter(_ place: ModulePlace, _ tensor: String) -> Parameter? {
    part(place)?.module.parameters.first {
      $0.name.hasSuffix("layers.\(place.layer).\(place.target.path).\(tensor)")
    }
  }
}
