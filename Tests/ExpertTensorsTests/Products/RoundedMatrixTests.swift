import ExpertPlatform
import ExpertTensors
import Testing

/// Products of eight bits on both sides (`w8a8`).
@Suite struct RoundedMatrixTests {
  /// Rows, outputs and inputs: rotations of 1, 4, 64 and 1,024 columns, whole and broken panels.
  static let shapes = [
    (1, 33, 31), (3, 64, 100), (14, 96, 576), (15, 70, 192), (29, 64, 1024), (40, 1024, 3072),
  ]

  @Test(arguments: InstructionSet.available, shapes)
  func `Products are those of the definition, to the bit`(
    _ isa: InstructionSet, _ shape: (Int, Int, Int)
  ) {
    let pool = ThreadPool(threads: 2)
    let (rows, outputs, inputs) = shape
    var values = Values(seed: UInt64(inputs))
    let (w, x) = (values.eighths(outputs * inputs), values.eighths(rows * inputs))
    let dy = values.eighths(rows * outputs)
    let view = floatView(w, rows: outputs, columns: inputs)
    let matrix = FrozenMatrix([view], precision: .w8a8, isa: isa, pool: pool)
    var y = [Float](repeating: .nan, count: rows * outputs)
    matrix.forward(x, rows: rows, into: &y, pool: pool)
    #expect(y == Rounded.product(x, w, depth: inputs))
    var dx = [Float](repeating: .nan, count: rows * inputs)
    matrix.backward(dy, rows: rows, into: &dx, pool: pool)
    let columns = (0..<inputs * outputs).map { w[$0 % outputs * inputs + $0 / outputs] }
    #expect(dx == Rounded.product(dy, columns, depth: outputs))
  }

  @Test(arguments: InstructionSet.available)
  func `Every instruction set gives the same bits of any numbers`(_ isa: InstructionSet) {
    let pool = ThreadPool(threads: 2)
    let view = randomView(.bf16, rows: 96, columns: 1536, seed: 3)
    var values = Values(seed: 4)
    let (x, dy) = (values.floats(20 * 1536), values.floats(20 * 96))
    func results(_ isa: InstructionSet) -> [Float] {
      let matrix = FrozenMatrix([view], precision: .w8a8, isa: isa, pool: pool)
      var (y, dx) = (values.floats(20 * 96), [Float](repeating: 0, count: 20 * 1536))
      matrix.forward(x, rows: 20, into: &y, accumulate: true, pool: pool)
      matrix.backward(dy, rows: 20, into: &dx, pool: pool)
      var seen = [Float](repeating: 0, count: 96 * 1536)
      matrix.copyFloats(rows: 0..<96, to: &seen)
      return y + dx + seen
    }
    let start = values
    let plain = results(.scalar)
    values = start
    #expect(results(isa) == plain)
  }

  @Test func `Ranges are parts of whole products`() {
    let pool = ThreadPool(threads: 2)
    let views = [
      randomView(.bf16, rows: 64, columns: 96, seed: 1),
      randomView(.f32, rows: 96, columns: 96, seed: 2),
      randomView(.q8_0, rows: 33, columns: 96, seed: 3),
    ]
    let matrix = FrozenMatrix(views, precision: .w8a8, pool: pool)
    var values = Values(seed: 9)
    let x = values.floats(7 * 96)
    var whole = [Float](repeating: 0, count: 7 * 193)
    matrix.forward(x, rows: 7, into: &whole, pool: pool)
    for range in [0..<193, 32..<96, 64..<193, 160..<193] {
      let before = values.floats(7 * range.count)
      var part = before
      matrix.forward(x, rows: 7, range: range, into: &part, accumulate: true, pool: pool)
      let wanted = (0..<7 * range.count).map {
        before[$0] + whole[$0 / range.count * 193 + range.lowerBound + $0 % range.count]
      }
      #expect(part == wanted)
      let dy = values.floats(7 * range.count)
      var filled = [Float](repeating: 0, count: 7 * 193)
      for place in dy.indices {
        filled[place / range.count * 193 + range.lowerBound + place % range.count] = dy[place]
      }
      var (dx, wantedDX) = (
        [Float](repeating: 1, count: 7 * 96), [Float](repeating: 1, count: 7 * 96)
      )
      matrix.backward(dy, rows: 7, range: range, into: &dx, accumulate: true, pool: pool)
      matrix.backward(filled, rows: 7, into: &wantedDX, accumulate: true, pool: pool)
      #expect(dx == wantedDX)
    }
  }

