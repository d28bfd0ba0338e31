internal import ExpertServe

extension ServeError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .badAddress, .badPort, .nameTaken: .usage
    case .cannotListen: .failure
    case .tokenNeeded: .missing
    }
  }

  package var kind: String {
    switch self {
    case .badAddress, .badPort: "bad-address"
    case .nameTaken: "name-taken"
    case .cannotListen: "cannot-listen"
    case .tokenNeeded: "missing-key"
    }
  }
}
