internal import CKernels
package import ExpertPlatform
internal import Foundation

/// A teacher's stored answer: for each row its k likeliest tokens and their log-probabilities.
package struct TopKTeacher: Sendable {
  /// Tokens of each row.
  package var k: Int
  /// [rows, k].
  package var ids: [Int32]
  /// [rows, k], at temperature 1.
  package var logProbabilities: [Float]

  /// `ids` and `logProbabilities` are [rows, k].
  package init(k: Int, ids: [Int32], logProbabilities: [Float]) {
    self.k = k
    self.ids = ids
    self.logProbabilities = logProbabilities
  }
}

extension FusedHead {
  /// Distillation from stored top-k answers. The rule for the missing mass: both distributions are
  /// renormalised over the teacher's k tokens, so nothing is said about the others. KL(p‖q) only.
  ///
  /// Only k rows of W are read for each row of x; the cross-entropy takes its usual single pass.
  /// Without `dx` nothing is differentiated.
  package func distill(
    _ x: Floats, teacher: TopKTeacher, rows: Int, targets: [Int32], objective: Distillation,
    rowWeights: [Float], into dx: MutableFloats?, pool: ThreadPool
  ) -> DistillationScores {
    precondition(objective.divergence == .forward, "stored answers serve the forward divergence")
    let student =
      dx.map { dx in
        crossEntropy(
          x, rows: rows, targets: targets, rowWeights: rowWeights.map { $0 * objective.alpha },
          into: dx, pool: pool)
      } ?? score(x, rows: rows, targets: targets, pool: pool)
    var divergences = [Float](repeating: 0, count: rows)
    divergences.withUnsafeMutableBufferPointer { divergences in
      pool.run(rows) { row in
        let factor = rowWeights[row] * (1 - objective.alpha) * objective.temperature
        divergences[row] = distillRow(
          x + row * width, teacher, row, objective.temperature, factor,
          dx.map { $0 + row * width })
      }
    }
    return DistillationScores(student: student, divergences: divergences)
  }

  /// T²·KL(p‖q) of one row; adds factor·(q − p)·W to its dx where there is one.
  private func distillRow(
    _ x: Floats, _ teacher: TopKTeacher, _ row: Int, _ temperature: Float, _ factor: Float,
    _ dx: MutableFloats?
  ) -> Float {
    let k = teacher.k
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: k * (width + 2)) { room in
      guard let lines = room.baseAddress else { return 0 }
      let (q, p) = (lines + k * width, lines + k * width + k)
      for j in 0..<k {
        let id = Int(teacher.ids[row * k + j])
        weights.copyFloats(rows: id..<id + 1, to: lines + j * width)
        q[j] = kernels.table.pointee.dot(x, lines + j * width, width) / temperature
        p[j] = teacher.logProbabilities[row * k + j] / temperature
      }
      _ = kernels.table.pointee.log_softmax_row(q, k)
      _ = kernels.table.pointee.log_softmax_row(p, k)
      var divergence: Float = 0
      for j in 0..<k {
        divergence += exp(p[j]) * (p[j] - q[j])
        guard let dx else { continue }
        kernels.table.pointee.axpy(factor * (exp(q[j]) - exp(p[j])), lines + j * width, dx, width)
      }
      return divergence * temperature * temperature
    }
  }
}

extension FusedHead {
  /// The k likeliest tokens after each row of x [rows, C], from the likeliest on, with their
  /// log-probabilities under the whole vocabulary; of equals the smaller token first.
  package func topK(_ x: Floats, rows: Int, k: Int, pool: ThreadPool) -> TopKTeacher {
    let k = min(k, vocabulary)
    let statistics = RowStatistics(rows: rows, kernels: kernels)
    let best = BestTokens(rows: rows, k: k)
    stream(x, rows: rows, pool: pool) { tile, logits in
      pool.run(rows) { row in
        let line = logits + row * tile.count
        best.offer(row, line, tile)
        statistics.observe(row, line, tile)
      }
    }
    var found = TopKTeacher(k: k, ids: Array(best.ids), logProbabilities: [])
    found.logProbabilities = (0..<rows * k).map {
      Float(Double(best.logits[$0]) - statistics.rows[$0 / k].logSumExp(1))
    }
    return found
  }
}

/// The k largest logits of each row so far, falling.
///
/// `@unchecked Sendable`: a row is touched by one task at a time.
private final class BestTokens: @unchecked Sendable {
  private let k: Int
  let ids: UnsafeMutableBufferPointer<Int32>
  let logits: UnsafeMutableBufferPointer<Float>

  init(rows: Int, k: Int) {
    self.k = k
    ids = .allocate(capacity: rows * k)
    ids.initialize(repeating: 0)
    logits = .allocate(capacity: rows * k)
    logits.initialize(repeating: -.infinity)
  }

  deinit {
    ids.deallocate()
    logits.deallocate()
  }

  /// Shows a tile's logits to a row; tiles come in rising order.
  func offer(_ row: Int, _ line: MutableFloats, _ tile: Range<Int>) {
    let (start, last) = (row * k, row * k + k - 1)
    for column in 0..<tile.count where line[column] > logits[last] {
      var place = last
      while place > start, logits[place - 1] < line[column] {
        (logits[place], ids[place]) = (logits[place - 1], ids[place - 1])
        place -= 1
      }
      (logits[place], ids[place]) = (line[column], Int32(tile.lowerBound + column))
    }
  }
}
