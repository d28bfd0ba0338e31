internal import ExpertStore

extension StoreError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .damaged, .behindWitness, .witnessMismatch: .damage
    case .noStore, .notAStore, .badName, .unknownDataset, .unknownVersion, .ambiguousVersion,
      .unknownSplit, .unknownRef, .unknownRecord:
      .usage
    default: .failure
    }
  }

  package var kind: String {
    switch self {
    case .noStore: "no-store"
    case .notAStore: "not-a-store"
    case .newerFormat: "newer-format"
    case .inUse: "in-use"
    case .diskFull: "disk-full"
    case .readOnly: "read-only"
    case .inputOutput: "input-output"
    case .damaged, .behindWitness, .witnessMismatch: "damaged"
    case .badName, .unknownDataset, .unknownVersion, .ambiguousVersion, .unknownSplit, .unknownRef,
      .unknownRecord:
      "unknown-name"
    default: "store"
    }
  }
}
