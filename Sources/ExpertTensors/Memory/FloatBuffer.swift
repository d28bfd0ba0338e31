internal import Foundation

/// Owned fp32 memory, aligned to 64 bytes, filled with zeros.
///
/// `@unchecked Sendable`: whoever shares a buffer divides its elements among threads.
package final class FloatBuffer: @unchecked Sendable {
  /// How many floats.
  package let count: Int
  /// The first of them.
  package let base: UnsafeMutablePointer<Float>

  /// Memory for `count` floats, all zero.
  package init(count: Int) {
    self.count = count
    let bytes = max(64, (count * MemoryLayout<Float>.stride + 63) & ~63)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    memset(memory, 0, bytes)
    base = memory.bindMemory(to: Float.self, capacity: bytes / 4)
  }

  /// A copy of `values`.
  package convenience init(_ values: some Collection<Float>) {
    self.init(count: values.count)
    for (place, value) in values.enumerated() { base[place] = value }
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// The elements as an array: for tests and reports.
  package var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
