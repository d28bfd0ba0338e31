internal import ExpertPlatform
internal import Foundation
internal import Synchronization
internal import Testing

/// Counts how often each task of a loop ran.
private final class Tally: Sendable {
  private let counts: Mutex<[Int]>

  init(_ tasks: Int) { counts = Mutex([Int](repeating: 0, count: tasks)) }

  func mark(_ task: Int) { counts.withLock { $0[task] += 1 } }

  var everyTaskOnce: Bool { counts.withLock { $0.allSatisfy { $0 == 1 } } }
}

@Suite struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1_000])
  func everyTaskRunsOnce(threads: Int, tasks: Int) {
    let tally = Tally(tasks)
    ThreadPool(threads: threads).run(tasks) { tally.mark($0) }
    #expect(tally.everyTaskOnce)
  }

  @Test func runsCoverAllElements() {
    let tally = Tally(1_003)
    ThreadPool(threads: 3).run(1_003, grain: 10) { range in
      #expect(range.count == 10 || range == 1_000..<1_003)
      for element in range { tally.mark(element) }
    }
    #expect(tally.everyTaskOnce)
  }

  @Test func aLoopInsideATaskRuns() {
    let pool = ThreadPool(threads: 4)
    let tally = Tally(50 * 20)
    pool.run(50) { outer in pool.run(20) { tally.mark(outer * 20 + $0) } }
    #expect(tally.everyTaskOnce)
  }

  @Test func callersOnSeveralThreadsShareOnePool() {
    let pool = ThreadPool(threads: 3)
    let tally = Tally(8 * 500 * 5)
    DispatchQueue.concurrentPerform(iterations: 8) { caller in
      for loop in 0..<500 {
        pool.run(5) { tally.mark((caller * 500 + loop) * 5 + $0) }
      }
    }
    #expect(tally.everyTaskOnce)
  }

  /// More threads than processors: many come late to loops of a few tasks, whose numbers of tasks
  /// differ. A task taken twice or lost would change the sum or hang.
  @Test func tinyLoopsLoseNothing() {
    let pool = ThreadPool(threads: 6)
    let sum = Atomic<Int>(0)
    var expected = 0
    for loop in 0..<100_000 {
      let tasks = 2 + loop % 5
      pool.run(tasks) { sum.add($0 + 1, ordering: .relaxed) }
      expected += tasks * (tasks + 1) / 2
    }
    #expect(sum.load(ordering: .sequentiallyConsistent) == expected)
  }

  @Test func helpersThatFellAsleepWakeUp() {
    let pool = ThreadPool(threads: 2)
    for _ in 0..<20 {
      Thread.sleep(forTimeInterval: 0.002)
      let arrived = Atomic<Int>(0)
      // Each task waits for the other: only two threads can end this loop.
      pool.run(2) { _ in
        arrived.add(1, ordering: .sequentiallyConsistent)
        while arrived.load(ordering: .sequentiallyConsistent) < 2 { usleep(10) }
      }
      #expect(arrived.load(ordering: .sequentiallyConsistent) == 2)
    }
  }

  @Test func whatTasksWroteIsSeenAfterTheLoop() {
    let pool = ThreadPool(threads: 4)
    var cells = [Int](repeating: 0, count: 64)
    for loop in 1...2_000 {
      cells.withUnsafeMutableBufferPointer { cells in
        pool.run(64) { cells[$0] += loop }
      }
    }
    #expect(cells.allSatisfy { $0 == 2_000 * 2_001 / 2 })
  }

  @Test func poolsCanBeMadeAndDropped() {
    for _ in 0..<200 {
      let tally = Tally(10)
      ThreadPool(threads: 3).run(10) { tally.mark($0) }
      #expect(tally.everyTaskOnce)
    }
  }
}
