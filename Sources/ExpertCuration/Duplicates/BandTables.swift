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
  private var heads: [UnsafeMutablePointer<UInt32>]
  private var pieces: [UnsafeMutablePointer<Link>] = []
  private static let pieceRows = 4096

  init(bands: Int, expectedRows: Int) {
    self.bands = bands
    capacity = max(1024, expectedRows + expectedRows / 4)
    heads = []
    for _ in 0..<bands { heads.append(Self.emptyHeads(capacity)) }
  }

  deinit {
    for head in heads { head.deallocate() }
    for piece in pieces { piece.deallocate() }
  }

  private static func emptyHeads(_ capacity: Int) -> UnsafeMutablePointer<UInt32> {
    let heads = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    heads.initialize(repeating: 0, count: capacity)
    return heads
  }

  /// Lemire's multiply-shift instead of a remainder: any capacity will do.
  private func slot(_ key: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(key) &* UInt64(capacity)) >> 32)
  }

  /// The links of a row, one per band.
  func links(_ row: Int) -> UnsafeMutablePointer<Link> {
    pieces[row / Self.pieceRows] + (row % Self.pieceRows) * bands
  }

  /// Asks the processor for the heads that `keys` will need.
  func prefetchHeads(_ keys: UnsafePointer<UInt32>) {
    for band in 0..<bands { expert_prefetch(heads[band] + slot(keys[band])) }
  }

  /// Asks the processor for the first links of the chains that `keys` will need.
  func prefetchLinks(_ keys: UnsafePointer<UInt32>) {
    for band in 0..<bands {
      let head = heads[band][slot(keys[band])]
      if head != 0 { expert_prefetch(links(Int(head) - 1) + band) }
    }
  }

  /// Calls `body` with every row from `first` on that shares a band's key, once per shared band.
  func forEachMatch(
    _ keys: UnsafePointer<UInt32>, from first: Int, _ body: (Int) -> Void
  ) {
    for band in 0..<bands {
      let key = keys[band]
      var head = Int(heads[band][slot(key)])
      while head > first {
        let link = links(head - 1)[band]
        if link.key == key { body(head - 1) }
        head = Int(link.next)
      }
    }
  }

  /// Adds the next row under its keys.
  mutating func append(_ keys: UnsafePointer<UInt32>) {
    if rows == capacity { grow() }
    if rows == pieces.count * Self.pieceRows {
      pieces.append(.allocate(capacity: Self.pieceRows * bands))
    }
    let row = links(rows)
    for band in 0..<bands {
      let at = heads[band] + slot(keys[band])
      row[band] = Link(key: keys[band], next: at.pointee)
      at.pointee = UInt32(rows + 1)
    }
    rows += 1
  }

  /// Doubles the heads, one band after another, so that little is held twice.
  private mutating func grow() {
    capacity *= 2
    for band in 0..<bands {
      heads[band].deallocate()
      heads[band] = Self.emptyHeads(capacity)
      for row in 0..<rows {
        let link = links(row) + band
        let at = heads[band] + slot(link.pointee.key)
        link.pointee.next = at.pointee
        at.pointee = UInt32(row + 1)
      }
    }
  }
}
