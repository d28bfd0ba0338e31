internal import CKernels
package import ExpertPlatform
internal import Foundation

/// Keys and values of one layer and one stream: two arrays [G, capacity, D], so that what a head
/// reads lies in one piece.
///
/// `@unchecked Sendable`: one stream is written by one caller at a time.
package final class LayerCache: @unchecked Sendable {
  /// How the elements are kept.
  package enum Element: Sendable {
    /// Exactly.
    case fp32
    /// Rounded to bf16: half the memory and half the time.
    case bf16
  }

  package let keyHeads: Int
  package let headSize: Int
  /// Tokens for which there is room.
  package let capacity: Int
  package let element: Element
  private let keys: UnsafeMutableRawPointer
  private let values: UnsafeMutableRawPointer

  /// Room for `capacity` tokens.
  package init(keyHeads: Int, headSize: Int, capacity: Int, element: Element) {
    self.keyHeads = keyHeads
    self.headSize = headSize
    self.capacity = capacity
    self.element = element
    let bytes = max(64, keyHeads * capacity * headSize * (element == .fp32 ? 4 : 2))
    keys = .allocate(byteCount: bytes, alignment: 64)
    values = .allocate(byteCount: bytes, alignment: 64)
  }

  deinit {
    keys.deallocate()
    values.deallocate()
  }

  /// Writes k and v [tokens, G, D] (tokens `stride` floats apart) as tokens `position…`.
  package func store(
    k: Floats, v: Floats, stride: Int, tokens: Int, at position: Int, kernels: Kernels = .current,
    pool: ThreadPool
  ) {
    precondition(position >= 0 && position + tokens <= capacity, "the cache has no room")
    pool.run(tokens * keyHeads, grain: rowGrain(4 * headSize)) { range in
      for place in range {
        let (token, head) = place.quotientAndRemainder(dividingBy: keyHeads)
        let from = token * stride + head * headSize
        let to = (head * capacity + position + token) * headSize
        write(k + from, keys, to, kernels)
        write(v + from, values, to, kernels)
      }
    }
  }

  private func write(
    _ row: Floats, _ memory: UnsafeMutableRawPointer, _ place: Int, _ kernels: Kernels
  ) {
    switch element {
    case .fp32: memory.advanced(by: place * 4).copyMemory(from: row, byteCount: headSize * 4)
    case .bf16:
      kernels.table.pointee.to_bfloats(
        row, memory.assumingMemoryBound(to: UInt16.self) + place, headSize)
    }
  }

  /// Keys of one head, [capacity, D] in the cache's element.
  func keys(ofHead head: Int) -> UnsafeRawPointer { row(keys, head) }
  /// Values of one head.
  func values(ofHead head: Int) -> UnsafeRawPointer { row(values, head) }

  private func row(_ memory: UnsafeMutableRawPointer, _ head: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(memory) + head * capacity * headSize * (element == .fp32 ? 4 : 2)
  }
}
