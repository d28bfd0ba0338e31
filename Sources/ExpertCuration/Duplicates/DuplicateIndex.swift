internal import CKernels

/// Finds near duplicates: rows whose sets of three-token shingles have an exact Jaccard similarity
/// at or over a threshold.
///
/// Greedy in the order of insertion: a row is compared with the rows kept before it, and kept
/// itself if it is like none of them. MinHash bands propose pairs, and each proposed pair is
/// compared exactly, so there is no false positive; how many true pairs are proposed is
/// `BandPlan.recall(at:)` (over 0.998 at the threshold, more above it).
///
/// It trades memory for speed: about 0.9 KB a row of 60 words. Many rows made from one template
/// cost time, because they share bands and must be compared.
///
/// One owner at a time: it holds mutable buffers, so it is a class that is not `Sendable`. Hold it
/// in an actor, or use it from one task.
package final class DuplicateIndex {
  /// Rows at or over this similarity are duplicates.
  package let threshold: Double
  /// The bands that propose pairs.
  package let plan: BandPlan
  var sets: ShingleRows
  var tables: BandTables
  var ids: [Int] = []
  private var workers: [DuplicateWorker] = []

  /// An empty index with room for `expectedRows`; more may come. The threshold is held to 0.5…1,
  /// and decides the plan unless one is given.
  package init(threshold: Double = 0.85, expectedRows: Int = 0, plan: BandPlan? = nil) {
    self.threshold = min(1, max(0.5, threshold))
    let plan = plan ?? BandPlan(threshold: self.threshold)
    self.plan = plan
    sets = ShingleRows()
    sets.reserve(expectedRows)
    tables = BandTables(bands: plan.bands, expectedRows: expectedRows)
    ids.reserveCapacity(expectedRows)
  }

  /// Rows kept so far.
  package var count: Int { ids.count }

  /// The name of the method, as it is stored beside a match.
  package var method: String { "minhash-\(plan.bands)x\(plan.rows)+jaccard" }

  /// The most similar kept row at or over the threshold; `nil` where there is none.
  package func check(_ text: String) -> DuplicateMatch? {
    let worker = worker(0)
    worker.read(text, plan: plan)
    return worker.best(in: self, from: 0).map(match)
  }

  /// Every kept row at or over the threshold, in the order of insertion.
  package func matches(of text: String) -> [DuplicateMatch] {
    let worker = worker(0)
    worker.read(text, plan: plan)
    return worker.all(in: self, from: 0).map(match)
  }

  /// Keeps a row without asking whether it is a duplicate.
  package func insert(_ text: String, id: Int) {
    let worker = worker(0)
    worker.read(text, plan: plan)
    keep(worker.sketcher.shingles, worker.sketcher.count, worker.keys, id)
  }

  /// Checks a row and keeps it if it is no duplicate.
  package func judge(_ text: String, id: Int) -> DuplicateVerdict {
    judge([text], ids: [id], threads: 1)[0]
  }

  /// Judges rows in order, each against the kept rows before it, those of the same call included.
  ///
  /// The verdicts are the ones that judging row by row gives, whatever the number of threads.
  package func judge(
    _ texts: [String], ids: [Int], threads: Int = 2
  ) -> [DuplicateVerdict] {
    precondition(texts.count == ids.count, "every text needs its id")
    var verdicts: [DuplicateVerdict] = []
    verdicts.reserveCapacity(texts.count)
    var start = 0
    while start < texts.count {
      let end = min(texts.count, start + DuplicateBlock.rows)
      judgeBlock(texts[start..<end], ids[start..<end], max(1, threads), &verdicts)
      start = end
    }
    return verdicts
  }

  func worker(_ number: Int) -> DuplicateWorker {
    while workers.count <= number { workers.append(DuplicateWorker(bands: plan.bands)) }
    return workers[number]
  }

  func keep(
    _ set: UnsafePointer<UInt64>, _ count: Int, _ keys: UnsafePointer<UInt32>, _ id: Int
  ) {
    sets.append(set, count: count)
    tables.append(keys)
    ids.append(id)
  }

  func match(_ found: DuplicateWorker.Found) -> DuplicateMatch {
    DuplicateMatch(id: ids[found.row], similarity: found.similarity, method: method)
  }
}
