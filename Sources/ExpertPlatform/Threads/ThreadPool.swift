internal import CKernels
internal import Foundation
internal import Synchronization

/// A few threads that share the tasks of one loop.
///
/// Tasks are handed out one by one, so a thread that the system set aside delays only the task it
/// holds. Which thread ran a task must not change the task's result: then no result depends on
/// timing. The calling thread takes part; a loop inside a task runs on its own thread.
package final class ThreadPool: Sendable {
  /// The pool of this process: as many threads as processors that it may use.
  package static let shared = ThreadPool(threads: ProcessInfo.processInfo.activeProcessorCount)

  /// How many threads work on a loop, the calling one included.
  package let threads: Int
  private let state: LoopState

  /// Starts `threads - 1` threads.
  package init(threads: Int) {
    self.threads = max(1, threads)
    let state = LoopState()
    self.state = state
    for _ in 1..<max(2, self.threads) where self.threads > 1 {
      let thread = Thread { state.work() }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  deinit { state.stop() }

  /// Runs `body(0) … body(count - 1)`, each once, and returns when all are done.
  package func run(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1, threads > 1, count < Int(UInt32.max), state.enter() else {
      for task in 0..<max(0, count) { body(task) }
      return
    }
    withoutActuallyEscaping(body) { state.share(count, $0) }
    state.leave()
  }

  /// Runs `body` over `count` elements in runs of `grain`, the last one shorter.
  package func run(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    let step = max(1, grain)
    run((count + step - 1) / step) { task in
      body(task * step..<min(count, (task + 1) * step))
    }
  }
}

/// The loop under way. `ticket` holds the loop's number above 32 bits of the next task, so that a
/// thread that comes late to one loop can never take a task of the next.
///
/// `@unchecked Sendable`: `body` is written before the release of `ticket` and read only by a
/// thread that holds a task of that loop, which ends after all of its tasks.
private final class LoopState: @unchecked Sendable {
  /// A task number above every count.
  private static let closed: UInt64 = 0xffff_ffff

  private let ticket = Atomic<UInt64>(LoopState.closed)
  private let count = Atomic<Int>(0)
  private let done = Atomic<Int>(0)
  private let busy = Atomic<Bool>(false)
  private let stopped = Atomic<Bool>(false)
  private let sleepers = Atomic<Int>(0)
  private let wakeUp = NSCondition()
  private var body: ((Int) -> Void)?

  /// False where a loop is under way already: then the caller works alone.
  func enter() -> Bool {
    busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func leave() { busy.store(false, ordering: .releasing) }

  func share(_ tasks: Int, _ work: @escaping (Int) -> Void) {
    body = work
    count.store(tasks, ordering: .relaxed)
    done.store(0, ordering: .relaxed)
    let loop = ((ticket.load(ordering: .relaxed) >> 32) + 1) & 0xffff_ffff
    ticket.store(loop << 32, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      wakeUp.lock()
      wakeUp.broadcast()
      wakeUp.unlock()
    }
    take(loop)
    var turns = 0
    while done.load(ordering: .acquiring) < tasks { pause(&turns) }
    // No task of this loop is left for a thread that still compares with the next loop's count.
    ticket.store(loop << 32 | Self.closed, ordering: .sequentiallyConsistent)
    body = nil
  }

  func stop() {
    stopped.store(true, ordering: .sequentiallyConsistent)
    wakeUp.lock()
    wakeUp.broadcast()
    wakeUp.unlock()
  }

  /// The life of a helping thread: waits in a short spin, then asleep, for the next loop.
  func work() {
    var seen: UInt64 = 0
    while !stopped.load(ordering: .relaxed) {
      let loop = ticket.load(ordering: .acquiring) >> 32
      if loop != seen {
        seen = loop
        take(loop)
      } else if !spin(while: seen) {
        sleep(while: seen)
      }
    }
  }

  private func take(_ loop: UInt64) {
    while true {
      let now = ticket.load(ordering: .acquiring)
      let task = Int(now & 0xffff_ffff)
      guard now >> 32 == loop, task < count.load(ordering: .relaxed) else { return }
      guard
        ticket.weakCompareExchange(
          expected: now, desired: now + 1, ordering: .acquiring
        ).exchanged
      else { continue }
      body?(task)
      done.add(1, ordering: .acquiringAndReleasing)
    }
  }

  /// About 50 µs: longer than the pause between two products of one layer.
  private func spin(while seen: UInt64) -> Bool {
    for _ in 0..<2_000 {
      if ticket.load(ordering: .relaxed) >> 32 != seen { return true }
      expert_spin_hint()
    }
    return false
  }

  private func sleep(while seen: UInt64) {
    wakeUp.lock()
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while ticket.load(ordering: .sequentiallyConsistent) >> 32 == seen,
      !stopped.load(ordering: .relaxed)
    {
      wakeUp.wait()
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    wakeUp.unlock()
  }

  private func pause(_ turns: inout Int) {
    turns += 1
    if turns < 10_000 { expert_spin_hint() } else { sched_yield() }
  }
}
