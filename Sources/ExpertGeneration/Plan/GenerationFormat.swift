package import ExpertRecord

/// The shape of what a job generates: the documents' `--format`.
package enum GenerationFormat: String, Sendable, Hashable, CaseIterable {
  case instruction
  case preferencePairs = "preference_pairs"
  case distillation
  /// Hard cases with misleading inputs; the records have the kind of the format they challenge.
  case adversarial

  /// The kind of the records it gives.
  package var kind: RecordKind {
    switch self {
    case .instruction, .adversarial: .instruction
    case .preferencePairs: .preference
    case .distillation: .distillation
    }
  }
}
