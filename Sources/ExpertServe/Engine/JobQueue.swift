internal import Foundation

/// What the engine is to do next, in the order in which it came.
///
/// Unchecked: `condition` guards everything.
final class JobQueue<Job: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: [Job] = []
  private var isClosed = false

  /// Adds a job; `false` where the queue was closed.
  func add(_ job: Job) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    guard !isClosed else { return false }
    jobs.append(job)
    condition.signal()
    return true
  }

  /// Takes all jobs; with `waits` not before there is one. `nil` once the queue was closed.
  func take(waits: Bool) -> [Job]? {
    condition.lock()
    defer { condition.unlock() }
    while waits, jobs.isEmpty, !isClosed { condition.wait() }
    guard !isClosed else { return nil }
    defer { jobs = [] }
    return jobs
  }

  /// Refuses further jobs and returns those that nobody took.
  func close() -> [Job] {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
    defer { jobs = [] }
    return jobs
  }
}
