internal import ExpertPlatform
internal import ExpertRecord
package import ExpertTensors

/// Writes a base with an adapter folded in as a folder that transformers loads: safetensors, in
/// several files where they are large, config.json, the tokenizer's files and generation_config.
package struct MergedFolder {
  private let weights: MergedWeights
  private let type: ElementType
  private let maxShardBytes: Int

  /// Hugging Face's own limit of one file: 5 GB.
  package static let defaultShardBytes = 5_000_000_000

  /// `type` is that of all tensors: F32, F16 or BF16.
  package init(
    _ weights: MergedWeights, type: ElementType, maxShardBytes: Int = defaultShardBytes
  ) {
    precondition(!type.isQuantized, "safetensors hold no blocks")
    self.weights = weights
    self.type = type
    self.maxShardBytes = max(1, maxShardBytes)
  }

  /// Writes into an existing folder. `progress` gets the elements of every piece.
  package func write(
    to folder: String, progress: @escaping (Int) throws -> Void = { _ in }
  ) throws {
    let shards = shards()
    let stream = WeightStream(weights, progress: progress)
    for (number, tensors) in shards.enumerated() {
      let name = Self.name(number, of: shards.count)
      try SafetensorsWriter.write(folder + "/" + name, tensors) { entry, put in
        try stream.send(entry.name, as: type, put: put)
      }
    }
    if shards.count > 1 { try writeIndex(shards, folder) }
    try HuggingFaceTexts(weights.files, to: folder).write(type: type)
  }

  /// Tensors in the decoder's order, a new file where one would grow over the limit.
  private func shards() -> [[SafetensorsEntry]] {
    var shards: [[SafetensorsEntry]] = [[]]
    var bytes = 0
    for needed in weights.files.config.neededTensors {
      let size = needed.shape.reduce(type.blockBytes, *)
      if bytes + size > maxShardBytes, bytes > 0 {
        shards.append([])
        bytes = 0
      }
      shards[shards.count - 1].append(
        SafetensorsEntry(needed.name, SafetensorsType(type) ?? .f32, shape: needed.shape))
      bytes += size
    }
    return shards
  }

  private static func name(_ number: Int, of count: Int) -> String {
    guard count > 1 else { return "model.safetensors" }
    func five(_ value: Int) -> String {
      String(repeating: "0", count: max(0, 5 - "\(value)".count)) + "\(value)"
    }
    return "model-\(five(number + 1))-of-\(five(count)).safetensors"
  }

  private func writeIndex(_ shards: [[SafetensorsEntry]], _ folder: String) throws {
    let map = shards.enumerated().flatMap { number, tensors in
      tensors.map {
        JSONValue.Member($0.name, .string(Self.name(number, of: shards.count)))
      }
    }
    let total = shards.joined().reduce(0) { $0 + $1.shape.reduce(type.blockBytes, *) }
    let index: JSONValue = [
      "metadata": ["total_size": .number(Double(total))], "weight_map": .object(map),
    ]
    try AtomicFile.write(
      folder + "/model.safetensors.index.json", Array(CanonicalJSON.text(of: index).utf8))
  }
}
