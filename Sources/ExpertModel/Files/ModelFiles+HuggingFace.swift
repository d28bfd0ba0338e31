internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTensors
internal import Foundation

extension ModelFiles {
  /// The longest JSON file beside the weights that is read whole.
  static let maxConfigBytes = 4 << 20

  static func openHuggingFace(_ folder: String) throws(ModelFileError) -> ModelFiles {
    guard let fields = try json(folder + "/config.json") else {
      throw .notAModel(path: folder, reason: "it holds no config.json")
    }
    var config = try HuggingFaceConfig.read(
      fields, generation: try json(folder + "/generation_config.json"))
    let weights = try HuggingFaceWeights(folder)
    try decideHead(&config, weights)
    let tensors = try collect(config, path: folder) { name throws(ModelFileError) in
      try weights.tensor(name)
    }
    return ModelFiles(
      path: folder, format: .safetensors, config: config,
      tokenizerSource: exists(folder + "/tokenizer.json")
        ? .huggingFace(directory: folder) : .none,
      chatTemplate: try chatTemplate(folder), weightFiles: weights.files, tensors: tensors)
  }

  /// The bytes decide: a head that equals the embedding is the embedding, another one is not,
  /// whatever config.json says.
  private static func decideHead(
    _ config: inout ModelConfig, _ weights: HuggingFaceWeights
  ) throws(ModelFileError) {
    guard let head = try weights.tensor(WeightNames.head),
      let embedding = try weights.tensor(WeightNames.embedding)
    else { return }
    config.tiedEmbeddings = same(head, embedding)
  }

  /// The template of chat_template.jinja, else that of tokenizer_config.json: one text, or the
  /// one named `default` of several.
  private static func chatTemplate(_ folder: String) throws(ModelFileError) -> String? {
    if let bytes = try small(folder + "/chat_template.jinja") {
      return String(decoding: bytes, as: UTF8.self)
    }
    guard let template = try json(folder + "/tokenizer_config.json")?.value("chat_template") else {
      return nil
    }
    if let text = template.string { return text }
    return template.array?.first { $0["name"]?.string == "default" }?["template"]?.string
  }

  private static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// A JSON file of the folder; `nil` where it is absent.
  static func json(_ path: String) throws(ModelFileError) -> ConfigFields? {
    guard let bytes = try small(path) else { return nil }
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue.parse(bytes) } catch {
      throw .config(path: path, field: "file", reason: error.description)
    }
    guard value.members != nil else {
      throw .config(path: path, field: "file", reason: "it should be an object")
    }
    return ConfigFields(path: path, object: value)
  }

  private static func small(_ path: String) throws(ModelFileError) -> [UInt8]? {
    guard exists(path) else { return nil }
    do throws(FileError) {
      let file = try MappedFile(path)
      if file.bytes.count <= maxConfigBytes { return Array(file.bytes) }
    } catch { throw .file(error) }
    throw .config(
      path: path, field: "file", reason: "it is larger than \(maxConfigBytes) bytes")
  }
}

/// The weights of a folder: model.safetensors, or the shards of its index.
enum HuggingFaceWeights {
  case single(Safetensors)
  case sharded(ShardedSafetensors)

  init(_ folder: String) throws(ModelFileError) {
    let (single, index) = (folder + "/model.safetensors", folder + "/model.safetensors.index.json")
    do throws(TensorFileError) {
      if FileManager.default.fileExists(atPath: single) {
        self = .single(try Safetensors(single))
        return
      }
      if FileManager.default.fileExists(atPath: index) {
        self = .sharded(try ShardedSafetensors(index: index))
        return
      }
    } catch { throw .tensors(error) }
    throw .notAModel(path: folder, reason: Self.absence(folder))
  }

  private static func absence(_ folder: String) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    if let name = names.sorted().first(where: { ModelPlace.pickle($0) != nil }) {
      return "\(name) is a pickle, which can hold programs and is never read; "
        + "fetch the model as safetensors"
    }
    return "it holds neither model.safetensors nor model.safetensors.index.json"
  }

  var files: [String] {
    switch self {
    case .single(let file): [file.path]
    case .sharded(let shards): shards.shards.map(\.path)
    }
  }

  /// `nil` where there is no such tensor.
  func tensor(_ name: String) throws(ModelFileError) -> TensorView? {
    do throws(TensorFileError) {
      switch self {
      case .single(let file): return file.entry(name) == nil ? nil : try file.tensor(name)
      case .sharded(let shards):
        return shards.shard(of: name) == nil ? nil : try shards.tensor(name)
      }
    } catch { throw .tensors(error) }
  }
}
