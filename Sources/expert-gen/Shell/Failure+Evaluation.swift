internal import ExpertEvaluation

extension EvaluationError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .unknownMetric, .badOption, .differentCounts, .missingField, .notComparable: .usage
    case .badFile, .trainedOn: .damage
    case .nothingToScore, .answersMissing: .failure
    }
  }

  package var kind: String {
    switch self {
    case .unknownMetric: "unknown-name"
    case .badOption: "bad-option"
    case .badFile: "bad-file"
    case .differentCounts: "different-counts"
    case .nothingToScore: "nothing-to-score"
    case .missingField: "missing-field"
    case .trainedOn: "trained-on"
    case .answersMissing: "answers-missing"
    case .notComparable: "not-comparable"
    }
  }
}
