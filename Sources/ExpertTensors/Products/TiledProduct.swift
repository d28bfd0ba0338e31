internal import CKernels
internal import ExpertPlatform

/// A matrix product of many rows, shared among threads in tiles.
///
/// Tiles divide rows and columns of the result, never a sum: no result depends on how many threads
/// there are or on which of them was faster.
struct TiledProduct {
  /// Everything but `left`.
  var product: expert_product

  /// Packs x, whose element (i, k) is x[i · rowStride + k · depthStride], and multiplies.
  func run(
    _ x: UnsafePointer<Float>, rowStride: Int, depthStride: Int = 1, pool: ThreadPool
  ) {
    guard product.rows > 0, product.lanes > 0 else { return }
    let (isa, compute) = (product.isa, product.compute)
    let blocks = expert_row_blocks(isa, product.rows)
    Scratch.with(expert_left_bytes(compute, product.rows, product.depth)) { left in
      pool.run(blocks, grain: max(1, min(8, blocks / (4 * pool.threads)))) { part in
        Scratch.with(expert_pack_scratch(compute, product.depth)) { scratch in
          expert_pack_left(
            isa, compute, x, product.rows, product.depth, rowStride, depthStride, part.lowerBound,
            part.upperBound, left, scratch)
        }
      }
      var whole = product
      whole.left = UnsafeRawPointer(left)
      Self.multiply(whole, blocks: blocks, pool: pool)
    }
  }

  private static func multiply(_ product: expert_product, blocks: Int, pool: ThreadPool) {
    let panels = (product.lanes + 31) / 32
    let grid = TileGrid(product, panels: panels, blocks: blocks, threads: pool.threads)
    pool.run(grid.count) { task in
      let (columns, rows) = grid.tile(task)
      Scratch.with(expert_tile_scratch(product.compute)) { scratch in
        withUnsafePointer(to: product) {
          expert_product_tile(
            $0, columns.lowerBound, columns.upperBound, rows.lowerBound, rows.upperBound, scratch)
        }
      }
    }
  }
}

/// How a product is cut into tiles.
struct TileGrid {
  /// Panels of 32 columns in one tile.
  let width: Int
  /// Row blocks in one tile.
  let height: Int
  private let panels: Int
  private let blocks: Int
  private let columns: Int

  /// Aims at tiles of about 16 Mflop, at least eight a thread; rows are divided (which unpacks
  /// weights again) only where there are too few columns.
  init(_ product: expert_product, panels: Int, blocks: Int, threads: Int) {
    self.panels = panels
    self.blocks = blocks
    let wanted = threads == 1 ? 1 : 8 * threads
    let flops = max(1, 64 * product.rows * product.depth)
    let most = product.direction == EXPERT_BACKWARD ? 4 : 8
    let least = product.direction == EXPERT_BACKWARD ? 2 : 1
    width = max(1, min(most, panels / wanted, max(least, 16_000_000 / flops)))
    columns = (panels + width - 1) / width
    let parts = columns >= 2 * threads || threads == 1 ? 1 : (wanted + columns - 1) / columns
    height = max(1, (blocks + parts - 1) / parts)
  }

  /// How many tiles.
  var count: Int { columns * ((blocks + height - 1) / height) }

  /// The panels and row blocks of tile `task`.
  func tile(_ task: Int) -> (columns: Range<Int>, rows: Range<Int>) {
    let (row, column) = task.quotientAndRemainder(dividingBy: columns)
    return (
      column * width..<min(panels, (column + 1) * width),
      row * height..<min(blocks, (row + 1) * height)
    )
  }
}
