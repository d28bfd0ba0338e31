internal import CKernels

/// Tokens, their bytes and their merges. Made once by a `VocabularyBuilder`, then never changed.
final class Vocabulary: @unchecked Sendable {
  // Safe to share without a lock: nothing is written after `expert_bpe_seal`.
  let tables: OpaquePointer
  /// The highest id and one.
  let idCount: Int

  init(tables: OpaquePointer, idCount: Int) {
    self.tables = tables
    self.idCount = idCount
  }

  deinit { expert_bpe_free(tables) }

  /// Hands the bytes of a token to `body`; `nil` for an id that has none.
  func withBytes<Result>(
    of id: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result? {
    var count = 0
    guard let bytes = expert_bpe_bytes(tables, id, &count) else { return nil }
    return body(UnsafeBufferPointer(start: bytes, count: count))
  }

  /// The token that text can become and that has these bytes.
  func find(_ bytes: [UInt8]) -> Int32? {
    let id = bytes.withUnsafeBufferPointer {
      // An empty array has no address.
      $0.baseAddress.map { expert_bpe_find(tables, $0, bytes.count) } ?? -1
    }
    return id < 0 ? nil : id
  }
}
