package import ExpertTensors

/// A LoRA adapter as llama.cpp reads it: GGUF with `general.type` "adapter", tensors
/// `blk.{i}.attn_q.weight.lora_a` [r, in] and `.lora_b` [out, r], and one alpha, applied as
/// alpha / r.
///
/// Scales that alpha / r does not give (rsLoRA, alphas of single targets) are folded: into alpha
/// where all targets share them, else into B. B of query and key has its rows interleaved where the
/// architecture's base has.
package enum GGUFAdapter {
  private static let alphaKey = "adapter.lora.alpha"

  /// Writes the adapter, as F32 or F16.
  package static func write(
    _ adapter: Adapter, to path: String, type: ElementType = .f32, name: String
  ) throws {
    precondition(type == .f32 || type == .f16, "GGUF adapters are written as F32 or F16")
    let options = try plain(adapter)
    let parts = parts(of: adapter)
    let alpha = alpha(options)
    let tensors = parts.flatMap { part in
      [
        GGUFWriter.Tensor(part.name + ".lora_a", type, shape: part.a.shape),
        GGUFWriter.Tensor(part.name + ".lora_b", type, shape: part.b.shape),
      ]
    }
    let byName = Dictionary(parts.map { ($0.name, $0) }) { first, _ in first }
    let metadata: GGUFModelMetadata.Pairs = [
      ("general.architecture", .string(adapter.model.architecture.rawValue)),
      ("general.type", .string("adapter")), ("general.name", .string(name)),
      ("adapter.type", .string("lora")), (alphaKey, .float(Double(alpha))),
    ]
    try GGUFWriter.write(path, metadata: metadata, tensors: tensors) { tensor, put in
      guard let part = byName[String(tensor.name.dropLast(".lora_a".count))] else { return }
      let isB = tensor.name.hasSuffix(".lora_b")
      let values = isB ? part.outputs(alpha: alpha) : part.a.array
      var bytes = [UInt8](repeating: 0, count: tensor.bytes ?? 0)
      bytes.withUnsafeMutableBytes { out in
        if let base = out.baseAddress {
          RowEncoder.encode(values, count: values.count, as: type, to: base)
        }
      }
      try bytes.withUnsafeBytes { try put($0) }
    }
  }

  /// The options of an adapter that is plain LoRA; others are refused by name.
  private static func plain(_ adapter: Adapter) throws(ExportError) -> AdapterConfig.LowRank {
    switch adapter.config.method {
    case .lora(let options) where !options.decomposed: return options
    case .lora: throw .needsMerging(method: "DoRA", format: "a GGUF adapter")
    case .ia3: throw .needsMerging(method: "IA³", format: "a GGUF adapter")
    case .promptTuning: throw .softPrompt(format: "a GGUF adapter")
    }
  }

  /// The one alpha of the file: what the common rank makes the common scale.
  private static func alpha(_ options: AdapterConfig.LowRank) -> Float {
    let rank = Double(options.rank)
    return Float(options.rankStabilized ? options.alpha * rank.squareRoot() : options.alpha)
  }

  /// The low-rank tensors of one linear layer.
  private struct Part {
    /// GGUF's name of the weight.
    var name: String
    var a: Parameter
    var b: Parameter
    var scale: Float
    var order: TensorView.RowOrder

    /// B's rows in the file's order, times what alpha / r leaves of the scale.
    func outputs(alpha: Float) -> [Float] {
      let (rows, rank) = (b.shape[0], b.shape[1])
      let rest = Float(Double(scale) * Double(rank) / Double(alpha))
      let factor = abs(rest - 1) < 1e-6 ? 1 : rest
      return (0..<rows).flatMap { row in
        let from = b.value + GGUFAdapter.natural(row, rows, order) * rank
        return (0..<rank).map { from[$0] * factor }
      }
    }
  }

  private static func parts(of adapter: Adapter) -> [Part] {
    adapter.modules.enumerated().flatMap { layer, groups in
      ModuleGroup.allCases.compactMap { groups[$0] }.flatMap { module in
        module.parts.compactMap { part -> Part? in
          let weight = "model.layers.\(layer).\(part.target.path).weight"
          guard case .lowRank(_, let b, let scale, _) = part.kind,
            let a = module.parameters.first(where: { $0.name == aName(layer, part.target) }),
            let name = WeightNames.gguf(weight)
          else { return nil }
          return Part(
            name: name, a: a, b: b, scale: scale,
            order: ModelFiles.rowOrder(of: weight, adapter.model))
        }
      }
    }
  }

  private static func aName(_ layer: Int, _ target: TargetModule) -> String {
    "base_model.model.model.layers.\(layer).\(target.path).lora_A.weight"
  }

  /// The row of the natural order that is stored at `row`.
  private static func natural(_ row: Int, _ rows: Int, _ order: TensorView.RowOrder) -> Int {
    guard case .interleaved(let heads) = order else { return row }
    let size = rows / heads
    let (head, place) = row.quotientAndRemainder(dividingBy: size)
    return head * size + (place % 2) * (size / 2) + place / 2
  }
}

