internal import CKernels
package import ExpertPlatform
internal import Foundation

extension FusedHead {
  /// Forward only: what x [rows, C] says of its targets [rows].
  package func score(
    _ x: Floats, rows: Int, targets: [Int32], pool: ThreadPool
  ) -> HeadScores {
    let statistics = RowStatistics(rows: rows, kernels: kernels)
    stream(x, rows: rows, pool: pool) { tile, logits in
      pool.run(rows) { row in
        let line = logits + row * tile.count
        statistics.observe(row, line, tile, target: targets[row])
      }
    }
    return HeadScores(statistics, targets: targets, vocabulary: vocabulary)
  }

  /// The scores, and dX [rows, C] of Σ rowWeights·loss, in one pass: two products in all.
  package func crossEntropy(
    _ x: Floats, rows: Int, targets: [Int32], rowWeights: [Float], into dx: MutableFloats,
    pool: ThreadPool
  ) -> HeadScores {
    let gradient = differentiate(x, rows: rows, targets: targets, into: dx, pool: pool)
    gradient.weigh(by: rowWeights)
    return gradient.scores
  }

  /// The same where the rows' weights depend on the scores, as those of a preference loss do: `dx`
  /// is a gradient once the result has weighed it.
  ///
  /// While tiles stream, dX sums e^(z − maximum)·W without the target's column and is rescaled
  /// where the maximum grows.
  package func differentiate(
    _ x: Floats, rows: Int, targets: [Int32], into dx: MutableFloats, pool: ThreadPool
  ) -> HeadGradient {
    let statistics = RowStatistics(rows: rows, kernels: kernels)
    streamGradient(x, rows: rows, into: dx, pool: pool) { tile, logits in
      pool.run(rows) { row in
        let line = logits + row * tile.count
        let shrink = statistics.observe(
          row, line, tile, target: targets[row], exponentials: true)
        if shrink != 1, tile.lowerBound > 0 {
          kernels.table.pointee.scale(shrink, dx + row * width, width)
        }
      }
    }
    return HeadGradient(self, statistics, targets: targets, dx: dx, pool: pool)
  }

  /// line [C] += factor · W[row].
  func addRow(_ row: Int, times factor: Float, to line: MutableFloats) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { room in
      guard let base = room.baseAddress else { return }
      weights.copyFloats(rows: row..<row + 1, to: base)
      kernels.table.pointee.axpy(factor, base, line, width)
    }
  }
}
