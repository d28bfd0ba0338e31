internal import CKernels
package import ExpertPlatform

/// The weight of a linear layer that is never trained: W [out, in], prepared once for products.
///
/// Several tensors of one width may be stacked: their rows follow each other (query, key and value
/// become one product). Tensors that are quantised already keep their codes at `int4` and `int8`.
/// Where the processor multiplies bf16, inputs of all precisions but fp32 and `w8a8` are rounded to
/// bf16; elsewhere products are fp32 throughout, on the same weights.
package final class FrozenMatrix: Sendable {
  /// Rows of W: what a product yields.
  package let outputs: Int
  /// Columns of W: what a product takes.
  package let inputs: Int
  package let precision: Precision
  /// The instructions that products use.
  package let isa: InstructionSet
  private let parts: [WeightPart]
  /// What serves instead of `parts` at `w8a8`.
  private let rounded: RoundedMatrix?

  /// Prepares `views`, stacked by rows.
  package init(
    _ views: [TensorView], precision: Precision, layout: WeightLayout = .automatic,
    isa: InstructionSet = .current, pool: ThreadPool
  ) {
    inputs = views.first?.columns ?? 0
    outputs = views.reduce(0) { $0 + $1.rows }
    self.precision = precision
    self.isa = isa
    guard precision == .w8a8 else {
      parts = WeightParts.make(views, precision: precision, layout: layout, pool: pool)
      rounded = nil
      return
    }
    parts = []
    rounded = RoundedMatrix(views, isa: isa, pool: pool)
  }

  /// Bytes of private memory; a mapped file counts nothing.
  package var bytes: Int { parts.reduce(rounded?.bytes ?? 0) { $0 + $1.bytes } }

  /// Bytes that one product of few rows reads, mapped ones included.
  package var readBytes: Int {
    parts.reduce(rounded?.readBytes ?? 0) { sum, part in
      let mapped = part.weights.kind == EXPERT_ROWS_BF16
      return sum + (mapped ? part.weights.outputs * inputs * 2 : part.bytes)
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
    rounded?.forward(x, rows: rows, range: range, into: y, accumulate: accumulate, pool: pool)
    for part in parts where part.range.overlaps(range) {
      let here = part.range.clamped(to: range)
      withUnsafePointer(to: part.weights) { weights in
        var product = product(EXPERT_FORWARD, weights, rows: rows)
        product.depth = inputs
        product.lane_from = here.lowerBound - part.start
        product.lanes = here.count
        product.out = y + (here.lowerBound - range.lowerBound)
        product.out_stride = range.count
        product.accumulate = accumulate ? 1 : 0
        if FewRowsProduct.suits(rows: rows) {
          FewRowsProduct(product: product).run(x, rowStride: inputs, pool: pool)
        } else {
          TiledProduct(product: product).run(x, rowStride: inputs, pool: pool)
        }
      }
    }
  }

  /// dX = dY W, or dX += dY W: dy [rows, out] (or [rows, range.count]), dx [rows, in].
  package func backward(
    _ dy: UnsafePointer<Float>, rows: Int, range: Range<Int>? = nil,
    into dx: UnsafeMutablePointer<Float>, accumulate: Bool = false, pool: ThreadPool
  ) {
    let range = range ?? 0..<outputs
    rounded?.backward(dy, rows: rows, range: range, into: dx, accumulate: accumulate, pool: pool)
    var accumulate = accumulate
    for part in parts where part.range.overlaps(range) {
      let here = part.range.clamped(to: range)
      withUnsafePointer(to: part.weights) { weights in
        var product = product(EXPERT_BACKWARD, weights, rows: rows)
        product.depth = here.count
        product.depth_from = here.lowerBound - part.start
        product.lanes = inputs
        product.out = dx
        product.out_stride = inputs
        product.accumulate = accumulate ? 1 : 0
        TiledProduct(product: product)
          .run(dy + (here.lowerBound - range.lowerBound), rowStride: range.count, pool: pool)
      }
      accumulate = true
    }
  }

  /// Rows of W as the products see them, as fp32: out [range.count, in].
  package func copyFloats(rows range: Range<Int>, to out: UnsafeMutablePointer<Float>) {
    rounded?.copyFloats(rows: range, to: out)
    for part in parts where part.range.overlaps(range) {
      withUnsafePointer(to: part.weights) { weights in
        for row in part.range.clamped(to: range) {
          expert_weight_floats(
            weights, row - part.start, 0, inputs, out + (row - range.lowerBound) * inputs)
        }
      }
    }
  }

  private func product(
    _ direction: expert_direction, _ weights: UnsafePointer<expert_weights>, rows: Int
  ) -> expert_product {
    var product = expert_product()
    product.isa = isa.kernels
    product.compute =
      precision != .fp32 && isa == .avx512bf16 ? EXPERT_COMPUTE_BF16 : EXPERT_COMPUTE_F32
    product.direction = direction
    product.weights = weights
    product.rows = rows
    product.alpha = 1
    return product
  }
}
