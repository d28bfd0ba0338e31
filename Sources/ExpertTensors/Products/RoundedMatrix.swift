internal import CKernels
internal import ExpertPlatform

/// A weight matrix W [out, in] whose products multiply whole numbers of eight bits on both sides
/// (W8A8): W is rounded once, inputs row by row as they come.
///
/// Rows are rotated by a Hadamard matrix before they are rounded (QuaRot, Ashkboos et al. 2024),
/// which leaves products as they are and their errors at about 1 % of a row's size, whatever
/// outliers it has. A product sums over the columns of W or over its rows; each direction has panels
/// of its own, so that its scales stand outside its sums: two bytes for each weight.
///
/// `@unchecked Sendable`: the memory is written while the matrix is made and never afterwards.
final class RoundedMatrix: @unchecked Sendable {
  private let outputs: Int
  private let inputs: Int
  private let isa: InstructionSet
  private let rows: RoundedPanels
  private let columns: RoundedPanels

  /// Rounds `views`, stacked by rows; they are not needed afterwards.
  init(_ views: [TensorView], isa: InstructionSet, pool: ThreadPool) {
    inputs = views.first?.columns ?? 0
    outputs = views.reduce(0) { $0 + $1.rows }
    self.isa = isa
    let floats = FloatBuffer(count: outputs * inputs)
    var start = 0
    for view in views {
      let (first, width) = (start, inputs)
      pool.run(view.rows, grain: 16) { range in
        view.copyFloats(rows: range, to: floats.base + (first + range.lowerBound) * width)
      }
      start += view.rows
    }
    let (rows, columns) = (
      RoundedPanels(outputs: outputs, inputs: inputs),
      RoundedPanels(outputs: inputs, inputs: outputs)
    )
    rows.fill(from: floats.base, rowStride: inputs, depthStride: 1, isa: isa, pool: pool)
    columns.fill(from: floats.base, rowStride: 1, depthStride: inputs, isa: isa, pool: pool)
    (self.rows, self.columns) = (rows, columns)
  }

  /// Bytes of memory.
  var bytes: Int { rows.bytes + columns.bytes }

  /// Bytes that a forward product reads.
  var readBytes: Int { rows.bytes }

  /// Y (+)= X Wᵀ for the rows `range` of W: see `FrozenMatrix`.
  func forward(
    _ x: Floats, rows count: Int, range: Range<Int>, into y: MutableFloats, accumulate: Bool,
    pool: ThreadPool
  ) {
    rows.multiply(x, rows: count, range: range, into: y, accumulate: accumulate, isa, pool)
  }

  /// dX (+)= dY W for the rows `range` of W: see `FrozenMatrix`.
  func backward(
    _ dy: Floats, rows count: Int, range: Range<Int>, into dx: MutableFloats, accumulate: Bool,
    pool: ThreadPool
  ) {
    let all = 0..<inputs
    guard range != 0..<outputs else {
      return columns.multiply(
        dy, rows: count, range: all, into: dx, accumulate: accumulate, isa, pool)
    }
    // The rotation mixes all rows of W: those outside the range take no part as zeros.
    let whole = FloatBuffer(count: count * outputs)
    for row in 0..<count {
      (whole.base + row * outputs + range.lowerBound).update(
        from: dy + row * range.count, count: range.count)
    }
    columns.multiply(
      whole.base, rows: count, range: all, into: dx, accumulate: accumulate, isa, pool)
  }

  /// Rows of W as forward products see them.
  func copyFloats(rows range: Range<Int>, to out: MutableFloats) {
    for row in range { rows.copyRow(row, to: out + (row - range.lowerBound) * inputs, isa) }
  }
}

/// Rotated and rounded rows in panels: the right side of products over their `inputs`.
private struct RoundedPanels {
  private let weights: expert_weights
  private let codes: RawBuffer
  private let scales: FloatBuffer

  init(outputs: Int, inputs: Int) {
    var weights = expert_weights(
      EXPERT_PANELS_ROTATED, outputs: outputs, inputs: inputs, wide: true)
    weights.group = weights.padded
    codes = withUnsafePointer(to: weights) {
      RawBuffer(count: expert_panel_bytes($0) * weights.panels)
    }
    scales = FloatBuffer(count: weights.panels * 32)
    weights.values = UnsafeRawPointer(codes.base)
    weights.scales = UnsafeRawPointer(scales.base)
    self.weights = weights
  }

  var bytes: Int { codes.count + 4 * scales.count }

  private var width: Int { expert_rotation(weights.inputs) }

  /// Rounds the rows whose element (i, k) is from[i · rowStride + k · depthStride].
  func fill(
    from: Floats, rowStride: Int, depthStride: Int, isa: InstructionSet, pool: ThreadPool
  ) {
    let operations = Kernels(isa.kernels).table.pointee
    let depth = weights.inputs
    pool.run(weights.panels) { panel in
      let lanes = panel * 32..<min(weights.outputs, panel * 32 + 32)
      let values = FloatBuffer(count: 32 * depth)
      // Depth outside: where rows are columns of W, its own rows are read in runs.
      for k in 0..<depth {
        for lane in lanes {
          values.base[(lane - lanes.lowerBound) * depth + k] =
            from[lane * rowStride + k * depthStride]
        }
      }
      let size = weights.padded * 32
      (codes.base + panel * size).initializeMemory(as: UInt8.self, repeating: 128, count: size)
      let rounded = RawBuffer(count: depth)
      let bytes = rounded.base.assumingMemoryBound(to: Int8.self)
      for lane in lanes {
        let row = values.base + (lane - lanes.lowerBound) * depth
        var sum: Int32 = 0
        operations.hadamard(row, row, depth, width)
        let scale = operations.to_bytes(row, bytes, depth, &sum)
        withUnsafePointer(to: weights) {
          expert_put_row_rotated(
            $0, codes.base.assumingMemoryBound(to: UInt8.self), scales.base, lane, bytes, scale)
        }
      }
    }
  }

  /// out [rows, range.count] (+)= x [rows, inputs] · the rows `range`.
  func multiply(
    _ x: Floats, rows: Int, range: Range<Int>, into out: MutableFloats, accumulate: Bool,
    _ isa: InstructionSet, _ pool: ThreadPool
  ) {
    withUnsafePointer(to: weights) { weights in
      var product = expert_product()
      product.isa = isa.kernels
      product.compute = EXPERT_COMPUTE_INT8
      product.direction = EXPERT_FORWARD
      product.weights = weights
      product.rows = rows
      product.depth = weights.pointee.inputs
      product.lane_from = range.lowerBound
      product.lanes = range.count
      product.out = out
      product.out_stride = range.count
      product.accumulate = accumulate ? 1 : 0
      product.alpha = 1
      TiledProduct(product: product).run(x, rowStride: weights.pointee.inputs, pool: pool)
    }
  }

  /// A row as products see it: H is its own inverse but for the factor of its width.
  func copyRow(_ row: Int, to out: MutableFloats, _ isa: InstructionSet) {
    let operations = Kernels(isa.kernels).table.pointee
    let depth = weights.inputs
    withUnsafePointer(to: weights) { expert_weight_floats($0, row, 0, depth, out) }
    operations.hadamard(out, out, depth, width)
    operations.scale(1 / Float(width), out, depth)
  }
}
