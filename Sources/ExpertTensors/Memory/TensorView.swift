/// A tensor as it lies in a mapped file or in memory; nothing is copied.
///
/// `@unchecked Sendable`: the bytes are never written, and `owner` keeps them alive.
package struct TensorView: @unchecked Sendable {
  /// In which order the rows of a matrix are stored.
  package enum RowOrder: Sendable, Hashable {
    /// As Hugging Face stores them.
    case natural
    /// As GGUF stores the query and key projections of Llama models: within each of `heads`
    /// heads, rows j and j + D/2 of the natural order are neighbours (rows 2j and 2j + 1).
    case interleaved(heads: Int)
  }

  /// The tensor's name, in Hugging Face's spelling.
  package var name: String
  /// Row-major, outermost first: a linear layer's weight is [out, in].
  package var shape: [Int]
  package var type: ElementType
  package var rowOrder: RowOrder
  package var bytes: UnsafeRawBufferPointer
  /// What keeps `bytes` alive.
  package var owner: any AnyObject & Sendable

  package init(
    name: String, shape: [Int], type: ElementType, rowOrder: RowOrder = .natural,
    bytes: UnsafeRawBufferPointer, owner: any AnyObject & Sendable
  ) {
    self.name = name
    self.shape = shape
    self.type = type
    self.rowOrder = rowOrder
    self.bytes = bytes
    self.owner = owner
  }

  /// Elements of one row: the innermost dimension.
  package var columns: Int { shape.last ?? 1 }
  /// Rows: the product of all other dimensions.
  package var rows: Int { shape.dropLast().reduce(1, *) }
  /// Elements of the whole tensor.
  package var count: Int { shape.reduce(1, *) }
  /// Bytes of one row; rows are whole blocks.
  package var rowBytes: Int { columns / type.blockElements * type.blockBytes }

  /// Where row `row` of the natural order starts.
  package func address(ofRow row: Int) -> UnsafeRawPointer {
    let start = storedRow(row) * rowBytes
    guard row >= 0, row < rows, start + rowBytes <= bytes.count, let base = bytes.baseAddress else {
      preconditionFailure("row \(row) lies outside the tensor \(name)")
    }
    return base + start
  }

  private func storedRow(_ row: Int) -> Int {
    guard case .interleaved(let heads) = rowOrder else { return row }
    let size = rows / heads
    let (head, place) = row.quotientAndRemainder(dividingBy: size)
    return head * size + (place % (size / 2)) * 2 + place / (size / 2)
  }
}
