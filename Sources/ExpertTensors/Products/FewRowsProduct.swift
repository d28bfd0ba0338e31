internal import CKernels
internal import ExpertPlatform

/// Y = X Wᵀ of a few rows: as fast as W comes from memory.
struct FewRowsProduct {
  /// Everything but `left`.
  var product: expert_product

  /// Whether this way suits the product: with more rows, tiles are faster.
  static func suits(rows: Int) -> Bool { rows <= Int(EXPERT_GEMV_ROWS) }

  /// Prepares x [rows, inputs] and multiplies; panels are shared among threads in runs of at least
  /// 48 KiB.
  func run(_ x: UnsafePointer<Float>, rowStride: Int, pool: ThreadPool) {
    guard product.rows > 0, product.lanes > 0 else { return }
    Scratch.with(expert_gemv_left_bytes(product.weights, product.rows)) { left in
      var whole = product
      whole.left = UnsafeRawPointer(left)
      withUnsafePointer(to: whole) { whole in
        expert_gemv_prepare(whole, x, rowStride, left)
        let panels = (product.lanes + 31) / 32
        pool.run(panels, grain: grain(panels: panels, threads: pool.threads)) { part in
          expert_gemv(whole, part.lowerBound, part.upperBound)
        }
      }
    }
  }

  /// Enough work to outweigh handing it out, and at least four shares a thread where there is.
  private func grain(panels: Int, threads: Int) -> Int {
    let least = max(1, 49_152 / max(1, bytesOfPanel))
    return max(least, min(panels / (8 * threads), 8 * least))
  }

  private var bytesOfPanel: Int {
    let weights = product.weights
    if weights?.pointee.kind == EXPERT_ROWS_BF16 { return 64 * product.depth }
    return expert_panel_bytes(weights) + expert_panel_scale_bytes(weights)
  }
}
