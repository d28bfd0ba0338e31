package import ExpertTensors

/// What an adapter is exported as.
package enum AdapterExportFormat: String, Sendable, Hashable, CaseIterable {
  /// A folder that PEFT loads beside the base.
  case peft
  /// A folder with the whole model, for transformers.
  case merged
  /// One GGUF file with the whole model, for llama.cpp.
  case gguf
  /// A GGUF file with the adapter alone, for llama.cpp's `--lora`.
  case ggufAdapter = "gguf-adapter"
  /// A folder for `ollama create`: Modelfile and GGUF.
  case modelfile

  /// Whether the result is one file.
  package var isFile: Bool { self == .gguf || self == .ggufAdapter }

  /// The encodings that the result may have, the default first where the base does not decide.
  package var types: [ElementType] {
    switch self {
    case .peft: [.f32, .bf16]
    case .merged: [.f32, .f16, .bf16]
    case .gguf, .modelfile: [.f16, .q8_0, .q4_0, .f32, .bf16]
    case .ggufAdapter: [.f32, .f16]
    }
  }

  /// What is made, for messages.
  package var title: String {
    switch self {
    case .peft: "PEFT adapter"
    case .merged: "merged model"
    case .gguf: "GGUF file"
    case .ggufAdapter: "GGUF adapter"
    case .modelfile: "Ollama model"
    }
  }

  /// The title with its article.
  var oneTitle: String { (self == .modelfile ? "an " : "a ") + title }
}

extension ExportRequest {
  /// How far the logits of a result in this encoding may be from the source's, relative to the
  /// largest; `nil` for blocks of few bits, whose KL and change of NLL are told instead.
  ///
  /// An adapter in fp32 is the same numbers (1e-5). In a merged model sums are taken in another
  /// order, which the layers amplify (1e-4). Half precision keeps eleven bits of a weight (1e-2),
  /// bf16 eight, an eighth of that (8e-2).
  func limit(_ type: ElementType) -> Double? {
    switch type {
    case .f32: keepsAdapter ? 1e-5 : 1e-4
    case .f16: 1e-2
    case .bf16: 8e-2
    default: nil
    }
  }
}
