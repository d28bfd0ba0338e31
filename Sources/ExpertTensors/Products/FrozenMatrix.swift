package import ExpertPlatform

/// The weight of a linear layer that is never trained: W [out, in], prepared once for products.
///
/// Several tensors of one width may be stacked: their rows follow each other (query, key and value
/// become one product).
package final class FrozenMatrix: Sendable {
  /// Rows of W: what a product yields.
  package let outputs: Int
  /// Columns of W: what a product takes.
  package let inputs: Int
  package let precision: Precision
  private let weights: FloatBuffer

  /// Prepares `views`, stacked by rows.
  package init(_ views: [TensorView], precision: Precision, pool: ThreadPool) {
    inputs = views.first?.columns ?? 0
    outputs = views.reduce(0) { $0 + $1.rows }
    self.precision = precision
    weights = FloatBuffer(count: outputs * inputs)
    var row = 0
    for view in views {
      view.copyFloats(rows: 0..<view.rows, to: weights.base + row * inputs)
      row += view.rows
    }
  }

  /// Y = X Wᵀ, or Y += X Wᵀ: x [rows, in], y [rows, out].
  ///
  /// `range` (bounds divisible by 32, or `outputs`) computes some rows of W only; then y is
  /// [rows, range.count].
  package func forward(
    _ x: UnsafePointer<Float>, rows: Int, range: Range<Int>? = nil,
    into y: UnsafeMutablePointer<Float>, accumulate: Bool = false, pool: ThreadPool
  ) {
    let range = range ?? 0..<outputs
    pool.run(rows) { row in
      for output in range {
        var sum: Float = 0
        for k in 0..<inputs { sum += x[row * inputs + k] * weights.base[output * inputs + k] }
        let place = row * range.count + output - range.lowerBound
        y[place] = accumulate ? y[place] + sum : sum
      }
    }
  }

  /// dX = dY W, or dX += dY W: dy [rows, out] (or [rows, range.count]), dx [rows, in].
  package func backward(
    _ dy: UnsafePointer<Float>, rows: Int, range: Range<Int>? = nil,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool = false, pool: ThreadPool
  ) {
    let range = range ?? 0..<outputs
    pool.run(rows) { row in
      let out = dx + row * inputs
      if !accumulate { out.update(repeating: 0, count: inputs) }
      for output in range {
        let factor = dy[row * range.count + output - range.lowerBound]
        for k in 0..<inputs { out[k] += factor * weights.base[output * inputs + k] }
      }
    }
  }

  /// Rows of W as the products see them, as fp32: out [range.count, in].
  package func copyFloats(rows range: Range<Int>, to out: UnsafeMutablePointer<Float>) {
    out.update(from: weights.base + range.lowerBound * inputs, count: range.count * inputs)
  }
}
