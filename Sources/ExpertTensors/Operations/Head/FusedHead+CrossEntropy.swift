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

  /// dX of Σ rowWeights·loss in a second pass, once the weights are known (a preference loss knows
  /// them only after all log-probabilities): d = w (softmax − onehot).
  package func backward(
    _ x: Floats, rows: Int, targets: [Int32], scores: HeadScores, rowWeights: [Float],
    into dx: MutableFloats, pool: ThreadPool
  ) {
    streamGradient(x, rows: rows, into: dx, pool: pool) { tile, logits in
      pool.run(rows) { row in
        let line = logits + row * tile.count
        _ = kernels.table.pointee.exp_row(line, line, tile.count, scores.logSumExp[row], 1)
        kernels.table.pointee.scale(rowWeights[row], line, tile.count)
        if tile.contains(Int(targets[row])) {
          line[Int(targets[row]) - tile.lowerBound] = rowWeights[row] * expm1(-scores.losses[row])
        }
      }
    }
  }

  /// The scores, and dX [rows, C] of Σ rowWeights·loss, in one pass: two products in all.
  ///
  /// While tiles stream, dX sums e^(z − maximum)·W without the target's column and is rescaled
  /// where the maximum grows; at the end dX = w (dX·e^maximum/Σ + (p − 1)·W[target]), so a confident row
  /// loses no precision.
  package func crossEntropy(
    _ x: Floats, rows: Int, targets: [Int32], rowWeights: [Float], into dx: MutableFloats,
    pool: ThreadPool
  ) -> HeadScores {
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
    let scores = HeadScores(statistics, targets: targets, vocabulary: vocabulary)
    pool.run(rows) { row in
      let line = dx + row * width
      let found = statistics.rows[row]
      let share = exp(Double(found.maximum) - found.logSumExp(1))
      kernels.table.pointee.scale(Float(Double(rowWeights[row]) * share), line, width)
      let target = rowWeights[row] * expm1(-scores.losses[row])
      addRow(Int(targets[row]), times: target, to: line)
    }
    return scores
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
