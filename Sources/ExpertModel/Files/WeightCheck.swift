internal import ExpertTensors
internal import Foundation

/// `memcmp` of two buffers of the same length.
func sameBytes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
  guard let left = a.baseAddress, let right = b.baseAddress else { return a.count == b.count }
  return memcmp(left, right, a.count) == 0
}

extension TensorView {
  /// The first stored row of a range that holds NaN or infinity; of quantised weights, in a scale.
  package func firstRowNotFinite(_ rows: Range<Int>) -> Int? {
    rows.first { !isFinite(storedRow: $0) }
  }

  private func isFinite(storedRow row: Int) -> Bool {
    let start = row * rowBytes
    let bytes = UnsafeRawBufferPointer(rebasing: bytes[start..<start + rowBytes])
    switch type {
    case .f32: return Self.isFinite32(bytes)
    case .f16: return Self.isFinite16(bytes, exponent: 0x7c00)
    case .bf16: return Self.isFinite16(bytes, exponent: 0x7f80)
    case .q8_0, .q4_0: return Self.scales(bytes, type, at: [0])
    case .q4_1, .q4_k: return Self.scales(bytes, type, at: [0, 2])
    case .q6_k: return Self.scales(bytes, type, at: [208])
    }
  }

  /// A number is finite unless all bits of its exponent are set.
  private static func isFinite32(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var bad: UInt32 = 0
    for i in 0..<bytes.count / 4 {
      let bits = bytes.loadUnaligned(fromByteOffset: i &* 4, as: UInt32.self) & 0x7f80_0000
      bad |= bits == 0x7f80_0000 ? 1 : 0
    }
    return bad == 0
  }

  private static func isFinite16(_ bytes: UnsafeRawBufferPointer, exponent: UInt16) -> Bool {
    var bad: UInt16 = 0
    for i in 0..<bytes.count / 2 {
      let bits = bytes.loadUnaligned(fromByteOffset: i &* 2, as: UInt16.self) & exponent
      bad |= bits == exponent ? 1 : 0
    }
    return bad == 0
  }

  /// Whether the binary16 numbers at these places of every block are finite.
  private static func scales(
    _ bytes: UnsafeRawBufferPointer, _ type: ElementType, at places: [Int]
  ) -> Bool {
    var bad: UInt16 = 0
    for place in places {
      var at = place
      while at < bytes.count {
        let bits = bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self) & 0x7c00
        bad |= bits == 0x7c00 ? 1 : 0
        at &+= type.blockBytes
      }
    }
    return bad == 0
  }
}

extension ModelFiles {
  /// Looks at the first and the last row of every tensor: cheap, and enough to notice a file that
  /// was filled with garbage. `verify` looks at all.
  func checkEdges() throws(ModelFileError) {
    for name in tensorNames {
      let view = try tensor(name)
      for row in Set([0, view.rows - 1]) { try check(view, row..<row + 1) }
    }
  }

  /// Looks at every weight; throws on the first NaN or infinity. `progress` gets the bytes done.
  package func verify(progress: (Int) throws -> Void = { _ in }) throws {
    var done = 0
    for name in tensorNames {
      let view = try tensor(name)
      let step = max(1, (8 << 20) / max(1, view.rowBytes))
      for start in stride(from: 0, to: view.rows, by: step) {
        let rows = start..<min(start + step, view.rows)
        try check(view, rows)
        done += rows.count * view.rowBytes
        try progress(done)
      }
    }
  }

  private func check(_ view: TensorView, _ rows: Range<Int>) throws(ModelFileError) {
    guard let row = view.firstRowNotFinite(rows) else { return }
    throw .notFinite(path: path, tensor: view.name, row: row)
  }
}
