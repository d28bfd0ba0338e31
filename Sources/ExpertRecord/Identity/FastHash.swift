internal import CKernels
internal import ExpertPlatform

/// SHA-256 of short messages in two parts: by the processor's instructions where it has them
/// (several times faster), by `SHA256` elsewhere. Both give the same bytes.
enum FastHash {
  /// The digest of `head` followed by `body`.
  static func digest(_ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer) -> Digest {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { out in
      if let base = out.baseAddress, native(head, body, base),
        let digest = Digest(bytes: UnsafeRawBufferPointer(out))
      {
        return digest
      }
      return portable(head, body)
    }
  }

  private static func native(
    _ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer,
    _ out: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let first = head.bindMemory(to: UInt8.self).baseAddress
    let second = body.bindMemory(to: UInt8.self).baseAddress
    return expert_sha256(first, head.count, second, body.count, out) == 1
  }

  private static func portable(
    _ head: UnsafeRawBufferPointer, _ body: UnsafeRawBufferPointer
  ) -> Digest {
    var hasher = SHA256()
    hasher.update(head)
    hasher.update(body)
    return hasher.finalize()
  }
}
