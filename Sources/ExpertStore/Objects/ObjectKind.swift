package import ExpertRecord

/// What an object is; the number is what its row holds.
package enum ObjectKind: Int64, Sendable, Hashable, CaseIterable {
  case record = 1
  case attrs = 2
  case request = 3
  case reply = 4
  case template = 5
  case config = 6
  case commit = 7
  case snapshot = 8
  case dictionary = 9
  case evaluation = 10

  /// The tag that goes into the object's hash.
  package var tag: ObjectTag {
    switch self {
    case .record: .record
    case .attrs: .attrs
    case .request: .request
    case .reply: .reply
    case .template: .template
    case .config: .config
    case .commit: .commit
    case .snapshot: .snapshot
    case .dictionary: .dictionary
    case .evaluation: .evaluation
    }
  }

  /// The kinds whose bodies are alike enough for a trained dictionary.
  static let trained: [ObjectKind] = [.record, .attrs, .request, .reply]
}
