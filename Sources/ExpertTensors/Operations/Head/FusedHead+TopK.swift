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
  package func distill(
    _ x: Floats, teacher: TopKTeacher, rows: Int, targets: [Int32], objective: Distillation,
    rowWeights: [Float], into dx: MutableFloats, pool: ThreadPool
  ) -> DistillationScores {
    precondition(objective.divergence == .forward, "stored answers serve the forward divergence")
    let student = crossEntropy(
      x, rows: rows, targets: targets, rowWeights: rowWeights.map { $0 * objective.alpha },
      into: dx, pool: pool)
    var divergences = [Float](repeating: 0, count: rows)
    divergences.withUnsafeMutableBufferPointer { divergences in
      pool.run(rows) { row in
        let factor = rowWeights[row] * (1 - objective.alpha) * objective.temperature
        divergences[row] = distillRow(
          x + row * width, teacher, row, objective.temperature, factor, dx + row * width)
      }
    }
    return DistillationScores(student: student, divergences: divergences)
  }

  /// T²·KL(p‖q) of one row; adds factor·(q − p)·W to its dx.
  private func distillRow(
    _ x: Floats, _ teacher: TopKTeacher, _ row: Int, _ temperature: Float, _ factor: Float,
    _ dx: MutableFloats
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
        kernels.table.pointee.axpy(factor * (exp(q[j]) - exp(p[j])), lines + j * width, dx, width)
      }
      return divergence * temperature * temperature
    }
  }
}
