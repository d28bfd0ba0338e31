internal import ExpertPlatform
internal import ExpertTensors
internal import Testing

/// One attention on noise, computed and differentiated.
struct AttentionCase {
  let shape: AttentionShape
  let segments: AttentionSegments
  let qkv: [Double]
  let slope: [Double]

  init(_ shape: AttentionShape, _ segments: AttentionSegments, scale: Double = 2) {
    var noise = Noise(11)
    self.shape = shape
    self.segments = segments
    qkv = noise.values(segments.rows * shape.queryStride, times: scale)
    slope = noise.values(segments.rows * shape.outputWidth)
  }

  func run(_ kernels: Kernels, _ pool: ThreadPool) -> (out: [Float], lse: [Float], d: [Float]) {
    let (x, dout) = (FloatBuffer(rounding: qkv), FloatBuffer(rounding: slope))
    let out = FloatBuffer(count: slope.count)
    let lse = FloatBuffer(count: segments.rows * shape.heads)
    // Not zero: the backward pass sets, it does not add.
    let d = FloatBuffer([Float](repeating: 5, count: qkv.count))
    Attention.forward(
      q: x.base, k: x.base + shape.keyOffset, v: x.base + shape.valueOffset, shape: shape,
      segments: segments, into: out.base, logSumExp: lse.base, kernels: kernels, pool: pool)
    Attention.backward(
      dout.base, q: x.base, k: x.base + shape.keyOffset, v: x.base + shape.valueOffset,
      out: out.base, logSumExp: lse.base, shape: shape, segments: segments, dq: d.base,
      dk: d.base + shape.keyOffset, dv: d.base + shape.valueOffset, kernels: kernels, pool: pool)
    return (out.array, lse.array, d.array)
  }
}

@Suite struct AttentionTests {
  static let shapes = [
    AttentionShape(heads: 4, keyHeads: 2, headSize: 16),
    AttentionShape(heads: 14, keyHeads: 2, headSize: 64),
    AttentionShape(heads: 9, keyHeads: 3, headSize: 24),
    AttentionShape(heads: 2, keyHeads: 2, headSize: 128),
    AttentionShape(heads: 1, keyHeads: 1, headSize: 5),
  ]
  static let trees = [
    AttentionSegments(lengths: [1]),
    AttentionSegments(lengths: [5, 1, 70, 33]),
    AttentionSegments([
      .init(rows: 0..<40), .init(rows: 40..<50, prefix: 0..<40),
      .init(rows: 50..<53, prefix: 0..<40), .init(rows: 53..<60),
      .init(rows: 60..<130, prefix: 53..<59),
    ]),
  ]

  @Test(arguments: Kernels.available, shapes)
  func forwardIsItsDefinition(kernels: Kernels, shape: AttentionShape) {
    for segments in Self.trees {
      let example = AttentionCase(shape, segments)
      let fast = example.run(kernels, pools[1])
      let naive = Naive.attention(example.qkv, shape: shape, segments: segments)
      #expect(relativeError(fast.out, naive.out) < 2e-6)
      #expect(relativeError(fast.lse, naive.logSumExp) < 1e-6)
    }
  }

  @Test(arguments: Kernels.available, shapes)
  func backwardIsTheSlope(kernels: Kernels, shape: AttentionShape) {
    for segments in Self.trees {
      let example = AttentionCase(shape, segments, scale: 1)
      let fast = example.run(kernels, pools[1])
      let error = gradientError(fast.d, at: example.qkv, samples: 12) {
        dot(Naive.attention($0, shape: shape, segments: segments).out, example.slope)
      }
      #expect(error < 1e-5)
    }
  }

  @Test func everyElementOfASmallGradientIsTheSlope() {
    let shape = AttentionShape(heads: 2, keyHeads: 1, headSize: 4)
    let segments = AttentionSegments([
      .init(rows: 0..<4), .init(rows: 4..<7, prefix: 0..<3), .init(rows: 7..<9, prefix: 0..<3),
    ])
    let example = AttentionCase(shape, segments)
    let fast = example.run(.current, pools[0])
    let error = gradientError(fast.d, at: example.qkv, samples: .max) {
      dot(Naive.attention($0, shape: shape, segments: segments).out, example.slope)
    }
    #expect(error < 1e-5)
  }

