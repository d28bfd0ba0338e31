internal import Dispatch
internal import Synchronization

/// Work on all cores from synchronous code.
enum Parallel {
  /// The results of `body` for `0..<count`, in order, computed on all cores while the calling thread
  /// first does `work`.
  static func map<T: Sendable>(
    _ count: Int, beside work: () -> Void, _ body: @Sendable (Int) -> T
  ) -> [T] {
    let results = Mutex<[T?]>(Array(repeating: nil, count: count))
    withoutActuallyEscaping(work) { work in
      // Index 0 runs `work`; it is not Sendable, but exactly one iteration calls it, and
      // concurrentPerform returns only after it has.
      nonisolated(unsafe) let work = work
      DispatchQueue.concurrentPerform(iterations: count + 1) { i in
        guard i > 0 else {
          work()
          return
        }
        let result = body(i - 1)
        results.withLock { $0[i - 1] = result }
      }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
