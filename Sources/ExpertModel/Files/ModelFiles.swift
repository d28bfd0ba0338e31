package import ExpertTensors

/// Where a model's tokenizer comes from.
package enum TokenizerSource: Sendable {
  /// A folder with tokenizer.json and, perhaps, tokenizer_config.json.
  case huggingFace(directory: String)
  /// The metadata of a GGUF file, under `tokenizer.ggml.…`.
  case gguf([String: GGUFValue])
  /// The folder has none: weights alone.
  case none
}

/// A model on the disk, opened: its configuration, and its weights as views of the mapped files.
///
/// Opening reads headers, compares every needed tensor's shape with the configuration, and looks
/// for NaN in the first and last rows; `verify` looks at every weight. Nothing is hashed or copied.
package final class ModelFiles: Sendable {
  package enum Format: String, Sendable, Hashable { case safetensors, gguf }

  /// The folder or the GGUF file.
  package let path: String
  package let format: Format
  package let config: ModelConfig
  package let tokenizerSource: TokenizerSource
  /// The model's own chat template (Jinja), where it brings one.
  package let chatTemplate: String?
  /// The files that hold weights, sorted by name.
  package let weightFiles: [String]
  private let tensors: [String: TensorView]

  init(
    path: String, format: Format, config: ModelConfig, tokenizerSource: TokenizerSource,
    chatTemplate: String?, weightFiles: [String], tensors: [String: TensorView]
  ) {
    self.path = path
    self.format = format
    self.config = config
    self.tokenizerSource = tokenizerSource
    self.chatTemplate = chatTemplate
    self.weightFiles = weightFiles
    self.tensors = tensors
  }

  /// Opens a folder in Hugging Face's form, a GGUF file, or a folder that holds one GGUF file.
  package static func open(_ path: String) throws(ModelFileError) -> ModelFiles {
    let place = try ModelPlace(path)
    let files =
      switch place {
      case .gguf(let file): try openGGUF(file)
      case .huggingFace(let folder): try openHuggingFace(folder)
      }
    try files.checkEdges()
    return files
  }

  /// A tensor by Hugging Face's name, shaped as `config` says. `lm_head.weight` of a model whose
  /// head is the embedding is the embedding.
  package func tensor(_ name: String) throws(ModelFileError) -> TensorView {
    if let view = tensors[name] { return view }
    if name == WeightNames.head, config.tiedEmbeddings, let view = tensors[WeightNames.embedding] {
      return view
    }
    throw .missingTensor(path: path, name: name)
  }

  /// The names of all tensors that the decoder reads, sorted.
  package var tensorNames: [String] { tensors.keys.sorted() }

  /// Bytes of all weights that the decoder reads.
  package var weightBytes: Int { tensors.values.reduce(0) { $0 + $1.bytes.count } }

  /// Elements of all tensors that the decoder reads.
  package var parameterCount: Int { tensors.values.reduce(0) { $0 + $1.count } }

  /// The encodings of the tensors and how many elements each has, the most frequent first.
  package var elementTypes: [(type: ElementType, elements: Int)] {
    var counts: [ElementType: Int] = [:]
    for view in tensors.values { counts[view.type, default: 0] += view.count }
    return counts.map { (type: $0.key, elements: $0.value) }
      .sorted { ($1.elements, $0.type.rawValue) < ($0.elements, $1.type.rawValue) }
  }

  /// Every tensor that the configuration needs, from `find`, with its shape checked.
  static func collect(
    _ config: ModelConfig, path: String,
    find: (String) throws(ModelFileError) -> TensorView?
  ) throws(ModelFileError) -> [String: TensorView] {
    var tensors: [String: TensorView] = [:]
    for needed in config.neededTensors {
      guard let view = try find(needed.name) else {
        throw .missingTensor(path: path, name: needed.name)
      }
      guard view.shape == needed.shape else {
        throw .wrongShape(
          path: path, tensor: needed.name, expected: needed.shape, found: view.shape)
      }
      tensors[needed.name] = view
    }
    return tensors
  }

  /// Whether two tensors hold the same bytes: a head stored beside the embedding it equals.
  static func same(_ a: TensorView, _ b: TensorView) -> Bool {
    a.type == b.type && a.shape == b.shape && a.bytes.count == b.bytes.count
      && (a.bytes.isEmpty || sameBytes(a.bytes, b.bytes))
  }
}
