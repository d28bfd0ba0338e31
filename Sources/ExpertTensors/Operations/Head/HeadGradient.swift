internal import CKernels
internal import ExpertPlatform
internal import Foundation

/// The head's scores with a gradient that waits for the weight of each row.
package struct HeadGradient {
  package let scores: HeadScores
  /// e^maximum / Σ eᶻ of each row: what turns the sums in `dx` into probabilities.
  private let shares: [Double]
  private let head: FusedHead
  private let targets: [Int32]
  private let dx: MutableFloats
  private let pool: ThreadPool

  init(
    _ head: FusedHead, _ statistics: RowStatistics, targets: [Int32], dx: MutableFloats,
    pool: ThreadPool
  ) {
    scores = HeadScores(statistics, targets: targets, vocabulary: head.vocabulary)
    shares = statistics.rows.map { exp(Double($0.maximum) - $0.logSumExp(1)) }
    self.head = head
    self.targets = targets
    self.dx = dx
    self.pool = pool
  }

  /// Makes dX [rows, C] that of Σ rowWeights·loss; once only.
  ///
  /// dX = w (dX·e^maximum/Σ + (p − 1)·W[target]), the target's part by itself, so a confident row
  /// loses no precision.
  package func weigh(by rowWeights: [Float]) {
    precondition(rowWeights.count == targets.count, "every row has a weight")
    pool.run(targets.count) { row in
      let line = dx + row * head.width
      let factor = Float(Double(rowWeights[row]) * shares[row])
      head.kernels.table.pointee.scale(factor, line, head.width)
      let target = rowWeights[row] * expm1(-scores.losses[row])
      head.addRow(Int(targets[row]), times: target, to: line)
    }
  }
}
