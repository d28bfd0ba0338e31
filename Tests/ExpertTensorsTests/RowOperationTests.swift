internal import ExpertPlatform
internal import ExpertTensors
internal import Foundation
internal import Testing

@Suite struct RowOperationTests {
  let pool = ThreadPool(threads: 2)

  @Test(arguments: Kernels.available, [5, 16, 64, 100, 896])
  func rmsNormIsItsFormula(kernels: Kernels, width: Int) {
    var noise = Noise(1)
    let (rows, epsilon) = (7, Float(1e-5))
    let x = noise.values(rows * width, times: 3)
    let (weight, slope) = (noise.values(width), noise.values(rows * width))
    let norm = RMSNorm(width: width, epsilon: epsilon, kernels: kernels)
    let (fx, fw, y) = (
      FloatBuffer(rounding: x), FloatBuffer(rounding: weight), FloatBuffer(count: x.count)
    )
    let inverse = FloatBuffer(count: rows)
    norm.forward(
      fx.base, weight: fw.base, tokens: rows, into: y.base, inverse: inverse.base, pool: pool)
    func naive(_ x: [Double], _ weight: [Double]) -> [Double] {
      Naive.rmsNorm(x, weight: weight, rows: rows, epsilon: Double(epsilon))
    }
    #expect(relativeError(y.array, naive(x, weight)) < 1e-6)

    let (dy, dx) = (FloatBuffer(rounding: slope), FloatBuffer(count: x.count))
    norm.backward(
      dy.base, x: fx.base, weight: fw.base, inverse: inverse.base, tokens: rows, into: dx.base,
      pool: pool)
    #expect(gradientError(dx.array, at: x) { dot(naive($0, weight), slope) } < 1e-5)

    let once = dx.array
    norm.backward(
      dy.base, x: fx.base, weight: fw.base, inverse: inverse.base, tokens: rows, into: dx.base,
      accumulate: true, pool: pool)
    #expect(dx.array == once.map { 2 * $0 })

    let dw = FloatBuffer(count: width)
    norm.weightGradient(
      dy.base, x: fx.base, inverse: inverse.base, tokens: rows, into: dw.base, pool: pool)
    #expect(gradientError(dw.array, at: weight) { dot(naive(x, $0), slope) } < 1e-5)
  }

  @Test func rmsNormOfHeadsInsideAWiderBufferTouchesOnlyThem() {
    var noise = Noise(2)
    let (tokens, heads, size, stride) = (5, 3, 16, 16 * 5)
    let x = noise.values(tokens * stride)
    let weight = noise.values(size)
    let buffer = FloatBuffer(rounding: x)
    let fw = FloatBuffer(rounding: weight)
    RMSNorm(width: size, heads: heads, epsilon: 1e-6).forward(
      buffer.base + size, stride: stride, weight: fw.base, tokens: tokens, into: buffer.base + size,
      yStride: stride, pool: pool)
    var expected = x
    for token in 0..<tokens {
      let range = token * stride + size..<token * stride + size * (1 + heads)
      expected.replaceSubrange(
        range,
        with: Naive.rmsNorm(Array(x[range]), weight: weight, rows: heads, epsilon: 1e-6))
    }
    #expect(relativeError(buffer.array, expected) < 1e-6)
  }

  @Test(arguments: Kernels.available, [8, 64, 128])
  func rotationTurnsAndTurnsBack(kernels: Kernels, size: Int) {
    var noise = Noise(3)
    let (tokens, heads) = (6, 2)
    let x = noise.values(tokens * heads * size)
    let frequencies = (0..<size / 2).map { 1 / (Double($0) * 3 + 1) }
    let positions = (0..<tokens).map { Int32($0 * 37 % 50) }
    let table = RotaryTable(
      inverseFrequencies: frequencies, attentionFactor: 1.25, positions: 50)
    let buffer = FloatBuffer(rounding: x)
    Rotary.forward(
      buffer.base, heads: heads, tokens: tokens, positions: positions, table: table,
      kernels: kernels, pool: pool)
    var expected: [Double] = []
    for row in 0..<tokens * heads {
      expected += Naive.rotate(
        Array(x[row * size..<(row + 1) * size]), position: Int(positions[row / heads]),
        inverseFrequencies: frequencies, attentionFactor: 1.25)
    }
    #expect(relativeError(buffer.array, expected) < 1e-6)
    Rotary.backward(
      buffer.base, heads: heads, tokens: tokens, positions: positions, table: table,
      kernels: kernels, pool: pool)
    #expect(relativeError(buffer.array, x.map { $0 * 1.25 * 1.25 }) < 1e-6)
  }

