extension DuplicateIndex {
  /// Keeps every row, duplicates too, and returns the pairs at or over the threshold, each as (row,
  /// earlier row): what splits are assigned by.
  ///
  /// The pairs, and their order, are those that linking row by row gives, whatever the number of
  /// threads.
  package func link(_ texts: [String], ids: [Int], threads: Int = 2) -> [(Int, Int)] {
    precondition(texts.count == ids.count, "every text needs its id")
    var pairs: [(Int, Int)] = []
    for start in stride(from: 0, to: texts.count, by: DuplicateBlock.rows) {
      let end = min(texts.count, start + DuplicateBlock.rows)
      linkBlock(texts[start..<end], ids[start..<end], max(1, threads), &pairs)
    }
    return pairs
  }

  /// The threads find each row's pairs with the index as it stands; then one pass in order finds
  /// those within the block and keeps the rows.
  private func linkBlock(
    _ texts: ArraySlice<String>, _ blockIDs: ArraySlice<Int>, _ threads: Int,
    _ pairs: inout [(Int, Int)]
  ) {
    let first = count
    var id = blockIDs.startIndex
    for part in lookUp(texts, threads, findAll) {
      for row in 0..<part.count {
        if row + 4 < part.count { tables.prefetchHeads(part.rowKeys(row + 4)) }
        let near = worker(0).all(in: self, from: first, part: part, row: row)
        for found in part.all[row] + near { pairs.append((blockIDs[id], ids[found.row])) }
        keep(part.start(row), part.setCount(row), part.rowKeys(row), blockIDs[id])
        id += 1
      }
    }
  }

  private func findAll(_ row: Int, _ part: DuplicateBlock, _ worker: DuplicateWorker) {
    part.all.append(worker.all(in: self, from: 0, part: part, row: row))
  }
}
