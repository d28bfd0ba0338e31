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