extension GGUFAdapter {
  /// Reads an adapter file for a base of this shape, as llama.cpp applies it.
  package static func read(_ path: String, for model: ModelConfig) throws -> Adapter {
    let file = try GGUF(path)
    try check(file, model)
    let alpha = file.metadata[alphaKey]?.number ?? 0
    let ranks = try ranks(file, path)
    let rank = ranks.values.max() ?? 1
    // A scale of 1 in files without alpha, as in llama.cpp.
    let options = AdapterConfig.LowRank(
      rank: rank, alpha: alpha > 0 ? alpha : Double(rank), rankPattern: ranks,
      alphaPattern: alpha > 0 ? [:] : ranks.mapValues(Double.init))
    let targets = TargetModule.allCases.filter { ranks[$0] != nil }
    let adapter = Adapter(AdapterConfig(method: .lora(options), targets: targets), for: model)
    var left = Set(file.entries.map(\.name))
    for part in parts(of: adapter) {
      try fill(part.a, from: file, part.name + ".lora_a", .natural)
      try fill(part.b, from: file, part.name + ".lora_b", part.order)
      left.subtract([part.name + ".lora_a", part.name + ".lora_b"])
    }
    if let stray = left.min() { throw AdapterError.unexpectedTensor(path: path, name: stray) }
    return adapter
  }

  private static func check(_ file: GGUF, _ model: ModelConfig) throws(AdapterError) {
    let wanted = [
      ("general.type", "adapter"), ("adapter.type", "lora"),
      ("general.architecture", model.architecture.rawValue),
    ]
    for (key, value) in wanted where file.metadata[key]?.string != value {
      let found = file.metadata[key]?.string ?? "nothing"
      throw .badConfig(path: file.path, field: key, reason: "“\(found)” where “\(value)” should be")
    }
  }

  /// The rank of each target, which must be the same in all layers.
  private static func ranks(
    _ file: GGUF, _ path: String
  ) throws(AdapterError) -> [TargetModule: Int] {
    var ranks: [TargetModule: Int] = [:]
    for entry in file.entries where entry.name.hasSuffix(".lora_a") {
      let weight = WeightNames.huggingFace(String(entry.name.dropLast(".lora_a".count)))
      let parts = weight?.split(separator: ".") ?? []
      guard parts.count > 4, let target = TargetModule(rawValue: String(parts[4])),
        let rank = entry.shape.first
      else { throw .unexpectedTensor(path: path, name: entry.name) }
      guard ranks[target] == nil || ranks[target] == rank else {
        throw .badConfig(
          path: path, field: entry.name, reason: "its rank \(rank) is not that of other layers")
      }
      ranks[target] = rank
    }
    return ranks
  }

  private static func fill(
    _ parameter: Parameter, from file: GGUF, _ name: String, _ order: TensorView.RowOrder
  ) throws {
    guard file.entry(name) != nil else {
      throw AdapterError.missingTensor(path: file.path, name: name)
    }
    var view = try file.tensor(name)
    guard view.shape == parameter.shape else {
      throw AdapterError.wrongShape(
        path: file.path, name: name, found: view.shape, needed: parameter.shape)
    }
    view.rowOrder = order
    view.copyFloats(rows: 0..<view.rows, to: parameter.value)
    guard parameter.array.allSatisfy(\.isFinite) else {
      throw AdapterError.notFinite(path: file.path, name: name)
    }
  }
}
