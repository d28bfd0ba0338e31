internal import CKernels
internal import Synchronization

/// Working memory of one thread at a time: the words that it has met, with their ids.
final class Scratch: @unchecked Sendable {
  // Sendable because the pool hands it to one caller at a time, under its lock.
  let pointer: OpaquePointer
  // The words' ids are only right for this vocabulary, which must outlive the pointer.
  private let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) throws(TokenizerError) {
    guard let pointer = expert_bpe_scratch_new(vocabulary.tables) else { throw .outOfMemory }
    self.pointer = pointer
    self.vocabulary = vocabulary
  }

  deinit { expert_bpe_scratch_free(pointer) }
}

/// Scratches that wait for the next text, so that short texts find the words of earlier ones.
final class ScratchPool: @unchecked Sendable {
  // The lock is `idle`'s: a scratch is in the list or in the hands of one caller.
  private let idle = Mutex<[Scratch]>([])
  private let vocabulary: Vocabulary

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Lends a cleared scratch to `body`.
  func withScratch<Result>(
    _ body: (OpaquePointer) throws(TokenizerError) -> Result
  ) throws(TokenizerError) -> Result {
    let scratch: Scratch
    if let waiting = idle.withLock({ $0.popLast() }) {
      scratch = waiting
    } else {
      scratch = try Scratch(vocabulary)
    }
    expert_bpe_clear(scratch.pointer)
    defer { idle.withLock { $0.append(scratch) } }
    return try body(scratch.pointer)
  }
}
