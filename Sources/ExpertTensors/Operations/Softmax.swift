internal import CKernels
package import ExpertPlatform

/// Softmax and log-softmax of the rows of x [rows, width], in place.
package enum Softmax {
  /// Each row becomes eˣ / Σ eˣ; `logSumExp` [rows] receives log Σ eˣ.
  package static func forward(
    _ x: MutableFloats, rows: Int, width: Int, logSumExp: MutableFloats? = nil,
    kernels: Kernels = .current, pool: ThreadPool
  ) {
    pool.run(rows, grain: rowGrain(width)) { range in
      for row in range {
        let total = kernels.table.pointee.softmax_row(x + row * width, width)
        if let logSumExp { logSumExp[row] = total }
      }
    }
  }

  /// Each row becomes x − log Σ eˣ; `logSumExp` [rows] receives log Σ eˣ.
  package static func logarithm(
    _ x: MutableFloats, rows: Int, width: Int, logSumExp: MutableFloats? = nil,
    kernels: Kernels = .current, pool: ThreadPool
  ) {
    pool.run(rows, grain: rowGrain(width)) { range in
      for row in range {
        let total = kernels.table.pointee.log_softmax_row(x + row * width, width)
        if let logSumExp { logSumExp[row] = total }
      }
    }
  }
}
