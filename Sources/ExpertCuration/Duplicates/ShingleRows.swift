/// The shingle sets of the kept rows: eight bytes a shingle, in large pieces that never move.
///
/// Whole 64-bit hashes are kept, not shorter ones: two different shingles of a compared pair of
/// rows of n shingles share a hash with probability n²/2⁶⁴ (2·10⁻¹⁶ at 60 words), so a similarity
/// computed from them is the exact one, and no text has to be kept to check it again.
struct ShingleRows: ~Copyable {
  private struct Row {
    var start: UnsafePointer<UInt64>
    var count: UInt32
  }

  private static let pieceCapacity = 1 << 17  // 1 MiB
  private var pieces: [UnsafeMutablePointer<UInt64>] = []
  private var free = 0
  private var next: UnsafeMutablePointer<UInt64>?
  private var starts: [UnsafePointer<UInt64>] = []
  private var counts: [UInt32] = []

  init() {}

  deinit {
    for piece in pieces { piece.deallocate() }
  }

  var count: Int { starts.count }

  func start(_ row: Int) -> UnsafePointer<UInt64> { starts[row] }
  func count(_ row: Int) -> Int { Int(counts[row]) }

  mutating func reserve(_ rows: Int) {
    starts.reserveCapacity(rows)
    counts.reserveCapacity(rows)
  }

  /// Copies a set in as the next row.
  mutating func append(_ set: UnsafePointer<UInt64>, count: Int) {
    let start = room(for: count)
    start.update(from: set, count: count)
    starts.append(UnsafePointer(start))
    counts.append(UInt32(count))
  }

  private mutating func room(for count: Int) -> UnsafeMutablePointer<UInt64> {
    if let start = next, free >= count {
      next = start + count
      free -= count
      return start
    }
    let capacity = max(count, Self.pieceCapacity)
    let piece = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    pieces.append(piece)
    next = piece + count
    free = capacity - count
    return piece
  }
}
