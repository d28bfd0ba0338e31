package import ExpertPlatform

/// What a hash is taken of. The tag goes into the hash, so a record and a reply of the same bytes
/// are different objects.
package enum ObjectTag: String, Sendable, Hashable, CaseIterable {
  case record
  case attrs
  case request
  case reply
  case template
  case config
  case commit
  case snapshot
  case dictionary
  case chain
  case bucket
  case root
  case job
  case plan
  case slot
  case file
  case evaluation
}

extension ObjectTag {
  /// What is hashed before the bytes of an object of this kind.
  fileprivate var prefix: StaticString {
    switch self {
    case .record: "expert-gen/record/v1\0"
    case .attrs: "expert-gen/attrs/v1\0"
    case .request: "expert-gen/request/v1\0"
    case .reply: "expert-gen/reply/v1\0"
    case .template: "expert-gen/template/v1\0"
    case .config: "expert-gen/config/v1\0"
    case .commit: "expert-gen/commit/v1\0"
    case .snapshot: "expert-gen/snapshot/v1\0"
    case .dictionary: "expert-gen/dictionary/v1\0"
    case .chain: "expert-gen/chain/v1\0"
    case .bucket: "expert-gen/bucket/v1\0"
    case .root: "expert-gen/root/v1\0"
    case .job: "expert-gen/job/v1\0"
    case .plan: "expert-gen/plan/v1\0"
    case .slot: "expert-gen/slot/v1\0"
    case .file: "expert-gen/file/v1\0"
    case .evaluation: "expert-gen/evaluation/v1\0"
    }
  }
}

extension Digest {
  /// The identity of an object: SHA-256 over `expert-gen/<tag>/v1`, a zero byte and the canonical
  /// bytes.
  package static func tagged(_ tag: ObjectTag, _ canonicalBytes: [UInt8]) -> Digest {
    let prefix = tag.prefix
    let head = UnsafeRawBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
    return canonicalBytes.withUnsafeBytes { FastHash.digest(head, $0) }
  }
}
