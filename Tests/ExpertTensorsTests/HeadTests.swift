internal import ExpertPlatform
internal import ExpertTensors
internal import Foundation
internal import Testing

/// A head on noise: 100 tokens, so that a tile of 32 columns leaves a short last one.
struct HeadCase {
  let rows = 6
  let width = 24
  let vocabulary = 100
  let x: [Double]
  let weights: [Double]
  let targets: [Int32] = [0, 31, 32, 99, 50, 7]
  let rowWeights: [Float] = [1, 0.5, 0, 2, 0.25, 1.5]

  init(seed: UInt64 = 21, scale: Double = 2) {
    var noise = Noise(seed)
    x = noise.values(6 * 24, times: scale)
    weights = noise.values(100 * 24)
  }

  func head(_ kernels: Kernels = .current, tileBytes: Int = 32 * 6 * 4) -> FusedHead {
    FusedHead(matrix, tileBytes: tileBytes, kernels: kernels)
  }

  var matrix: FrozenMatrix {
    let memory = FloatBuffer(rounding: weights)
    let view = TensorView(
      name: "head", shape: [vocabulary, width], type: .f32,
      bytes: UnsafeRawBufferPointer(start: memory.base, count: memory.count * 4), owner: memory)
    return FrozenMatrix([view], precision: .fp32, pool: pools[1])
  }

  /// Logits of each row.
  func logits(_ x: [Double]) -> [[Double]] {
    (0..<rows).map { row in
      (0..<vocabulary).map { token in
        (0..<width).reduce(0) { $0 + x[row * width + $1] * weights[token * width + $1] }
      }
    }
  }

  func losses(_ x: [Double]) -> [Double] {
    zip(logits(x), targets).map { Naive.logSumExp($0) - $0[Int($1)] }
  }

  /// Σ rowWeights · values.
  func weighed(_ values: [Double]) -> Double { dot(values, rowWeights.map(Double.init)) }
}

@Suite struct HeadTests {
  let example = HeadCase()
  let pool = pools[1]

