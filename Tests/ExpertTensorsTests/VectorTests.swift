internal import ExpertPlatform
internal import ExpertTensors
internal import Testing

@Suite struct VectorTests {
  /// Lengths around every vector width, and one of several runs.
  static let lengths = [0, 1, 4, 15, 16, 17, 100, 140_003]

  @Test(arguments: Kernels.available, lengths)
  func arithmeticIsElementwise(kernels: Kernels, count: Int) {
    var noise = Noise(31)
    let (a, b) = (noise.values(count), noise.values(count))
    let (fa, fb, y) = (
      FloatBuffer(rounding: a), FloatBuffer(rounding: b), FloatBuffer(count: count)
    )
    let vectors = Vectors(kernels: kernels, pool: pools[1])
    vectors.add(fa.base, fb.base, into: y.base, count: count)
    #expect(y.array == zip(fa.array, fb.array).map { $0 + $1 })
    vectors.scale(y.base, by: -0.5, count: count)
    #expect(y.array == zip(fa.array, fb.array).map { ($0 + $1) * -0.5 })
    vectors.multiply(fa.base, fb.base, into: y.base, count: count)
    #expect(y.array == zip(fa.array, fb.array).map { $0 * $1 })
    vectors.axpy(3, fa.base, into: y.base, count: count)
    #expect(count == 0 || relativeError(y.array, zip(a, b).map { $0 * $1 + 3 * $0 }) < 1e-6)
  }

  @Test(arguments: lengths)
  func sumsAreExactEnoughAndDoNotDependOnThreads(count: Int) {
    var noise = Noise(32)
    let x = noise.values(count)
    let buffer = FloatBuffer(rounding: x)
    let sums = pools.map { Vectors(pool: $0).sumOfSquares(buffer.base, count: count) }
    #expect(Set(sums).count == 1)
    #expect(abs(sums[0] - dot(x, x)) <= 1e-6 * dot(x, x))
  }

  @Test(arguments: Kernels.available, [Float.nan, .infinity, -.infinity])
  func oneElementThatIsNotFiniteIsFound(kernels: Kernels, value: Float) {
    let vectors = Vectors(kernels: kernels, pool: pools[1])
    for place in [0, 17, 70_000, 140_002] {
      let x = FloatBuffer(count: 140_003)
      #expect(vectors.allFinite(x.base, count: x.count))
      x.base[place] = value
      #expect(!vectors.allFinite(x.base, count: x.count))
    }
  }

  @Test(arguments: Kernels.available)
  func bfloatsAreTheNearestTiesToEven(kernels: Kernels) {
    var noise = Noise(33)
    let bits: [UInt32] =
      [
        0x3f80_8000, 0x3f81_8000, 0x3f80_8001, 0x3f80_7fff, 0x7f7f_ffff, 0x7f80_0000, 0xff80_0000,
        0x8000_0000, 0x0000_0001,
      ] + (0..<100).map { _ in UInt32(noise.below(1 << 31)) & 0x7f7f_ffff }
    let x = FloatBuffer(bits.map { Float(bitPattern: $0) })
    var narrow = [UInt16](repeating: 0, count: bits.count)
    let vectors = Vectors(kernels: kernels, pool: pools[1])
    vectors.toBFloats(x.base, into: &narrow, count: bits.count)
    let expected = bits.map { bits in
      let (high, low) = (UInt16(bits >> 16), bits & 0xffff)
      return low > 0x8000 || (low == 0x8000 && high % 2 == 1) ? high + 1 : high
    }
    #expect(narrow == expected)
    let wide = FloatBuffer(count: bits.count)
    vectors.fromBFloats(narrow, into: wide.base, count: bits.count)
    #expect(wide.array.map { $0.bitPattern } == narrow.map { UInt32($0) << 16 })
    let notANumber = FloatBuffer([Float(bitPattern: 0x7f80_0001)])
    vectors.toBFloats(notANumber.base, into: &narrow, count: 1)
    #expect(Float(bitPattern: UInt32(narrow[0]) << 16).isNaN)
  }

  @Test(arguments: Kernels.available)
  func adamwIsItsFormula(kernels: Kernels) {
    var noise = Noise(34)
    let count = 20_001
    var p = noise.values(count)
    var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    let (fp, fm, fv) = (
      FloatBuffer(rounding: p), FloatBuffer(count: count), FloatBuffer(count: count)
    )
    let adamw = AdamW(weightDecay: 0.01)
    for step in 1...5 {
      let g = noise.values(count)
      let gradient = FloatBuffer(rounding: g)
      adamw.step(
        step, learningRate: 5e-3, gradientScale: 0.5, parameters: fp.base,
        gradient: gradient.base, first: fm.base, second: fv.base, count: count,
        kernels: kernels, pool: pools[1])
      var (power1, power2) = (1.0, 1.0)
      for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.999) }
      for i in 0..<count {
        let slope = g[i] * 0.5
        m[i] = 0.9 * m[i] + 0.1 * slope
        v[i] = 0.999 * v[i] + 0.001 * slope * slope
        let root = v[i].squareRoot() / (1 - power2).squareRoot() + 1e-8
        p[i] = p[i] * (1 - 5e-3 * 0.01) - 5e-3 / (1 - power1) * m[i] / root
      }
    }
    #expect(relativeError(fp.array, p) < 1e-6)
    #expect(relativeError(fm.array, m) < 1e-6)
    #expect(relativeError(fv.array, v) < 1e-6)
  }
}
