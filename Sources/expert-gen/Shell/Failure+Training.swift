internal import ExpertTraining

extension TrainingError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .badValue, .unknownOption, .outOfPlace, .badFile, .wrongKind, .emptySplit, .otherRun:
      .usage
    case .tooLong, .nothingToLearn, .wrongSize, .notInvertible: .training
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
    case .damagedCheckpoint: "damaged-checkpoint"
    case .otherRun: "other-run"
    case .diskFull: "disk-full"
    case .file: "input-output"
    case .tracker: "tracker"
    }
  }
}
