internal import CKernels

/// What one thread needs to look a row up: a sketcher, the row's band keys, and marks that count
/// how many bands each stored row shares with it.
final class DuplicateWorker {
  /// A stored row and its exact similarity.
  struct Found {
    var row: Int
    var similarity: Double
  }

  let sketcher = Sketcher()
  let keys: UnsafeMutablePointer<UInt32>
  /// Per stored row: the number of the query that last saw it, times 256, plus the shared bands.
  private var marks: UnsafeMutablePointer<UInt32>
  private var markCount = 0
  private var query: UInt32 = 0
  private var candidates: [UInt32] = []

  init(bands: Int) {
    keys = .allocate(capacity: bands)
    marks = .allocate(capacity: 1)
  }

  deinit {
    keys.deallocate()
    marks.deallocate()
  }

  /// Reads a text and computes its band keys.
  func read(_ text: String, plan: BandPlan) {
    sketcher.read(text)
    sketcher.bandKeys(plan, into: keys)
  }

  /// The most similar row from `first` on, at or over the threshold; the earliest of equals.
  /// The query is the text last read.
  func best(in index: DuplicateIndex, from first: Int) -> Found? {
    propose(in: index, from: first, keys: keys)
    return bestCandidate(in: index)
  }

  /// The same for a row of a block.
  func best(
    in index: DuplicateIndex, from first: Int, part: DuplicateBlock, row: Int
  ) -> Found? {
    propose(in: index, from: first, keys: part.rowKeys(row))
    guard !candidates.isEmpty else { return nil }
    sketcher.adopt(part.start(row), count: part.setCount(row))
    return bestCandidate(in: index)
  }

  private func bestCandidate(in index: DuplicateIndex) -> Found? {
    var best: Found?
    for candidate in candidates {
      let floor = max(index.threshold, best?.similarity ?? 0)
      guard let found = verify(Int(candidate), in: index, floor: floor) else { continue }
      if let known = best, found.similarity == known.similarity, found.row > known.row { continue }
      best = found
    }
    return best
  }

  /// Every row from `first` on at or over the threshold, in the order of insertion.
  func all(in index: DuplicateIndex, from first: Int) -> [Found] {
    propose(in: index, from: first, keys: keys)
    return verifiedCandidates(in: index)
  }

  /// The same for a row of a block.
  func all(in index: DuplicateIndex, from first: Int, part: DuplicateBlock, row: Int) -> [Found] {
    propose(in: index, from: first, keys: part.rowKeys(row))
    guard !candidates.isEmpty else { return [] }
    sketcher.adopt(part.start(row), count: part.setCount(row))
    return verifiedCandidates(in: index)
  }

  private func verifiedCandidates(in index: DuplicateIndex) -> [Found] {
    candidates.sorted().compactMap { verify(Int($0), in: index, floor: index.threshold) }
  }

  /// Fills `candidates` with the rows that share at least the required number of bands.
  private func propose(
    in index: DuplicateIndex, from first: Int, keys: UnsafePointer<UInt32>
  ) {
    candidates.removeAll(keepingCapacity: true)
    nextQuery(rows: index.count)
    let required = UInt32(index.plan.required)
    let (query, marks) = (query, marks)
    index.tables.forEachMatch(keys, from: first) { row in
      let mark = marks[row] >> 8 == query ? marks[row] &+ 1 : query << 8 | 1
      marks[row] = mark
      if mark & 0xff == required { candidates.append(UInt32(row)) }
    }
  }

  private func nextQuery(rows: Int) {
    query += 1
    if markCount >= rows, query < 1 << 24 { return }
    markCount = rows < markCount ? markCount : rows + rows / 2 + 1024
    marks.deallocate()
    marks = .allocate(capacity: markCount)
    marks.initialize(repeating: 0, count: markCount)
    query = 1
  }

  /// The exact similarity with a stored row, where it is at least `floor`.
  ///
  /// Jaccard is at most the ratio of the smaller to the larger set, which is checked first.
  private func verify(_ row: Int, in index: DuplicateIndex, floor: Double) -> Found? {
    let mine = sketcher.count
    let theirs = index.sets.count(row)
    guard Double(min(mine, theirs)) >= floor * Double(max(mine, theirs)) else { return nil }
    let common = sketcher.common(with: index.sets.start(row), count: theirs)
    let similarity = Double(common) / Double(mine + theirs - common)
    return similarity >= floor ? Found(row: row, similarity: similarity) : nil
  }
}
