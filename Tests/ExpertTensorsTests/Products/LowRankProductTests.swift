import ExpertPlatform
import ExpertTensors
import Testing

/// Each product beside its definition, for shapes on both sides of every bound.
@Suite struct LowRankProductTests {
  struct Shape: Sendable, CustomStringConvertible {
    var rows: Int
    var inputs: Int
    var outputs: Int
    var rank: Int
    var description: String { "\(rows) rows, \(inputs) → \(outputs), rank \(rank)" }
  }

  static let shapes = [
    Shape(rows: 7, inputs: 96, outputs: 64, rank: 16),
    Shape(rows: 16, inputs: 130, outputs: 70, rank: 8),
    Shape(rows: 53, inputs: 192, outputs: 300, rank: 16),
    Shape(rows: 100, inputs: 257, outputs: 128, rank: 32),
    Shape(rows: 97, inputs: 64, outputs: 520, rank: 48),
    Shape(rows: 40, inputs: 64, outputs: 96, rank: 80),
  ]

  private let pool = ThreadPool(threads: 2)

  /// Σₖ a(i, k)·b(k, j), scaled and added to `c`, in double precision.
  private func definition(
    _ m: Int, _ n: Int, _ k: Int, scale: Float = 1, adding c: [Float],
    _ a: (Int, Int) -> Float, _ b: (Int, Int) -> Float
  ) -> [Float] {
    (0..<m * n).map { place in
      let (i, j) = place.quotientAndRemainder(dividingBy: n)
      let sum = (0..<k).reduce(0.0) { $0 + Double(a(i, $1)) * Double(b($1, j)) }
      return Float(Double(c[place]) + Double(scale) * sum)
    }
  }

  @Test(arguments: Kernels.available, shapes)
  func forwardProductsAgreeWithTheirDefinition(kernels: Kernels, shape: Shape) {
    let (m, k, n, r) = (shape.rows, shape.inputs, shape.outputs, shape.rank)
    var values = Values(seed: UInt64(m * k + r))
    let (x, a, b) = (values.floats(m * k), values.floats(r * k), values.floats(n * r))
    let y = values.floats(m * n)
    let product = LowRankProduct(kernels: kernels, pool: pool)
    var h = [Float](repeating: .nan, count: m * r)
    product.down(x, rows: m, inputs: k, a: a, rank: r, into: &h)
    let inner = definition(
      m, r, k, adding: [Float](repeating: 0, count: m * r), { x[$0 * k + $1] },
      { a[$1 * k + $0] })
    #expect(error(h, inner) < 1e-5)
    var sum = y
    product.up(
      h, hStride: r, rows: m, b: b, outputs: n, rank: r, scale: 0.5, addingTo: &sum, yStride: n)
    let wanted = definition(m, n, r, scale: 0.5, adding: y, { h[$0 * r + $1] }, { b[$1 * r + $0] })
    #expect(error(sum, wanted) < 1e-5)
  }

  @Test(arguments: Kernels.available, shapes)
  func backwardProductsAgreeWithTheirDefinition(kernels: Kernels, shape: Shape) {
    let (m, k, n, r) = (shape.rows, shape.inputs, shape.outputs, shape.rank)
    var values = Values(seed: UInt64(m * n + r))
    let (x, a, b) = (values.floats(m * k), values.floats(r * k), values.floats(n * r))
    let (dy, h) = (values.floats(m * n), values.floats(m * r))
    let (da, db, dx) = (values.floats(r * k), values.floats(n * r), values.floats(m * k))
    let product = LowRankProduct(kernels: kernels, pool: pool)
    var dh = [Float](repeating: .nan, count: m * r)
    product.upInputs(
      dy, dyStride: n, rows: m, b: b, outputs: n, rank: r, scale: 2, into: &dh, dhStride: r)
    let nothing = [Float](repeating: 0, count: m * r)
    let inner = definition(
      m, r, n, scale: 2, adding: nothing, { dy[$0 * n + $1] }, { b[$0 * r + $1] })
    #expect(error(dh, inner) < 1e-5)
    var weights = db
    product.upWeights(
      dy, dyStride: n, rows: m, h: h, hStride: r, outputs: n, rank: r, scale: 2,
      addingTo: &weights)
    #expect(
      error(
        weights,
        definition(n, r, m, scale: 2, adding: db, { dy[$1 * n + $0] }, { h[$0 * r + $1] })) < 1e-5)
    weights = da
    product.downWeights(dh, rows: m, x: x, inputs: k, rank: r, addingTo: &weights)
    #expect(
      error(weights, definition(r, k, m, adding: da, { dh[$1 * r + $0] }, { x[$0 * k + $1] }))
        < 1e-5)
    var inputs = dx
    product.downInputs(dh, rows: m, a: a, inputs: k, rank: r, into: &inputs, accumulate: true)
    #expect(
      error(inputs, definition(m, k, r, adding: dx, { dh[$0 * r + $1] }, { a[$0 * k + $1] }))
        < 1e-5)
  }

  /// Two targets of one group share X and stand side by side in H and Y.
  @Test func partsOfAGroupKeepToTheirColumns() {
    let (m, n, r) = (40, 96, 16)
    var values = Values(seed: 5)
    let (h, b, y) = (values.floats(m * 2 * r), values.floats(n * r), values.floats(m * 2 * n))
    var sum = y
    let product = LowRankProduct(pool: pool)
    h.withUnsafeBufferPointer { h in
      sum.withUnsafeMutableBufferPointer { sum in
        guard let from = h.baseAddress, let to = sum.baseAddress else { return }
        product.up(
          from + r, hStride: 2 * r, rows: m, b: b, outputs: n, rank: r, scale: 1,
          addingTo: to + n, yStride: 2 * n)
      }
    }
    for i in 0..<m {
      #expect(sum[i * 2 * n..<i * 2 * n + n].elementsEqual(y[i * 2 * n..<i * 2 * n + n]))
    }
    let wanted = definition(
      m, n, r, adding: (0..<m * n).map { y[$0 / n * 2 * n + n + $0 % n] },
      { h[$0 * 2 * r + r + $1] }, { b[$1 * r + $0] })
    #expect(error((0..<m * n).map { sum[$0 / n * 2 * n + n + $0 % n] }, wanted) < 1e-5)
  }
}
