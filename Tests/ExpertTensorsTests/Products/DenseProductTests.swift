import ExpertPlatform
import ExpertTensors
import Testing

@Suite struct DenseProductTests {
  @Test(
    arguments: InstructionSet.available,
    [(false, false), (false, true), (true, false), (true, true)])
  func `General products agree with their definition`(
    _ isa: InstructionSet, _ transposed: (Bool, Bool)
  ) {
    let (transposeA, transposeB) = transposed
    let pool = ThreadPool(threads: 2)
    for (m, n, k) in [
      (1, 1, 1), (64, 16, 100), (64, 100, 16), (16, 96, 64), (100, 16, 64), (33, 65, 600),
      (5, 7, 3),
    ] {
      for (alpha, beta) in [(Float(1), Float(0)), (0.5, 1), (2, -0.5)] {
        let (lda, ldb, ldc) = ((transposeA ? m : k) + 3, (transposeB ? k : n) + 1, n + 2)
        var values = Values(seed: UInt64(m * n + k))
        let a = values.floats((transposeA ? k : m) * lda)
        let b = values.floats((transposeB ? n : k) * ldb)
        let c = values.floats(m * ldc)
        var expected = c
        for i in 0..<m {
          for j in 0..<n {
            var sum = 0.0
            for p in 0..<k {
              sum +=
                Double(a[transposeA ? p * lda + i : i * lda + p])
                * Double(b[transposeB ? j * ldb + p : p * ldb + j])
            }
            let old = beta == 0 ? 0 : beta * c[i * ldc + j]
            expected[i * ldc + j] = Float(Double(alpha) * sum + Double(old))
          }
        }
        var actual = c
        if beta == 0 {
          // What was there must not be read, what lies between rows not be written.
          for i in 0..<m { for j in 0..<n { actual[i * ldc + j] = .nan } }
        }
        DenseProduct.multiply(
          m: m, n: n, k: k, alpha: alpha, a, lda: lda, transposeA: transposeA, b, ldb: ldb,
          transposeB: transposeB, beta: beta, &actual, ldc: ldc, isa: isa, pool: pool)
        #expect(error(actual, expected) < 1e-5, "\((m, n, k)) \(alpha) \(beta)")
      }
    }
  }

  @Test func `A sum over nothing scales what was there`() {
    var c: [Float] = [1, 2, 3, 4]
    DenseProduct.multiply(
      m: 2, n: 2, k: 0, [1], lda: 1, [1], ldb: 2, beta: 0.5, &c, ldc: 2,
      pool: ThreadPool(threads: 1))
    #expect(c == [0.5, 1, 1.5, 2])
  }
}
