package import ExpertTensors
package import ExpertTokenizer

/// What is wanted of an export.
package struct ExportRequest: Sendable {
  package var format: AdapterExportFormat
  /// `nil`: what the base suggests.
  package var type: ElementType?
  package var output: String
  /// Whether what stands at `output` may be replaced.
  package var replaces = false
  /// Texts over which source and result are compared.
  package var prompts = ComparisonPrompts.texts
  package var maxShardBytes = MergedFolder.defaultShardBytes
  /// What the model calls itself inside a GGUF file.
  package var name: String
  package var facts = AdapterFacts()
  /// The chat template that the adapter was trained with; `nil`: the base's own.
  package var template: ChatTemplate?
  /// What an Ollama Modelfile starts from, where it is not a merged model: a name of Ollama's, or
  /// the path of a GGUF file. The adapter goes with it as a file of its own.
  package var ollamaBase: String?
  /// The model that the adapter was trained on, where it is not the base of this export.
  package var trainedOn: ModelFiles?

  package init(_ format: AdapterExportFormat, output: String, name: String) {
    self.format = format
    self.output = output
    self.name = name
  }

  /// Whether the result holds the adapter alone.
  var keepsAdapter: Bool {
    switch format {
    case .peft, .ggufAdapter: true
    case .modelfile: ollamaBase != nil
    case .merged, .gguf: false
    }
  }

  /// The encoding of the result for this base.
  func type(for files: ModelFiles) -> ElementType {
    if let type { return type }
    if keepsAdapter { return .f32 }
    guard format == .merged else { return format.types[0] }
    // The widest that the base's matrices have; half precision for what no safetensors hold.
    let types = files.elementTypes.map(\.type)
    return types.first { format.types.contains($0) && $0 == types.first } ?? .f16
  }
}