  @Test func resultsDoNotDependOnThreads() {
    let example = AttentionCase(Self.shapes[1], Self.trees[2])
    let first = example.run(.current, pools[0])
    for pool in pools {
      for _ in 0..<3 {
        let again = example.run(.current, pool)
        #expect(again.out == first.out && again.lse == first.lse && again.d == first.d)
      }
    }
  }

  @Test func aSharedPrefixEqualsItsCopies() {
    let shape = Self.shapes[0]
    var noise = Noise(12)
    let (prompt, width) = (45, shape.queryStride)
    let tokens = noise.values((prompt + 20 + 30) * width)
    let tree = AttentionSegments([
      .init(rows: 0..<prompt), .init(rows: 45..<65, prefix: 0..<prompt),
      .init(rows: 65..<95, prefix: 0..<prompt),
    ])
    let copies = tokens[..<(65 * width)] + tokens[..<(45 * width)] + tokens[(65 * width)...]
    func attend(_ x: [Double], _ segments: AttentionSegments) -> [Float] {
      let buffer = FloatBuffer(rounding: x)
      let out = FloatBuffer(count: segments.rows * shape.outputWidth)
      Attention.forward(
        q: buffer.base, k: buffer.base + shape.keyOffset, v: buffer.base + shape.valueOffset,
        shape: shape, segments: segments, into: out.base, pool: pools[1])
      return out.array
    }
    let shared = attend(tokens, tree)
    let apart = attend(Array(copies), AttentionSegments(lengths: [65, 75]))
    let size = shape.outputWidth
    let expected = apart[..<(65 * size)] + apart[(110 * size)...]
    #expect(relativeError(shared, expected.map(Double.init)) < 1e-6)
    #expect(tree.positions == Array(0..<65) + Array(45..<75))
    #expect(tree.groups == [[0, 1, 2]])
    #expect(AttentionSegments(lengths: [2, 3]).groups == [[0], [1]])
  }

  @Test(arguments: Kernels.available, shapes)
  func aCacheGivesWhatTheWholeSequenceGives(kernels: Kernels, shape: AttentionShape) {
    var noise = Noise(13)
    let (length, start, width) = (150, 83, shape.queryStride)
    let x = FloatBuffer(rounding: noise.values(length * width))
    let whole = FloatBuffer(count: length * shape.outputWidth)
    Attention.forward(
      q: x.base, k: x.base + shape.keyOffset, v: x.base + shape.valueOffset, shape: shape,
      segments: AttentionSegments(lengths: [length]), into: whole.base, kernels: kernels,
      pool: pools[1])
    for (element, tolerance) in [(LayerCache.Element.fp32, 2e-6), (.bf16, 1e-2)] {
      let cache = LayerCache(
        keyHeads: shape.keyHeads, headSize: shape.headSize, capacity: 200, element: element)
      for range in [0..<start, start..<length] {
        let rows = x.base + range.lowerBound * width
        cache.store(
          k: rows + shape.keyOffset, v: rows + shape.valueOffset, stride: width,
          tokens: range.count, at: range.lowerBound, kernels: kernels, pool: pools[1])
      }
      let out = FloatBuffer(count: (length - start) * shape.outputWidth)
      Attention.prefill(
        q: x.base + start * width, shape: shape, cache: cache, tokens: length - start,
        start: start, into: out.base, kernels: kernels, pool: pools[1])
      let expected = whole.array[(start * shape.outputWidth)...].map(Double.init)
      #expect(relativeError(out.array, expected) < tolerance)

      let lengths = [length, 1, 64, 100]
      let queries = FloatBuffer(
        lengths.flatMap { count in (0..<width).map { x.base[(count - 1) * width + $0] } })
      let decoded = FloatBuffer(count: lengths.count * shape.outputWidth)
      Attention.decode(
        q: queries.base, shape: shape, caches: lengths.map { _ in cache }, lengths: lengths,
        into: decoded.base, kernels: kernels, pool: pools[1])
      let rows = lengths.flatMap { count in
        whole.array[((count - 1) * shape.outputWidth)..<(count * shape.outputWidth)]
      }
      #expect(relativeError(decoded.array, rows.map(Double.init)) < tolerance)
    }
  }
}
