internal import ExpertModel

extension CompositionError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .empty, .badWeight, .weightedPrompt, .badDensity, .badRank: .usage
    case .otherShape, .cannotMerge, .differentRanks: .failure
    }
  }

  package var kind: String {
    switch self {
    case .empty, .badWeight, .weightedPrompt, .badDensity, .badRank: "bad-composition"
    case .otherShape, .cannotMerge, .differentRanks: "cannot-compose"
    }
  }
}