  @Test(arguments: Kernels.available)
  func onePassGivesScoresAndGradient(kernels: Kernels) {
    let (x, dx) = (FloatBuffer(rounding: example.x), FloatBuffer(count: example.x.count))
    let scores = example.head(kernels).crossEntropy(
      x.base, rows: 6, targets: example.targets, rowWeights: example.rowWeights, into: dx.base,
      pool: pool)
    expectScores(scores)
    #expect(
      gradientError(dx.array, at: example.x, samples: .max) {
        example.weighed(example.losses($0))
      } < 1e-5)
  }

  @Test(arguments: [1, 6 * 4 * 64, 1 << 20])
  func weightsMayComeAfterTheScores(tileBytes: Int) {
    let head = example.head(tileBytes: tileBytes)
    let x = FloatBuffer(rounding: example.x)
    let (known, later) = (FloatBuffer(count: x.count), FloatBuffer(count: x.count))
    _ = example.head().crossEntropy(
      x.base, rows: 6, targets: example.targets, rowWeights: example.rowWeights, into: known.base,
      pool: pool)
    let gradient = head.differentiate(
      x.base, rows: 6, targets: example.targets, into: later.base, pool: pool)
    expectScores(gradient.scores)
    gradient.weigh(by: example.rowWeights)
    #expect(relativeError(later.array, known.array.map(Double.init)) < 1e-6)
  }

  /// A row sure of its target by e⁻²⁰: p − 1 is far below what fp32 resolves beside 1.
  @Test func aConfidentRowKeepsItsSmallGradient() {
    let memory = FloatBuffer([20, 0, 0, 1])
    let view = TensorView(
      name: "head", shape: [2, 2], type: .f32,
      bytes: UnsafeRawBufferPointer(start: memory.base, count: 16), owner: memory)
    let head = FusedHead(FrozenMatrix([view], precision: .fp32, pool: pool))
    let (x, dx) = (FloatBuffer([1, 0]), FloatBuffer(count: 2))
    _ = head.crossEntropy(
      x.base, rows: 1, targets: [0], rowWeights: [1], into: dx.base, pool: pool)
    let rest = 1 / (1 + exp(20.0))
    #expect(relativeError(dx.array, [-20 * rest, rest]) < 1e-5)
  }

  @Test func resultsDoNotDependOnThreads() {
    let x = FloatBuffer(rounding: example.x)
    let results = pools.map { pool in
      let dx = FloatBuffer(count: x.count)
      let scores = example.head().crossEntropy(
        x.base, rows: 6, targets: example.targets, rowWeights: example.rowWeights, into: dx.base,
        pool: pool)
      return scores.losses + dx.array
    }
    #expect(results[1] == results[0] && results[2] == results[0])
  }

  static let divergences: [Distillation.Divergence] = [
    .forward, .reverse, .jensenShannon(beta: 0.5), .jensenShannon(beta: 0.1),
  ]

  @Test(arguments: Kernels.available, divergences)
  func distillationIsItsFormula(kernels: Kernels, divergence: Distillation.Divergence) {
    let teacher = HeadCase(seed: 22)
    let objective = Distillation(divergence: divergence, temperature: 2.5, alpha: 0.3)
    let (x, tx) = (FloatBuffer(rounding: example.x), FloatBuffer(rounding: teacher.x))
    let dx = FloatBuffer(count: x.count)
    let scores = example.head(kernels).distill(
      x.base, teacher: teacher.head(kernels), teacherRows: tx.base, rows: 6,
      targets: example.targets, objective: objective, rowWeights: example.rowWeights,
      into: dx.base, pool: pool)
    let taught = teacher.logits(teacher.x)
    func divergences(_ x: [Double]) -> [Double] {
      zip(example.logits(x), taught).map {
        Naive.divergence(student: $0, teacher: $1, divergence, temperature: 2.5)
      }
    }
    expectScores(scores.student)
    #expect(relativeError(scores.divergences, divergences(example.x)) < 1e-5)
    let error = gradientError(dx.array, at: example.x, samples: .max) { x in
      0.3 * example.weighed(example.losses(x)) + 0.7 * example.weighed(divergences(x))
    }
    #expect(error < 1e-5)
  }

  @Test func storedAnswersAreRenormalisedOverTheirTokens() {
    let teacher = HeadCase(seed: 23)
    let (k, temperature) = (5, 1.5)
    let best = teacher.logits(teacher.x).map { line in
      Naive.logSoftmax(line).enumerated().sorted { $0.element > $1.element }.prefix(k)
    }
    let stored = TopKTeacher(
      k: k, ids: best.flatMap { $0.map { Int32($0.offset) } },
      logProbabilities: best.flatMap { $0.map { Float($0.element) } })
    func divergences(_ x: [Double]) -> [Double] {
      zip(example.logits(x), best).map { line, best in
        Naive.divergence(
          student: best.map { line[$0.offset] }, teacher: best.map(\.element), .forward,
          temperature: temperature)
      }
    }
    let (x, dx) = (FloatBuffer(rounding: example.x), FloatBuffer(count: example.x.count))
    let scores = example.head().distill(
      x.base, teacher: stored, rows: 6, targets: example.targets,
      objective: Distillation(temperature: Float(temperature), alpha: 0.5),
      rowWeights: example.rowWeights, into: dx.base, pool: pool)
    #expect(relativeError(scores.divergences, divergences(example.x)) < 1e-5)
    let error = gradientError(dx.array, at: example.x, samples: .max) { x in
      0.5 * example.weighed(example.losses(x)) + 0.5 * example.weighed(divergences(x))
    }
    #expect(error < 1e-5)
  }

  private func expectScores(_ scores: HeadScores) {
    let logits = example.logits(example.x)
    #expect(relativeError(scores.losses, example.losses(example.x)) < 1e-5)
    #expect(relativeError(scores.logSumExp, logits.map { Naive.logSumExp($0) }) < 1e-6)
    #expect(
      scores.argmax
        == logits.map { line in
          Int32(line.indices.max { line[$0] < line[$1] } ?? -1)
        })
    #expect(relativeError(scores.meanLogit, logits.map { $0.reduce(0, +) / 100 }) < 1e-5)
  }
}
