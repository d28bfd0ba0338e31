internal import ExpertTraining

extension TrainingError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .badValue, .unknownOption, .outOfPlace, .badFile, .wrongKind, .emptySplit, .otherRun,
      .otherSettings, .notReproducible, .otherVocabulary, .otherTokenizer, .unlabelled, .tooLong,
      .nothingToLearn:
      .usage
    case .wrongSize, .notInvertible, .noAnswer: .training
    case .damagedCheckpoint: .damage
    case .diskFull, .file, .tracker: .failure
    }
  }

  package var kind: String {
    switch self {
    case .badValue, .unknownOption, .outOfPlace: "bad-option"
    case .badFile: "bad-file"
    case .wrongKind: "wrong-kind"
    case .emptySplit: "empty-split"
    case .tooLong: "too-long"
    case .nothingToLearn: "nothing-to-learn"
    case .wrongSize, .notInvertible: "bad-adapter"
    case .otherVocabulary, .otherTokenizer: "other-teacher"
    case .unlabelled: "unlabelled"
    case .noAnswer: "no-answer"
    case .damagedCheckpoint: "damaged-checkpoint"
    case .otherRun, .otherSettings: "other-run"
    case .notReproducible: "not-reproducible"
    case .diskFull: "disk-full"
    case .file: "input-output"
    case .tracker: "tracker"
    }
  }
}
