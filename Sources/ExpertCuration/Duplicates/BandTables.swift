internal import CKernels

/// For each band, the rows that share a band key: a hash table whose entries are chained through
/// the rows themselves, newest first, so that nothing is allocated per entry.
///
/// Per row and band: eight bytes for (key, next row), and four bytes for a head of a chain at one
/// to two heads a row. The heads can be rebuilt from the links alone.
struct BandTables: ~Copyable {
  /// The place of one row in one band's chain.
  struct Link {
    var key: UInt32
    /// The next row of the chain plus one; 0 ends it.
    var next: UInt32
  }

  let bands: Int
  private(set) var rows = 0
  private var capacity: Int
  /// The heads of all bands, one band after another.
  private var heads: UnsafeMutablePointer<UInt32>
  private var pieces: UnsafeMutablePointer<UnsafeMutablePointer<Link>>
  private var pieceCount = 0
  private var pieceCapacity = 64
  private static let pieceShift = 12
  private static let pieceRows = 1 << pieceShift

  init(bands: Int, expectedRows: Int) {
    self.bands = bands
    capacity = max(1024, expectedRows + expectedRows / 4)
    heads = Self.emptyHeads(capacity * bands)
    pieces = .allocate(capacity: pieceCapacity)
  }

  deinit {
    heads.deallocate()
    for piece in 0..<pieceCount { pieces[piece].deallocate() }
    pieces.deallocate()
  }

  private static func emptyHeads(_ capacity: Int) -> UnsafeMutablePointer<UInt32> {
    let heads = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    heads.initialize(repeating: 0, count: capacity)
    return heads
  }

  /// Lemire's multiply-shift instead of a remainder: any capacity will do.
  @inline(__always)
  private func head(_ band: Int, _ key: UInt32) -> UnsafeMutablePointer<UInt32> {
    let slot = (UInt64(key) &* UInt64(truncatingIfNeeded: capacity)) >> 32
    return heads + (band &* capacity &+ Int(truncatingIfNeeded: slot))
  }

  /// The links of a row, one per band.
  @inline(__always)
  func links(_ row: Int) -> UnsafeMutablePointer<Link> {
    pieces[row >> Self.pieceShift] + (row & (Self.pieceRows - 1)) &* bands
  }

  /// Asks the processor for the heads that `keys` will need.
  func prefetchHeads(_ keys: UnsafePointer<UInt32>) {
    for band in 0..<bands { expert_prefetch(head(band, keys[band])) }
  }

  /// Asks the processor for the first links of the chains that `keys` will need.
  func prefetchLinks(_ keys: UnsafePointer<UInt32>) {
    for band in 0..<bands {
      let row = head(band, keys[band]).pointee
      if row != 0 { expert_prefetch(links(Int(row) &- 1) + band) }
    }
  }

  /// Calls `body` with every row from `first` on that shares a band's key, once per shared band.
  @inline(__always)
  func forEachMatch(
    _ keys: UnsafePointer<UInt32>, from first: Int, _ body: (Int) -> Void
  ) {
    for band in 0..<bands {
      let key = keys[band]
      var row = Int(head(band, key).pointee)
      while row > first {
        let link = links(row &- 1)[band]
        if link.key == key { body(row &- 1) }
        row = Int(link.next)
      }
    }
  }

  /// Adds the next row under its keys.
  mutating func append(_ keys: UnsafePointer<UInt32>) {
    if rows == capacity { grow() }
    if rows == pieceCount << Self.pieceShift { addPiece() }
    let row = links(rows)
    for band in 0..<bands {
      let at = head(band, keys[band])
      row[band] = Link(key: keys[band], next: at.pointee)
      at.pointee = UInt32(truncatingIfNeeded: rows &+ 1)
    }
    rows += 1
  }

  private mutating func addPiece() {
    if pieceCount == pieceCapacity {
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<Link>>.allocate(
        capacity: 2 * pieceCapacity)
      larger.update(from: pieces, count: pieceCount)
      pieces.deallocate()
      pieces = larger
      pieceCapacity *= 2
    }
    pieces[pieceCount] = .allocate(capacity: Self.pieceRows * bands)
    pieceCount += 1
  }

  /// Doubles the heads. The old ones are let go first: the links alone say what they were.
  private mutating func grow() {
    heads.deallocate()
    capacity *= 2
    heads = Self.emptyHeads(capacity * bands)
    for row in 0..<rows {
      let link = links(row)
      for band in 0..<bands {
        let at = head(band, link[band].key)
        link[band].next = at.pointee
        at.pointee = UInt32(truncatingIfNeeded: row &+ 1)
      }
    }
  }
}
