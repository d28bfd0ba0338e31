package import ExpertPlatform

/// The last layer and its loss in one: logits = X Wᵀ are computed for a tile of the vocabulary at a
/// time and used at once, so that [rows, V] never stands in memory.
///
/// X [rows, C] holds supervised rows only. Logits are fp32, their sums double.
package struct FusedHead: Sendable {
  /// W [V, C].
  package let weights: FrozenMatrix
  /// What a tile of logits may take, in bytes; at least 32 columns are computed at once.
  package var tileBytes: Int
  let kernels: Kernels

  /// A head over `weights`.
  package init(_ weights: FrozenMatrix, tileBytes: Int = 16 << 20, kernels: Kernels = .current) {
    self.weights = weights
    self.tileBytes = tileBytes
    self.kernels = kernels
  }

  /// V.
  package var vocabulary: Int { weights.outputs }
  /// C.
  package var width: Int { weights.inputs }

  /// The runs of the vocabulary that are computed together for so many rows.
  func tiles(rows: Int) -> [Range<Int>] {
    let columns = max(32, tileBytes / (4 * max(1, rows)) / 32 * 32)
    return stride(from: 0, to: vocabulary, by: columns).map {
      $0..<min(vocabulary, $0 + columns)
    }
  }

  /// Room for the largest tile.
  func tileBuffer(rows: Int) -> FloatBuffer {
    FloatBuffer(count: rows * (tiles(rows: rows).first?.count ?? 0))
  }

  /// Calls `body` with each tile's columns and logits [rows, columns], in order.
  package func stream(
    _ x: Floats, rows: Int, pool: ThreadPool, _ body: (Range<Int>, MutableFloats) -> Void
  ) {
    let logits = tileBuffer(rows: rows)
    for tile in tiles(rows: rows) {
      weights.forward(x, rows: rows, range: tile, into: logits.base, pool: pool)
      body(tile, logits.base)
    }
  }

  /// dX = Σ over tiles of d·W: `body` turns each tile's logits into their gradient d, in place.
  package func streamGradient(
    _ x: Floats, rows: Int, into dx: MutableFloats, pool: ThreadPool,
    _ body: (Range<Int>, MutableFloats) -> Void
  ) {
    stream(x, rows: rows, pool: pool) { tile, logits in
      body(tile, logits)
      weights.backward(
        logits, rows: rows, range: tile, into: dx, accumulate: tile.lowerBound > 0, pool: pool)
    }
  }
}