  /// One element three hundred times the others, where W has no weight: without the rotation its step
  /// would be coarser than all others together.
  @Test func `An outlier does not drown its row`() {
    let pool = ThreadPool(threads: 2)
    var values = Values(seed: 5)
    var (w, x) = (values.floats(64 * 1024), values.floats(8 * 1024))
    for row in 0..<64 { w[row * 1024 + 77] = 0 }
    for row in 0..<8 { x[row * 1024 + 77] = 300 }
    let matrix = FrozenMatrix(
      [floatView(w, rows: 64, columns: 1024)], precision: .w8a8, pool: pool)
    var y = [Float](repeating: 0, count: 8 * 64)
    matrix.forward(x, rows: 8, into: &y, pool: pool)
    let wanted = NaiveProduct.forward(x, w, rows: 8, inputs: 1024, outputs: 64)
    #expect(distance(y, wanted) < 0.2)
    #expect(distance(Rounded.product(x, w, depth: 1024, width: 1), wanted) > 0.9)
  }

  /// About 1 % where elements are of one size: a few times what bf16 leaves.
  @Test func `Rounding costs about one percent`() {
    let pool = ThreadPool(threads: 2)
    let view = randomView(.f32, rows: 256, columns: 1024, seed: 6)
    var values = Values(seed: 7)
    let x = values.floats(32 * 1024)
    var y = [Float](repeating: 0, count: 32 * 256)
    FrozenMatrix([view], precision: .w8a8, pool: pool).forward(x, rows: 32, into: &y, pool: pool)
    let wanted = NaiveProduct.forward(
      x, view.floats().array, rows: 32, inputs: 1024, outputs: 256)
    let found = distance(y, wanted)
    #expect(found < 0.02 && found > 0.002)
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `What is not finite stays visible, in its own row`(_ strange: Float) {
    let pool = ThreadPool(threads: 1)
    let matrix = FrozenMatrix(
      [randomView(.f32, rows: 40, columns: 64, seed: 8)], precision: .w8a8, pool: pool)
    var values = Values(seed: 9)
    var x = values.floats(3 * 64)
    x[64 + 5] = strange
    for place in 128..<192 { x[place] = 0 }
    var y = [Float](repeating: 0, count: 3 * 40)
    matrix.forward(x, rows: 3, into: &y, pool: pool)
    #expect(y[..<40].allSatisfy { $0.isFinite && $0 != 0 })
    #expect(y[40..<80].allSatisfy { $0.isNaN })
    #expect(y[80...].allSatisfy { $0 == 0 })
  }

  @Test func `Two bytes for each weight`() {
    let pool = ThreadPool(threads: 1)
    let matrix = FrozenMatrix(
      [randomView(.bf16, rows: 64, columns: 96, seed: 1)], precision: .w8a8, pool: pool)
    #expect(matrix.bytes == 2 * 64 * 96 + 4 * (64 + 96))
    #expect(matrix.readBytes == 64 * 96 + 4 * 64)
  }
}

/// The definition, in whole numbers.
private enum Rounded {
  private struct Row {
    var codes: [Int]
    var scale: Float
  }

  /// X Wᵀ: rows of both are multiplied by a Hadamard matrix in runs of `width`, then rounded.
  static func product(_ x: [Float], _ w: [Float], depth: Int, width: Int? = nil) -> [Float] {
    let width = width ?? min(1024, depth & -depth)
    func rows(_ values: [Float]) -> [Row] {
      stride(from: 0, to: values.count, by: depth).map {
        rounded(rotated(Array(values[$0..<$0 + depth]), width))
      }
    }
    let right = rows(w)
    return rows(x).flatMap { left in
      right.map { right in
        let sum = zip(left.codes, right.codes).reduce(0) { $0 + $1.0 * $1.1 }
        return Float(sum) * right.scale * (left.scale / Float(width))
      }
    }
  }

  private static func rotated(_ row: [Float], _ width: Int) -> [Float] {
    row.indices.map { place in
      let start = place / width * width
      return Float(
        (0..<width).reduce(0.0) { sum, other in
          let sign = ((place - start) & other).nonzeroBitCount % 2 == 0 ? 1.0 : -1.0
          return sum + sign * Double(row[start + other])
        })
    }
  }

  private static func rounded(_ row: [Float]) -> Row {
    let most = row.map(abs).max() ?? 0
    let factor = most > 0 ? 127 / most : 0
    return Row(
      codes: row.map { Int(($0 * factor).rounded(.toNearestOrEven)) }, scale: most / 127)
  }
}

extension Values {
  /// Multiples of 1/8 up to 1, whose sums have no rounding.
  fileprivate mutating func eighths(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float(Int(next() % 17) - 8) / 8 }
  }
}

private func floatView(_ values: [Float], rows: Int, columns: Int) -> TensorView {
  let bytes = values.withUnsafeBytes { Array($0) }
  return Bytes(bytes).view(.f32, rows: rows, columns: columns)
}

/// |a − b| / |b| of whole vectors.
private func distance(_ a: [Float], _ b: [Float]) -> Float {
  let squares = zip(a, b).reduce((Float(0), Float(0))) {
    ($0.0 + ($1.0 - $1.1) * ($1.0 - $1.1), $0.1 + $1.1 * $1.1)
  }
  return (squares.0 / squares.1).squareRoot()
}
