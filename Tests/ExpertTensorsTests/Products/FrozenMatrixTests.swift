import ExpertPlatform
import ExpertTensors
import Testing

/// Largest relative errors: fp32 by NUMERICS' tolerance for logits; where inputs are rounded to
/// bf16 (8 bits), a few times 2⁻⁹ for sums of random signs; of eight bits on both sides, a few
/// halves of 1/127 (`RoundedMatrixTests` have them to the bit).
private func tolerance(_ precision: Precision, _ isa: InstructionSet) -> Float {
  if precision == .w8a8 { return 4e-2 }
  return precision == .fp32 ? 1e-5 : isa == .avx512bf16 ? 1e-2 : 1e-5
}

@Suite struct FrozenMatrixTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var isa: InstructionSet
    var precision: Precision
    var layout: WeightLayout
    var type: ElementType
    var testDescription: String { "\(isa) \(precision) \(layout) \(type)" }
  }

  static let cases: [Case] = InstructionSet.available.flatMap { isa in
    Precision.allCases.flatMap { precision in
      [WeightLayout.mapped, .packed].flatMap { layout in
        [ElementType.bf16, .f32].map {
          Case(isa: isa, precision: precision, layout: layout, type: $0)
        }
      }
    }
  }

  @Test(arguments: cases) func `Products of every shape agree with their definition`(
    _ c: Case
  ) {
    let pool = ThreadPool(threads: 2)
    for (index, shape) in [
      (1, 64, 64), (3, 33, 48), (5, 96, 576), (8, 130, 64), (9, 32, 100), (14, 512, 64),
      (15, 70, 200), (31, 64, 1100), (64, 1100, 96), (113, 257, 160),
    ].enumerated() {
      let (rows, outputs, inputs) = shape
      let view = randomView(c.type, rows: outputs, columns: inputs, seed: UInt64(index))
      let matrix = FrozenMatrix(
        [view], precision: c.precision, layout: c.layout, isa: c.isa, pool: pool)
      var values = Values(seed: 100 + UInt64(index))
      let (x, dy) = (values.floats(rows * inputs), values.floats(rows * outputs))
      let w = seen(matrix)
      #expect(
        error(forward(matrix, x, rows, pool), naive(x, w, rows, inputs, outputs))
          < tolerance(c.precision, c.isa), "forward \(shape)")
      let expected = NaiveProduct.backward(dy, w, rows: rows, inputs: inputs, outputs: outputs)
      #expect(
        error(backward(matrix, dy, rows, pool), expected) < tolerance(c.precision, c.isa),
        "backward \(shape)")
    }
  }

  @Test(arguments: InstructionSet.available, [1, 6, 40])
  func `Ranges of stacked tensors, added to what was there`(_ isa: InstructionSet, _ rows: Int) {
    let pool = ThreadPool(threads: 3)
    let views = [
      randomView(.bf16, rows: 64, columns: 96, seed: 1),
      randomView(.bf16, rows: 96, columns: 96, seed: 2),
      randomView(.bf16, rows: 33, columns: 96, seed: 3),
    ]
    let w = views.flatMap { $0.floats().array }
    for layout in [WeightLayout.mapped, .packed] {
      let matrix = FrozenMatrix(views, precision: .fp32, layout: layout, isa: isa, pool: pool)
      for range in [0..<193, 32..<96, 64..<193, 160..<193, 0..<32] {
        var values = Values(seed: 9)
        let part = Array(w[range.lowerBound * 96..<range.upperBound * 96])
        let x = values.floats(rows * 96)
        let (y, dx) = (values.floats(rows * range.count), values.floats(rows * 96))
        let dy = values.floats(rows * range.count)
        var actual = y
        matrix.forward(
          x, rows: rows, range: range, into: &actual, accumulate: true, pool: pool)
        let expected = NaiveProduct.forward(
          x, part, rows: rows, inputs: 96, outputs: range.count, addingTo: y)
        #expect(error(actual, expected) < 1e-5)
        actual = dx
        matrix.backward(
          dy, rows: rows, range: range, into: &actual, accumulate: true, pool: pool)
        let back = NaiveProduct.backward(
          dy, part, rows: rows, inputs: 96, outputs: range.count, addingTo: dx)
        #expect(error(actual, back) < 1e-5)
      }
    }
  }

  @Test(arguments: [ElementType.q8_0, .q4_0, .q4_1, .q4_k, .q6_k], [Precision.int4, .int8])
  func `Codes that a file holds are held exactly`(_ type: ElementType, _ precision: Precision) {
    let pool = ThreadPool(threads: 2)
    let order = TensorView.RowOrder.interleaved(heads: 2)
    let view = randomView(type, rows: 40, columns: 512, seed: 5, order: order)
    let matrix = FrozenMatrix([view], precision: precision, pool: pool)
    #expect(seen(matrix) == view.floats().array)
  }

  @Test(
    arguments: InstructionSet.available, [ElementType.q8_0, .q4_0, .q4_1, .q4_k, .q6_k])
  func `Products of coded files agree with their definition`(
    _ isa: InstructionSet, _ type: ElementType
  ) {
    let pool = ThreadPool(threads: 2)
    let view = randomView(type, rows: 70, columns: 512, seed: 6)
    let w = view.floats().array
    for precision in Precision.allCases where ![.nf4, .w8a8].contains(precision) {
      let matrix = FrozenMatrix([view], precision: precision, isa: isa, pool: pool)
      for rows in [1, 2, 4, 7, 8, 9, 50] {
        var values = Values(seed: UInt64(rows))
        let (x, dy) = (values.floats(rows * 512), values.floats(rows * 70))
        let limit = precision == .bf16 ? 1e-2 : tolerance(precision, isa)
        #expect(error(forward(matrix, x, rows, pool), naive(x, w, rows, 512, 70)) < limit)
        let expected = NaiveProduct.backward(dy, w, rows: rows, inputs: 512, outputs: 70)
        #expect(error(backward(matrix, dy, rows, pool), expected) < limit)
      }
    }
  }

  @Test func `Tensors held in different ways make one matrix`() {
    let pool = ThreadPool(threads: 2)
    let views = [
      randomView(.q4_k, rows: 64, columns: 256, seed: 1),
      randomView(.q6_k, rows: 32, columns: 256, seed: 2),
      randomView(.q4_0, rows: 20, columns: 256, seed: 3),
      randomView(.f32, rows: 40, columns: 256, seed: 4),
    ]
    let held = views.dropLast().flatMap { $0.floats().array }
    for count in [3, 4] {
      let stacked = Array(views.prefix(count))
      let matrix = FrozenMatrix(stacked, precision: .int4, pool: pool)
      let outputs = matrix.outputs
      // With a fourth tensor behind 116 rows, panels would straddle: values, as bf16.
      let w = seen(matrix)
      #expect(error(Array(w.prefix(held.count)), held) <= (count == 3 ? 0 : 0x1p-8))
      for rows in [1, 20] {
        var values = Values(seed: 7)
        let (x, dy) = (values.floats(rows * 256), values.floats(rows * outputs))
        #expect(error(forward(matrix, x, rows, pool), naive(x, w, rows, 256, outputs)) < 1e-2)
        let expected = NaiveProduct.backward(dy, w, rows: rows, inputs: 256, outputs: outputs)
        #expect(error(backward(matrix, dy, rows, pool), expected) < 1e-2)
      }
    }
  }

  @Test(arguments: Precision.allCases) func `No result depends on the number of threads`(
    _ precision: Precision
  ) {
    let view = randomView(.bf16, rows: 352, columns: 320, seed: 8)
    var values = Values(seed: 1)
    let (x, dy) = (values.floats(90 * 320), values.floats(90 * 352))
    var results: [[Float]] = []
    for threads in 1...4 {
      let pool = ThreadPool(threads: threads)
      let matrix = FrozenMatrix([view], precision: precision, pool: pool)
      results.append(
        forward(matrix, x, 90, pool) + backward(matrix, dy, 90, pool)
          + forward(matrix, Array(x.prefix(320)), 1, pool))
    }
    #expect(results.dropFirst().allSatisfy { $0 == results[0] })
  }

  @Test func `A mapped matrix holds no memory of its own`() {
    let pool = ThreadPool(threads: 1)
    let view = randomView(.bf16, rows: 64, columns: 64, seed: 8)
    #expect(FrozenMatrix([view], precision: .bf16, layout: .mapped, pool: pool).bytes == 0)
    #expect(FrozenMatrix([view], precision: .bf16, layout: .packed, pool: pool).bytes == 8192)
    // Four bits, and two halves for each 32 of them.
    #expect(FrozenMatrix([view], precision: .int4, pool: pool).bytes == 2048 + 512)
  }

  // Half a step: of 127, of 15 over twice the largest, of NF4 between its two least values.
  @Test(arguments: [(Precision.int8, Float(0.5 / 126)), (.int4, 1.1 / 15), (.nf4, 0.153)])
  func `Rounded weights stay near`(_ precision: Precision, _ limit: Float) {
    let pool = ThreadPool(threads: 2)
    let view = randomView(.f32, rows: 64, columns: 192, seed: 4)
    let w = view.floats().array
    let distance = error(seen(FrozenMatrix([view], precision: precision, pool: pool)), w)
    #expect(distance < limit && distance > limit / 20)
  }
}

private func seen(_ matrix: FrozenMatrix) -> [Float] {
  var out = [Float](repeating: 0, count: matrix.outputs * matrix.inputs)
  matrix.copyFloats(rows: 0..<matrix.outputs, to: &out)
  return out
}

private func forward(
  _ matrix: FrozenMatrix, _ x: [Float], _ rows: Int, _ pool: ThreadPool
) -> [Float] {
  var y = [Float](repeating: .nan, count: rows * matrix.outputs)
  matrix.forward(x, rows: rows, into: &y, pool: pool)
  return y
}

private func backward(
  _ matrix: FrozenMatrix, _ dy: [Float], _ rows: Int, _ pool: ThreadPool
) -> [Float] {
  var dx = [Float](repeating: .nan, count: rows * matrix.inputs)
  matrix.backward(dy, rows: rows, into: &dx, pool: pool)
  return dx
}

private func naive(
  _ x: [Float], _ w: [Float], _ rows: Int, _ inputs: Int, _ outputs: Int
) -> [Float] {
  NaiveProduct.forward(x, w, rows: rows, inputs: inputs, outputs: outputs)
}
