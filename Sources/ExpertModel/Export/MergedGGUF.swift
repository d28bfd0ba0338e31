internal import ExpertPlatform
package import ExpertTensors

/// Writes a base with an adapter folded in as one GGUF file.
package struct MergedGGUF {
  private let weights: MergedWeights
  private let type: ElementType
  private let name: String

  /// The encodings that a merged file may have.
  package static let types: [ElementType] = [.f32, .f16, .bf16, .q8_0, .q4_0]

  /// `type` is that of the matrices; `name` stands in the file as `general.name`.
  package init(_ weights: MergedWeights, type: ElementType, name: String) {
    self.weights = weights
    self.type = type
    self.name = name
  }

  /// Writes the file. `progress` gets the elements of every piece.
  package func write(
    _ path: String, progress: @escaping (Int) throws -> Void = { _ in }
  ) throws {
    let config = weights.files.config
    let divisors = GGUFModelMetadata.ropeDivisors(config)
    var tensors: [GGUFWriter.Tensor] = []
    var sources: [String: String] = [:]
    for needed in config.neededTensors {
      guard let stored = WeightNames.gguf(needed.name) else { continue }
      tensors.append(GGUFWriter.Tensor(stored, encoding(of: needed), shape: needed.shape))
      sources[stored] = needed.name
    }
    if let divisors {
      tensors.append(GGUFWriter.Tensor(Self.divisors, .f32, shape: [divisors.count]))
    }
    let stream = WeightStream(weights, progress: progress)
    try GGUFWriter.write(
      path, metadata: try GGUFModelMetadata.pairs(weights.files, name: name, type: type),
      tensors: tensors
    ) { tensor, put in
      if let source = sources[tensor.name] {
        try stream.send(
          source, as: tensor.type, order: ModelFiles.rowOrder(of: source, config), put: put)
      } else {
        try (divisors ?? []).withUnsafeBytes { try put($0) }
      }
    }
  }

  private static let divisors = "rope_freqs.weight"

  /// Vectors stay fp32. Where four bits are asked for, embedding and head keep eight: they decide
  /// between tokens, and their errors are averaged out by nothing. Rows that make no whole blocks
  /// are F16, as llama.cpp has it.
  private func encoding(of tensor: NeededTensor) -> ElementType {
    guard tensor.shape.count > 1, let columns = tensor.shape.last else { return .f32 }
    if columns % type.blockElements != 0 { return .f16 }
    let isTable = tensor.name == WeightNames.embedding || tensor.name == WeightNames.head
    return type == .q4_0 && isTable ? .q8_0 : type
  }
}
