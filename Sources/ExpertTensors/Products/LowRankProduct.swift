internal import CKernels
package import ExpertPlatform

/// The products of a low-rank pair beside a frozen weight: A [r, in] and B [out, r] in fp32, r far
/// below in and out.
///
/// A tiled product would pack the wide side for a handful of multiplications; these read it where
/// it lies. Few rows and wide ranks go to `DenseProduct`. Threads divide rows or columns of the
/// result, never a sum.
package struct LowRankProduct {
  /// Ranks from which tiles pay.
  private static let widest = 64
  /// Fewest rows for which turning a factor pays.
  private static let fewest = 16
  /// Rows of one task: a multiple of what the kernels hold at once.
  private static let rowGrain = 48
  /// Rows of one task of dot products.
  private static let dotGrain = 16
  /// Columns of a panel.
  private static let panel = 64
  /// Depth of a block whose wide side stays in the second-level cache while its columns are read
  /// for all rows of the result.
  private static let depthBlock = 128
  /// Columns of one task.
  private static let columnGrain = 256

  private let pool: ThreadPool
  private let kernels: Kernels

  package init(kernels: Kernels = .current, pool: ThreadPool) {
    self.kernels = kernels
    self.pool = pool
  }

  /// H [rows, rank] = X Aᵀ; x [rows, inputs], a [rank, inputs].
  package func down(
    _ x: Floats, rows: Int, inputs: Int, a: Floats, rank: Int, into h: MutableFloats
  ) {
    guard isThin(rows, rank) else {
      return DenseProduct.multiply(
        m: rows, n: rank, k: inputs, x, lda: inputs, a, ldb: inputs, transposeB: true, h,
        ldc: rank, pool: pool)
    }
    dots(rows, rank, depth: inputs, x, inputs, a, into: h, rank)
  }

  /// Y += s H Bᵀ; h [rows, rank] with `hStride`, b [outputs, rank], y [rows, outputs] with `yStride`.
  package func up(
    _ h: Floats, hStride: Int, rows: Int, b: Floats, outputs: Int, rank: Int, scale: Float,
    addingTo y: MutableFloats, yStride: Int
  ) {
    guard isThin(rows, rank) else {
      return DenseProduct.multiply(
        m: rows, n: outputs, k: rank, alpha: scale, h, lda: hStride, b, ldb: rank,
        transposeB: true, beta: 1, y, ldc: yStride, pool: pool)
    }
    byRows(
      rows, width: outputs, depth: rank, h, stride: hStride, into: y, stride: yStride,
      accumulate: true
    ) { k, n in scale * b[n * rank + k] }
  }

  /// dH = s dY B; dy [rows, outputs] with `dyStride`, b [outputs, rank], dh with `dhStride`.
  package func upInputs(
    _ dy: Floats, dyStride: Int, rows: Int, b: Floats, outputs: Int, rank: Int, scale: Float,
    into dh: MutableFloats, dhStride: Int
  ) {
    guard isThin(rows, rank) else {
      return DenseProduct.multiply(
        m: rows, n: rank, k: outputs, alpha: scale, dy, lda: dyStride, b, ldb: rank, dh,
        ldc: dhStride, pool: pool)
    }
    turned(b, rows: outputs, columns: rank, scale: scale) { turned in
      dots(rows, rank, depth: outputs, dy, dyStride, turned, into: dh, dhStride)
    }
  }

  /// dB += s dYᵀ H; db [outputs, rank].
  package func upWeights(
    _ dy: Floats, dyStride: Int, rows: Int, h: Floats, hStride: Int, outputs: Int, rank: Int,
    scale: Float, addingTo db: MutableFloats
  ) {
    guard isThin(rows, rank) else {
      return DenseProduct.multiply(
        m: outputs, n: rank, k: rows, alpha: scale, dy, lda: dyStride, transposeA: true, h,
        ldb: hStride, beta: 1, db, ldc: rank, pool: pool)
    }
    // Its transpose [rank, outputs], so that dY is read along its rows.
    Scratch.with(rank * outputs * MemoryLayout<Float>.stride) { room in
      let turned = room.assumingMemoryBound(to: Float.self)
      byColumns(
        rank, width: outputs, depth: rows, h, depthStride: hStride, dy, dyStride, into: turned,
        stride: outputs, accumulate: false)
      pool.run(outputs, grain: 256) { range in
        for output in range {
          for k in 0..<rank { db[output * rank + k] += scale * turned[k * outputs + output] }
        }
      }
    }
  }

  /// dA += dHᵀ X; da [rank, inputs].
  package func downWeights(
    _ dh: Floats, rows: Int, x: Floats, inputs: Int, rank: Int, addingTo da: MutableFloats
  ) {
    guard isThin(rows, rank) else {
      return DenseProduct.multiply(
        m: rank, n: inputs, k: rows, dh, lda: rank, transposeA: true, x, ldb: inputs, beta: 1,
        da, ldc: inputs, pool: pool)
    }
    byColumns(
      rank, width: inputs, depth: rows, dh, depthStride: rank, x, inputs, into: da,
      stride: inputs, accumulate: true)
  }

  /// dX (+)= dH A.
  package func downInputs(
    _ dh: Floats, rows: Int, a: Floats, inputs: Int, rank: Int, into dx: MutableFloats,
    accumulate: Bool
  ) {
    guard isThin(rows, rank) else {
      return DenseProduct.multiply(
        m: rows, n: inputs, k: rank, dh, lda: rank, a, ldb: inputs, beta: accumulate ? 1 : 0, dx,
        ldc: inputs, pool: pool)
    }
    byRows(
      rows, width: inputs, depth: rank, dh, stride: rank, into: dx, stride: inputs,
      accumulate: accumulate
    ) { k, n in a[k * inputs + n] }
  }

  private func isThin(_ rows: Int, _ rank: Int) -> Bool {
    rows >= Self.fewest && rank <= Self.widest
  }

  /// The transpose [columns, rows] of a matrix, times `scale`.
  private func turned(
    _ matrix: Floats, rows: Int, columns: Int, scale: Float, _ body: (Floats) -> Void
  ) {
    Scratch.with(rows * columns * MemoryLayout<Float>.stride) { room in
      let turned = room.assumingMemoryBound(to: Float.self)
      pool.run(columns, grain: max(1, 16_384 / rows)) { range in
        for row in 0..<rows {
          for column in range {
            turned[column * rows + row] = scale * matrix[row * columns + column]
          }
        }
      }
      body(Floats(turned))
    }
  }

  /// C [rows, columns] = A Bᵀ, a [rows, depth], b [columns, depth]: tasks are runs of rows.
  private func dots(
    _ rows: Int, _ columns: Int, depth: Int, _ a: Floats, _ aStride: Int, _ b: Floats,
    into c: MutableFloats, _ cStride: Int
  ) {
    pool.run(rows, grain: Self.dotGrain) { range in
      kernels.table.pointee.dots(
        range.count, columns, depth, a + range.lowerBound * aStride, aStride, b, depth,
        c + range.lowerBound * cStride, cStride)
    }
  }

  /// C [rows, width] (+)= A B, a [rows, depth], b [depth, width]: tasks are runs of rows.
  ///
  /// B is copied into panels first: its rows, far from each other, would share a set of the cache.
  private func byRows(
    _ rows: Int, width: Int, depth: Int, _ a: Floats, stride aStride: Int, into c: MutableFloats,
    stride cStride: Int, accumulate: Bool, _ b: (_ k: Int, _ n: Int) -> Float
  ) {
    let columns = Self.panel
    let count = (width + columns - 1) / columns
    Scratch.with(count * columns * depth * MemoryLayout<Float>.stride) { room in
      let panels = room.assumingMemoryBound(to: Float.self)
      pool.run(count, grain: max(1, 16_384 / (columns * depth))) { range in
        for n in range.lowerBound * columns..<min(width, range.upperBound * columns) {
          let (panel, lane) = n.quotientAndRemainder(dividingBy: columns)
          for k in 0..<depth { panels[(panel * depth + k) * columns + lane] = b(k, n) }
        }
      }
      pool.run(rows, grain: Self.rowGrain) { range in
        let row = range.lowerBound
        for panel in 0..<count {
          kernels.table.pointee.product(
            range.count, min(columns, width - panel * columns), depth, a + row * aStride, aStride,
            1, panels + panel * depth * columns, columns, c + row * cStride + panel * columns,
            cStride, accumulate)
        }
      }
    }
  }

  /// C [rows, width] (+)= Aᵀ B, a [depth, rows], b [depth, width]: tasks are runs of columns.
  private func byColumns(
    _ rows: Int, width: Int, depth: Int, _ a: Floats, depthStride: Int, _ b: Floats,
    _ bStride: Int, into c: MutableFloats, stride cStride: Int, accumulate: Bool
  ) {
    pool.run(width, grain: Self.columnGrain) { range in
      for from in stride(from: 0, to: depth, by: Self.depthBlock) {
        kernels.table.pointee.product(
          rows, range.count, min(Self.depthBlock, depth - from), a + from * depthStride, 1,
          depthStride, b + from * bStride + range.lowerBound, bStride, c + range.lowerBound,
          cStride, accumulate || from > 0)
      }
    }
  }
}
