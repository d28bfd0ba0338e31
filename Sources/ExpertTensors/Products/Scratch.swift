internal import Synchronization

/// Working memory that products borrow and give back, so that no product pays for fresh pages.
enum Scratch {
  private static let spare = Mutex<[RawBuffer]>([])
  /// Buffers kept for later: two for each of a few threads.
  private static let kept = 16

  /// Runs `body` with at least `bytes` bytes, aligned to 64, of unknown content.
  static func with<R>(_ bytes: Int, _ body: (UnsafeMutableRawPointer) -> R) -> R {
    let buffer = take(bytes)
    defer { give(buffer) }
    return body(buffer.base)
  }

  /// The smallest spare buffer that is large enough, or a new one.
  private static func take(_ bytes: Int) -> RawBuffer {
    let found = spare.withLock { list -> RawBuffer? in
      let fitting = list.indices.filter { list[$0].count >= bytes }
      guard let best = fitting.min(by: { list[$0].count < list[$1].count }) else { return nil }
      return list.remove(at: best)
    }
    return found ?? RawBuffer(count: bytes)
  }

  /// Keeps the larger ones.
  private static func give(_ buffer: RawBuffer) {
    spare.withLock { list in
      list.append(buffer)
      guard list.count > kept else { return }
      if let least = list.indices.min(by: { list[$0].count < list[$1].count }) {
        list.remove(at: least)
      }
    }
  }
}
