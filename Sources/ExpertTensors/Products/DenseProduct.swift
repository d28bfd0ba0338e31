internal import CKernels
package import ExpertPlatform

/// General fp32 matrix products, both sides given anew each time: for adapters and their gradients.
package enum DenseProduct {
  /// C = alpha · op(A) op(B) + beta · C, all row-major: op(A) [m, k], op(B) [k, n], C [m, n];
  /// `lda`, `ldb`, `ldc` are floats from one stored row to the next, and op transposes what is
  /// stored where its flag says so. With beta 0, C's former content is not read.
  package static func multiply(
    m: Int, n: Int, k: Int, alpha: Float = 1, _ a: UnsafePointer<Float>, lda: Int,
    transposeA: Bool = false, _ b: UnsafePointer<Float>, ldb: Int, transposeB: Bool = false,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>, ldc: Int, isa: InstructionSet = .current,
    pool: ThreadPool
  ) {
    guard m > 0, n > 0 else { return }
    scale(c, rows: m, columns: n, stride: ldc, by: k > 0 && beta == 0 ? 1 : beta, pool: pool)
    guard k > 0 else { return }
    // B's stored rows are the rows of a weight: Bᵀ is a forward product, B a backward one.
    var right = expert_weights(
      EXPERT_ROWS_F32, outputs: transposeB ? n : k, inputs: transposeB ? k : n)
    right.stride = ldb
    right.values = UnsafeRawPointer(b)
    withUnsafePointer(to: right) { weights in
      var product = expert_product()
      product.isa = isa.kernels
      product.compute = EXPERT_COMPUTE_F32
      product.direction = transposeB ? EXPERT_FORWARD : EXPERT_BACKWARD
      product.weights = weights
      product.rows = m
      product.depth = k
      product.lanes = n
      product.out = c
      product.out_stride = ldc
      product.accumulate = beta == 0 ? 0 : 1
      product.alpha = alpha
      TiledProduct(product: product).run(
        a, rowStride: transposeA ? 1 : lda, depthStride: transposeA ? lda : 1, pool: pool)
    }
  }

  private static func scale(
    _ c: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int, by factor: Float,
    pool: ThreadPool
  ) {
    guard factor != 1 else { return }
    pool.run(rows, grain: max(1, 65_536 / columns)) { part in
      for row in part {
        for column in 0..<columns {
          let place = row * stride + column
          c[place] = factor == 0 ? 0 : c[place] * factor
        }
      }
    }
  }
}
