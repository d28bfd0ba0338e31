internal import ExpertModel

extension ExportError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .softPrompt, .needsMerging, .exists, .unsupported, .otherShape, .noPrompts: .usage
    case .notFinite: .damage
    case .differs, .otherTokens: .failure
    }
  }

  package var kind: String {
    switch self {
    case .softPrompt, .needsMerging, .unsupported, .otherShape: "cannot-export"
    case .exists: "exists"
    case .noPrompts: "bad-prompt"
    case .notFinite: "bad-adapter"
    case .differs, .otherTokens: "export-differs"
    }
  }
}
