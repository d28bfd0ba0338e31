internal import CKernels
internal import Dispatch

/// One thread's share of a block of rows: their sets, keys and what was found in the index as it
/// stood before the block.
final class DuplicateBlock {
  /// Rows judged between two meetings of the threads: enough to hide the meeting, few enough that
  /// a block's sets stay in the second-level cache.
  static let rows = 4096

  private(set) var sets: UnsafeMutablePointer<UInt64>
  private var capacity = 1 << 14
  private var used = 0
  private(set) var offsets: [Int] = [0]
  let keys: UnsafeMutablePointer<UInt32>
  let bands: Int
  /// The best match of each row, where that was asked.
  var found: [DuplicateWorker.Found?] = []
  /// Every match of each row, where that was asked.
  var all: [[DuplicateWorker.Found]] = []

  init(rows: Int, bands: Int) {
    self.bands = bands
    sets = .allocate(capacity: capacity)
    keys = .allocate(capacity: max(1, rows * bands))
  }

  deinit {
    sets.deallocate()
    keys.deallocate()
  }

  var count: Int { offsets.count - 1 }
  func start(_ row: Int) -> UnsafePointer<UInt64> { UnsafePointer(sets + offsets[row]) }
  func setCount(_ row: Int) -> Int { offsets[row + 1] - offsets[row] }
  func rowKeys(_ row: Int) -> UnsafeMutablePointer<UInt32> { keys + row * bands }

  /// Stores the set that a sketcher holds as the next row.
  func append(_ sketcher: Sketcher, plan: BandPlan) {
    if used + sketcher.count > capacity { grow(to: used + sketcher.count) }
    (sets + used).update(from: sketcher.shingles, count: sketcher.count)
    sketcher.bandKeys(plan, into: rowKeys(count))
    used += sketcher.count
    offsets.append(used)
  }

  private func grow(to needed: Int) {
    let larger = max(needed, 2 * capacity)
    let room = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    room.update(from: sets, count: used)
    sets.deallocate()
    sets = room
    capacity = larger
  }
}

extension DuplicateIndex {
  /// Judges up to `DuplicateBlock.rows` rows: the threads sketch and look up in the index as it
  /// stands, which nobody changes meanwhile; then one pass in order compares the survivors with
  /// each other and keeps them. The result is that of judging row by row.
  func judgeBlock(
    _ texts: ArraySlice<String>, _ blockIDs: ArraySlice<Int>, _ threads: Int,
    _ verdicts: inout [DuplicateVerdict]
  ) {
    settle(lookUp(texts, threads, findBest), blockIDs, &verdicts)
  }

  private func findBest(_ row: Int, _ part: DuplicateBlock, _ worker: DuplicateWorker) {
    part.found.append(worker.best(in: self, from: 0, part: part, row: row))
  }

  /// Sketches a block's rows on several threads and calls `find` for each, in order within a thread.
  func lookUp(
    _ texts: ArraySlice<String>, _ threads: Int,
    _ find: (Int, DuplicateBlock, DuplicateWorker) -> Void
  ) -> [DuplicateBlock] {
    let shares = shares(of: texts, threads)
    let parts = shares.map { DuplicateBlock(rows: $0.count, bands: plan.bands) }
    for number in shares.indices { _ = worker(number) }
    if shares.count == 1 {
      lookUp(texts[shares[0]], parts[0], worker(0), find)
    } else {
      runInParallel(shares.count) { number in
        self.lookUp(texts[shares[number]], parts[number], self.worker(number), find)
      }
    }
    return parts
  }

  private func shares(of texts: ArraySlice<String>, _ threads: Int) -> [Range<Int>] {
    // A thread is not worth its start for a handful of rows.
    let threads = max(1, min(threads, texts.count / 64))
    return (0..<threads).map { number in
      let from = texts.startIndex + texts.count * number / threads
      return from..<(texts.startIndex + texts.count * (number + 1) / threads)
    }
  }

  /// Sketches rows and looks each up. Heads are asked for one row ahead, links when the row's turn
  /// is next, so that the waits for memory overlap with the sketching.
  private func lookUp(
    _ texts: ArraySlice<String>, _ part: DuplicateBlock, _ worker: DuplicateWorker,
    _ find: (Int, DuplicateBlock, DuplicateWorker) -> Void
  ) {
    for text in texts {
      worker.sketcher.read(text)
      part.append(worker.sketcher, plan: plan)
    }
    for row in 0..<part.count {
      if row + 4 < part.count { tables.prefetchHeads(part.rowKeys(row + 4)) }
      if row + 2 < part.count { tables.prefetchLinks(part.rowKeys(row + 2)) }
      find(row, part, worker)
    }
  }

  /// Compares the rows that the index knew nothing like with the rows kept since the block began,
  /// and keeps those that are new. A row that the index knew is compared too: a closer match may
  /// stand in the block.
  private func settle(
    _ parts: [DuplicateBlock], _ blockIDs: ArraySlice<Int>, _ verdicts: inout [DuplicateVerdict]
  ) {
    let first = count
    let worker = worker(0)
    var at = blockIDs.startIndex
    for part in parts {
      for row in 0..<part.count {
        if row + 4 < part.count { tables.prefetchHeads(part.rowKeys(row + 4)) }
        let known = part.found[row]
        let near = worker.best(in: self, from: first, part: part, row: row)
        if let found = closer(known, near) {
          verdicts.append(.duplicate(match(found)))
        } else {
          keep(part.start(row), part.setCount(row), part.rowKeys(row), blockIDs[at])
          verdicts.append(.kept)
        }
        at += 1
      }
    }
  }

  /// The more similar of the two; the one known from before the block where they are equal.
  private func closer(
    _ known: DuplicateWorker.Found?, _ near: DuplicateWorker.Found?
  ) -> DuplicateWorker.Found? {
    guard let near else { return known }
    guard let known else { return near }
    return near.similarity > known.similarity ? near : known
  }
}

/// Runs `body(0)` … `body(count - 1)` on as many threads and waits for all.
func runInParallel(_ count: Int, _ body: (Int) -> Void) {
  withoutActuallyEscaping(body) { body in
    let shared = SharedBody(run: body)
    DispatchQueue.concurrentPerform(iterations: count) { shared.run($0) }
  }
}

/// A closure that several threads call at once, each with its own number. No lock: the caller's
/// closure writes only what belongs to its number, and the caller waits until all calls returned.
private struct SharedBody: @unchecked Sendable {
  let run: (Int) -> Void
}