  @Test(arguments: Kernels.available, [1, 16, 37, 512])
  func swigluIsItsFormula(kernels: Kernels, width: Int) {
    var noise = Noise(4)
    let rows = 4
    let (x, slope) = (noise.values(rows * 2 * width, times: 12), noise.values(rows * width))
    let (fx, y) = (FloatBuffer(rounding: x), FloatBuffer(count: rows * width))
    SwiGLU.forward(fx.base, rows: rows, width: width, into: y.base, kernels: kernels, pool: pool)
    #expect(relativeError(y.array, Naive.swiglu(x, rows: rows, width: width)) < 5e-7)
    let (dy, dx) = (FloatBuffer(rounding: slope), FloatBuffer(count: x.count))
    SwiGLU.backward(
      dy.base, gateUp: fx.base, rows: rows, width: width, into: dx.base, kernels: kernels,
      pool: pool)
    #expect(
      gradientError(dx.array, at: x) {
        dot(Naive.swiglu($0, rows: rows, width: width), slope)
      } < 1e-5)
  }

  @Test(arguments: Kernels.available)
  func swigluOfExtremesStaysFinite(kernels: Kernels) {
    let x: [Float] = [-1e4, -100, -88, 0, 88, 1e4, 1, 1, 1, 1, 1, 1]
    let (fx, y) = (FloatBuffer(x), FloatBuffer(count: 6))
    SwiGLU.forward(fx.base, rows: 1, width: 6, into: y.base, kernels: kernels, pool: pool)
    #expect(y.array[0] == 0 && y.array[3] == 0 && y.array[4] == 88 && y.array[5] == 1e4)
    #expect(y.array.allSatisfy { $0.isFinite })
  }

  @Test(arguments: Kernels.available, [1, 3, 16, 50, 1000])
  func softmaxIsItsFormula(kernels: Kernels, width: Int) {
    var noise = Noise(5)
    let x = noise.values(3 * width, times: 20)
    let (plain, logs, totals) = (
      FloatBuffer(rounding: x), FloatBuffer(rounding: x), FloatBuffer(count: 3)
    )
    Softmax.forward(
      plain.base, rows: 3, width: width, logSumExp: totals.base, kernels: kernels, pool: pool)
    Softmax.logarithm(logs.base, rows: 3, width: width, kernels: kernels, pool: pool)
    let lines = (0..<3).map { Array(x[$0 * width..<($0 + 1) * width]) }
    let expected = lines.flatMap { Naive.logSoftmax($0) }
    #expect(relativeError(logs.array, expected) < 1e-6)
    #expect(relativeError(plain.array, expected.map { exp($0) }) < 2e-6)
    #expect(relativeError(totals.array, lines.map { Naive.logSumExp($0) }) < 1e-6)
  }

  @Test func notANumberIsNotHidden() {
    let x = FloatBuffer([1, .nan, 2])
    Softmax.forward(x.base, rows: 1, width: 3, pool: pool)
    #expect(x.array.allSatisfy { $0.isNaN })
  }

  @Test func embeddingsAreGatheredAndTheirGradientsScattered() {
    let table = FloatBuffer((0..<12).map(Float.init))
    let out = FloatBuffer(count: 9)
    Embedding.gather(table.base, width: 3, ids: [3, 0, 3], into: out.base, pool: pool)
    #expect(out.array == [9, 10, 11, 0, 1, 2, 9, 10, 11])
    let gradient = FloatBuffer(count: 12)
    Embedding.scatterAdd(out.base, width: 3, ids: [3, 0, 3], into: gradient.base, pool: pool)
    #expect(gradient.array == [0, 1, 2, 0, 0, 0, 0, 0, 0, 18, 20, 22])
  }
}
