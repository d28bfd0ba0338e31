internal import ExpertPackage
internal import ExpertProviders
internal import ExpertStore

extension ProviderError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .missingKey, .badKey: .missing
    case .unknown, .badFile, .forbiddenEndpoint: .usage
    case .billing, .longPause, .rejected, .exhausted: .failure
    case .cancelled: .interrupted
    }
  }

  package var kind: String {
    switch self {
    case .missingKey: "missing-key"
    case .badKey: "bad-key"
    case .unknown: "unknown-name"
    case .badFile: "bad-file"
    case .forbiddenEndpoint: "forbidden-endpoint"
    case .billing: "billing"
    case .longPause: "long-pause"
    case .rejected: "rejected"
    case .exhausted: "exhausted"
    case .cancelled: "interrupted"
    }
  }
}

extension PackageError: ExitCoded {
  package var exitStatus: ExitStatus {
    switch self {
    case .refused, .unresolved: .packageRefused
    case .invalid: .damage
    case .key: .missing
    case .unknown, .exists, .required, .usage: .usage
    case .registry: .failure
    }
  }

  package var kind: String {
    switch self {
    case .refused: "package-refused"
    case .unresolved: "unresolved"
    case .required: "required"
    case .usage: "usage"
    case .invalid: "invalid-input"
    case .key: "key"
    case .unknown: "unknown-name"
    case .exists: "exists"
    case .registry: "registry"
    }
  }
}
