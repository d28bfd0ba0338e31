internal import ExpertModel

extension ExportError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .softPrompt, .needsMerging, .exists, .unsupported, .noPrompts: .usage
    case .notFinite: .damage
    case .differs, .otherTokens: .failure
    }
  }

  package var kind: String {
    switch self {
    case .softPrompt, .needsMerging, .unsupported: "cannot-export"
    case .exists: "exists"
    case .noPrompts: "bad-prompt"
    case .notFinite: "bad-adapter"
    case .differs, .otherTokens: "export-differs"
    }
  }
}
