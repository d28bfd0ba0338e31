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
}

extension Digest {
  /// The identity of an object: SHA-256 over `expert-gen/<tag>/v1`, a zero byte and the canonical
  /// bytes.
  package static func tagged(_ tag: ObjectTag, _ canonicalBytes: [UInt8]) -> Digest {
    var hasher = SHA256()
    hasher.update("expert-gen/\(tag.rawValue)/v1\0")
    hasher.update(canonicalBytes)
    return hasher.finalize()
  }
}
