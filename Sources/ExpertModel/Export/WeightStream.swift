internal import ExpertPlatform
package import ExpertTensors

/// Sends the merged tensors to a file: rows are folded, rounded and handed over a few megabytes at
/// a time.
package struct WeightStream {
  private let weights: MergedWeights
  private let progress: (Int) throws -> Void

  /// Floats that are under way at once: 8 MiB.
  private static let floatsAtOnce = 1 << 21

  /// `progress` gets the elements of every piece that was handed over; what it throws ends the work.
  package init(_ weights: MergedWeights, progress: @escaping (Int) throws -> Void = { _ in }) {
    self.weights = weights
    self.progress = progress
  }

  /// Sends one tensor, encoded, its rows in `order`.
  package func send(
    _ name: String, as type: ElementType, order: TensorView.RowOrder = .natural,
    put: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let view = try weights.files.tensor(name)
    let (rows, columns) = (view.rows, view.columns)
    let step = Self.rowsAtOnce(rows, columns, order)
    let floats = FloatBuffer(count: step * columns)
    let rowBytes = RowEncoder.bytes(columns, as: type) ?? 0
    let encoded = RawBuffer(count: step * rowBytes)
    for start in stride(from: 0, to: rows, by: step) {
      let part = start..<min(rows, start + step)
      try weights.copyRows(of: name, part, to: floats.base)
      weights.pool.run(part.count, grain: 16) { range in
        for row in range {
          let place = Self.stored(row, of: part.count, order)
          RowEncoder.encode(
            floats.base + row * columns, count: columns, as: type,
            to: encoded.base + place * rowBytes)
        }
      }
      try put(UnsafeRawBufferPointer(start: encoded.base, count: part.count * rowBytes))
      try progress(part.count * columns)
    }
  }

  /// Interleaved rows stay within their head, so a head is a piece.
  private static func rowsAtOnce(
    _ rows: Int, _ columns: Int, _ order: TensorView.RowOrder
  ) -> Int {
    if case .interleaved(let heads) = order { return rows / heads }
    return max(1, min(rows, floatsAtOnce / max(1, columns)))
  }

  /// Where row `row` of a head goes: rows j and j + D/2 become neighbours.
  private static func stored(_ row: Int, of size: Int, _ order: TensorView.RowOrder) -> Int {
    guard case .interleaved = order else { return row }
    return (row % (size / 2)) * 2 + row / (size / 2)
  }
}
