package import ExpertPlatform
internal import ExpertRecord
package import ExpertTensors
internal import Foundation

/// An adapter on the disk, as PEFT writes and reads it: adapter_config.json and
/// adapter_model.safetensors.
package enum AdapterFolder {
  /// The two files.
  package static let configName = "adapter_config.json"
  package static let weightsName = "adapter_model.safetensors"
  /// What the weights are called where an `.expert` package was unpacked.
  package static let packedName = "weights.safetensors"
  private static let packedPrompts = "soft_prompts"

  /// The largest adapter_config.json that is read.
  private static let maximumConfigBytes = 1 << 20

  /// Reads the configuration alone.
  package static func config(_ folder: String) throws -> AdapterConfig {
    let path = folder + "/" + configName
    let file = try MappedFile(path)
    guard file.bytes.count <= maximumConfigBytes else {
      throw AdapterError.badConfig(
        path: path, field: "the file", reason: "\(file.bytes.count) bytes are too many")
    }
    // The mapping ends with the file's last use.
    let bytes = withExtendedLifetime(file) { Array(file.bytes) }
    return try AdapterConfig(JSONValue.parse(bytes), path: path)
  }

  /// Where the weights of a folder lie: an adapter as PEFT saves it, or an unpacked package.
  package static func weights(_ folder: String) -> String {
    let prompts =
      (try? FileManager.default.contentsOfDirectory(
        atPath: folder + "/" + packedPrompts)) ?? []
    let packed = [packedName] + prompts.sorted().map { packedPrompts + "/" + $0 }
    let found = ([weightsName] + packed).map { folder + "/" + $0 }
    return found.first { FileManager.default.fileExists(atPath: $0) } ?? folder + "/" + weightsName
  }

  /// Reads an adapter for a base of this shape. Every tensor that the configuration calls for must
  /// be there, of the right shape, finite, and no other.
  package static func load(_ folder: String, for model: ModelConfig) throws -> Adapter {
    try load(try config(folder), weights: weights(folder), for: model)
  }

  /// Reads an adapter whose configuration is known from elsewhere, such as a manifest.
  package static func load(
    _ config: AdapterConfig, weights: String, for model: ModelConfig
  ) throws -> Adapter {
    let adapter = Adapter(config, for: model)
    let file = try Safetensors(weights)
    var left = Set(file.entries.map(\.name))
    for parameter in adapter.parameters {
      guard left.remove(parameter.name) != nil else {
        throw AdapterError.missingTensor(path: file.path, name: parameter.name)
      }
      try fill(parameter, from: file)
    }
    if let stray = left.min() {
      throw AdapterError.unexpectedTensor(path: file.path, name: stray)
    }
    return adapter
  }

  private static func fill(_ parameter: Parameter, from file: Safetensors) throws {
    let name = parameter.name
    guard let type = file.entry(name)?.type, type.elementType != nil else {
      throw AdapterError.wrongType(
        path: file.path, name: name, type: file.entry(name)?.type.rawValue ?? "unknown")
    }
    let view = try file.tensor(name)
    guard view.shape == parameter.shape else {
      throw AdapterError.wrongShape(
        path: file.path, name: name, found: view.shape, needed: parameter.shape)
    }
    copy(view, to: parameter)
    guard Vectors.shared.allFinite(parameter.value, count: parameter.count) else {
      throw AdapterError.notFinite(path: file.path, name: name)
    }
  }

  /// F32 is copied as a whole.
  private static func copy(_ view: TensorView, to parameter: Parameter) {
    guard view.type == .f32, view.rowOrder == .natural, let from = view.bytes.baseAddress else {
      return view.copyFloats(rows: 0..<view.rows, to: parameter.value)
    }
    memcpy(parameter.value, from, parameter.count * MemoryLayout<Float>.stride)
  }

  /// Writes the adapter: weights first, so that a folder with a configuration is whole. Tensors are
  /// F32, or BF16, which halves the file and rounds each number to eight bits. `base` is what the
  /// configuration calls the base where it says nothing itself.
  package static func save(
    _ adapter: Adapter, to folder: String, type: ElementType = .f32, base: String = ""
  ) throws {
    precondition(type == .f32 || type == .bf16, "adapters are written as F32 or BF16")
    precondition(adapter.composition.isEmpty, "a composition is merged before it is written")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let parameters = adapter.parameters.sorted { $0.name < $1.name }
    let values = Dictionary(parameters.map { ($0.name, $0) }) { first, _ in first }
    let entries = parameters.map { parameter in
      SafetensorsEntry(parameter.name, type == .f32 ? .f32 : .bf16, shape: parameter.shape)
    }
    try SafetensorsWriter.write(folder + "/" + weightsName, entries) { entry, put in
      guard let parameter = values[entry.name] else { return }
      if type == .f32 {
        try put(UnsafeRawBufferPointer(start: parameter.value, count: parameter.count * 4))
      } else {
        let rounded = [UInt16](unsafeUninitializedCapacity: parameter.count) { buffer, count in
          if let base = buffer.baseAddress {
            Vectors.shared.toBFloats(parameter.value, into: base, count: parameter.count)
          }
          count = parameter.count
        }
        try rounded.withUnsafeBytes { try put($0) }
      }
    }
    var config = adapter.config
    if config.base.isEmpty { config.base = base }
    let json = config.json(for: adapter.model)
    try AtomicFile.write(folder + "/" + configName, Array(CanonicalJSON.text(of: json).utf8))
  }
}

extension BaseModel {
  /// Makes an adapter ready for this base: DoRA needs the norms of the base's rows. With `start`,
  /// its magnitudes begin as these norms.
  package func prepare(_ adapter: Adapter, start: Bool = false, pool: ThreadPool) {
    for (number, groups) in adapter.modules.enumerated() where number < layers.count {
      for (group, module) in groups {
        let matrix = layers[number].matrix(of: group)
        module.prepareNorms(
          matrix,
          squares: { rowSquares.squares(layer: number, group: group, of: matrix, pool: pool) },
          start: start, pool: pool)
      }
    }
  }
}

extension BaseModel {
  /// Brings what DoRA divides by up to date with the adapter's weights.
  package func updateNorms(of adapter: Adapter, pool: ThreadPool) {
    for (layer, groups) in zip(layers, adapter.modules) {
      for (group, module) in groups { module.updateNorms(layer.matrix(of: group), pool: pool) }
    }
  }
}

extension DecoderLayer {
  /// The frozen weight of one group.
  package func matrix(of group: ModuleGroup) -> FrozenMatrix {
    switch group {
    case .queryKeyValue: queryKeyValue
    case .attentionOutput: attentionOutput
    case .gateUp: gateUp
    case .down: down
    }
  }
}
