internal import Foundation

/// Owned bytes, aligned to a page's worth of cache lines, filled with zeros.
///
/// `@unchecked Sendable`: whoever shares a buffer divides its bytes among threads.
package final class RawBuffer: @unchecked Sendable {
  package let count: Int
  package let base: UnsafeMutableRawPointer

  /// `count` zero bytes. Pages are touched on first use.
  package init(count: Int) {
    self.count = count
    let bytes = (max(1, count) + 63) & ~63
    base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    memset(base, 0, bytes)
  }

  deinit { base.deallocate() }
}
