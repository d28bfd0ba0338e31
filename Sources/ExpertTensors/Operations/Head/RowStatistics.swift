internal import CKernels
internal import Foundation

/// What is known of each row's logits so far: the running maximum and the sum of exponentials
/// relative to it (Milakov and Gimelshein 2018).
///
/// The target stands apart: what all others weigh beside a target that is nearly certain would be
/// lost in one sum.
///
/// `@unchecked Sendable`: a row is touched by one task at a time.
final class RowStatistics: @unchecked Sendable {
  /// One row.
  struct Row {
    /// Of all but the target.
    var maximum = -Float.infinity
    /// Σ e^((z − maximum)/T) of all but the target.
    var total = 0.0
    /// Σ z of all.
    var sum = 0.0
    /// Where the maximum was first.
    var best: Int32 = 0
    /// The target's logit; −inf where there is no target.
    var target = -Float.infinity

    /// log Σ e^(z/T) of all but the target.
    func others(_ inverseTemperature: Float) -> Double {
      Double(maximum) * Double(inverseTemperature) + log(total)
    }

    /// log Σ e^(z/T) of all.
    func logSumExp(_ inverseTemperature: Float) -> Double {
      let (others, target) = (
        others(inverseTemperature), Double(target) * Double(inverseTemperature)
      )
      return target > others
        ? target + log1p(exp(others - target)) : others + log1p(exp(target - others))
    }

    /// −log p of the target at temperature 1.
    var loss: Double {
      let lead = others(1) - Double(target)
      return lead > 0 ? lead + log1p(exp(-lead)) : log1p(exp(lead))
    }
  }

  let rows: UnsafeMutableBufferPointer<Row>
  private let kernels: Kernels
  private let inverseTemperature: Float

  init(rows count: Int, temperature: Float = 1, kernels: Kernels) {
    rows = .allocate(capacity: count)
    rows.initialize(repeating: Row())
    self.kernels = kernels
    inverseTemperature = 1 / temperature
  }

  deinit { rows.deallocate() }

  /// Adds a tile's logits to row `row`; `target` is a token anywhere in the vocabulary. With
  /// `exponentials` the logits become e^(z − maximum), and the target's 0.
  ///
  /// Returns by how much earlier sums shrank.
  @discardableResult
  func observe(
    _ row: Int, _ logits: MutableFloats, _ tile: Range<Int>, target: Int32? = nil,
    exponentials: Bool = false
  ) -> Float {
    let table = kernels.table
    rows[row].sum += table.pointee.sum(logits, tile.count)
    let apart = target.flatMap { tile.contains(Int($0)) ? Int($0) - tile.lowerBound : nil }
    if let apart {
      rows[row].target = logits[apart]
      logits[apart] = -.infinity
    }
    let shrink = raise(row, to: table.pointee.max_row(logits, tile.count), logits, tile)
    rows[row].total += Double(
      table.pointee.exp_row(
        logits, exponentials ? logits : nil, tile.count, rows[row].maximum, inverseTemperature))
    if let apart, !exponentials { logits[apart] = rows[row].target }
    return shrink
  }

  private func raise(
    _ row: Int, to top: Float, _ logits: MutableFloats, _ tile: Range<Int>
  ) -> Float {
    let before = rows[row].maximum
    guard top > before else { return 1 }
    let shrink = exp((before - top) * inverseTemperature)
    rows[row].maximum = top
    rows[row].total *= Double(shrink)
    for column in 0..<tile.count where logits[column] == top {
      rows[row].best = Int32(tile.lowerBound + column)
      break
    }
    return shrink
  }
}

/// What the head found in each row.
package struct HeadScores: Sendable {
  /// −log p of the targets: the cross-entropy of each row.
  package var losses: [Float]
  /// log Σ eᶻ.
  package var logSumExp: [Float]
  /// The logit of the target.
  package var targetLogit: [Float]
  /// The token with the largest logit; the first of equals.
  package var argmax: [Int32]
  /// The mean of all logits.
  package var meanLogit: [Float]

  init(_ statistics: RowStatistics, targets: [Int32], vocabulary: Int) {
    losses = statistics.rows.map { Float($0.loss) }
    logSumExp = statistics.rows.map { Float($0.logSumExp(1)) }
    targetLogit = statistics.rows.map(\.target)
    argmax = zip(statistics.rows, targets).map { row, target in
      if row.target == row.maximum { return min(row.best, target) }
      return row.target > row.maximum ? target : row.best
    }
    meanLogit = statistics.rows.map { Float($0.sum / Double(vocabulary)) }
  }

  /// log p of the targets.
  package var logProbabilities: [Float] { losses.map { -$0 } }
}
