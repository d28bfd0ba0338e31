internal import Dispatch
internal import Synchronization

/// Work on all cores from synchronous code.
enum Parallel {
  /// The results of `body` for `0..<count`, in order, computed on all cores.
  static func map<T: Sendable>(_ count: Int, _ body: @Sendable (Int) -> T) -> [T] {
    let results = Mutex<[T?]>(Array(repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { i in
      let result = body(i)
      results.withLock { $0[i] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// Does `work` on the calling thread and `other` on a thread beside it, and returns when both are
  /// done; then throws what `other` threw, else what `work` threw. The two must share nothing that
  /// is not made for sharing.
  static func both(_ work: () throws -> Void, beside other: () throws -> Void) throws {
    let failure = Mutex<(any Error)?>(nil)
    var result = Result<Void, any Error>.success(())
    withoutActuallyEscaping(other) { other in
      // It is not Sendable, but this thread only waits for it.
      nonisolated(unsafe) let other = other
      // A serial queue gets a thread of its own, however busy the pool is: the two wait for each
      // other, so both must run. The group is left after the closure was let go, which a semaphore
      // signalled by the closure itself would not wait for.
      let group = DispatchGroup()
      DispatchQueue(label: "expert-gen.beside").async(group: group) {
        do { try other() } catch { failure.withLock { $0 = error } }
      }
      result = Result { try work() }
      group.wait()
    }
    if let error = failure.withLock({ $0 }) { throw error }
    try result.get()
  }
}
