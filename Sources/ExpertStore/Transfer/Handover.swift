internal import Foundation

/// A short queue between a thread that makes things and one that uses them: each waits for the
/// other, so that memory stays bounded.
///
/// `@unchecked Sendable`: everything is touched under `condition`'s lock.
final class Handover<Thing: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let capacity: Int
  private var waiting: [Thing] = []
  private var isFinished = false
  private var isStopped = false

  init(capacity: Int) { self.capacity = capacity }

  /// Hands a thing over once there is room; `false` where nobody takes any more.
  func put(_ thing: Thing) -> Bool {
    condition.withLock {
      while waiting.count >= capacity, !isStopped { condition.wait() }
      guard !isStopped else { return false }
      waiting.append(thing)
      condition.broadcast()
      return true
    }
  }

  /// The next thing, once there is one; `nil` when no more will come.
  func take() -> Thing? {
    condition.withLock {
      while waiting.isEmpty, !isFinished, !isStopped { condition.wait() }
      guard !waiting.isEmpty, !isStopped else { return nil }
      condition.broadcast()
      return waiting.removeFirst()
    }
  }

  /// The maker says that no more will come.
  func finish() {
    condition.withLock {
      isFinished = true
      condition.broadcast()
    }
  }

  /// The user says that it takes no more; what waits is dropped.
  func stop() {
    condition.withLock {
      isStopped = true
      waiting = []
      condition.broadcast()
    }
  }
}
