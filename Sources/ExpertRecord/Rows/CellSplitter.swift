internal import CKernels

/// One row of a CSV or TSV file; valid only during the call that hands it over.
struct CellRow {
  /// The line in which the row starts, counted from 1.
  var line: Int
  /// The cells' bytes, one behind the other, without quotes.
  var content: UnsafeRawBufferPointer
  /// Where each cell ends in `content`.
  var ends: [Int]
  /// The length of the whole row as it was read, without quotes.
  var byteCount: Int
  /// Why the row cannot be read.
  var problem: String?

  /// The bytes of one cell.
  func cell(_ index: Int) -> UnsafeRawBufferPointer {
    let start = index == 0 ? 0 : ends[index - 1]
    return UnsafeRawBufferPointer(rebasing: content[start..<ends[index]])
  }

  /// The row as a bad one; the snippet has the cells one behind the other.
  func bad(_ reason: String) -> Row {
    .bad(
      BadRow(
        line: line, reason: reason, snippet: Array(content.prefix(BadRow.snippetBytes)),
        byteCount: byteCount))
  }
}

/// Cuts a stream of byte chunks into rows of cells as RFC 4180 says: cells may be quoted, quoted
/// cells may hold separators, line ends and doubled quotes.
///
/// A quote inside a cell that did not start with one is an ordinary character. After a fault in
/// the quoting the row is bad and reading goes on at the next line.
struct CellSplitter: Sendable {
  private enum State { case cellStart, plain, quoted, quote, carriageReturn, skipping }

  private static let quote = UInt8(ascii: "\"")
  private let separator: UInt8
  private let maxBytes: Int
  private var state = State.cellStart
  private var line = 1
  private var rowLine = 1
  private var content: [UInt8] = []
  private var ends: [Int] = []
  private var wasQuoted = false
  private var problem: String?

  init(separator: UInt8, maxBytes: Int = 4 << 20) {
    self.separator = separator
    self.maxBytes = maxBytes
  }

  /// Takes the next chunk and hands over every row that ends in it.
  mutating func feed(
    _ chunk: UnsafeRawBufferPointer, _ body: (CellRow) throws -> Void
  ) rethrows {
    var rest = chunk
    while let base = rest.baseAddress, rest.count > 0 {
      let taken = try step(base.assumingMemoryBound(to: UInt8.self), rest.count, body)
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
      if isTooLong, state != .carriageReturn { fail(RawRow.tooLong(maxBytes)) }
    }
  }

  private var isTooLong: Bool { content.count > maxBytes && problem == nil }

  /// Hands over the last row where the stream did not end with a line end.
  mutating func finish(_ body: (CellRow) throws -> Void) rethrows {
    if state == .quoted { fail("the quoted cell that starts in this row has no closing quote") }
    if state == .cellStart, content.isEmpty, ends.isEmpty { return }
    try endRow(body)
  }

  /// Takes some bytes from the front and returns how many.
  private mutating func step(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ body: (CellRow) throws -> Void
  ) rethrows -> Int {
    switch state {
    case .cellStart:
      let isQuote = bytes[0] == Self.quote
      state = isQuote ? .quoted : .plain
      wasQuoted = wasQuoted || isQuote
      return isQuote ? 1 : 0
    case .plain: return try plain(bytes, count, body)
    case .quoted: return quoted(bytes, count)
    case .quote: return try behindQuote(bytes[0], body)
    case .carriageReturn:
      try endRow(body)
      if bytes[0] == 0x0A { return 1 }
      return 0
    case .skipping:
      let end = expert_find_byte(bytes, count, 0x0A)
      guard end < count else { return count }
      try endRow(body)
      return end + 1
    }
  }

  private mutating func plain(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ body: (CellRow) throws -> Void
  ) rethrows -> Int {
    let run = expert_csv_plain(bytes, count, separator)
    content.append(contentsOf: UnsafeBufferPointer(start: bytes, count: run))
    guard run < count else { return run }
    if bytes[run] == Self.quote {
      content.append(Self.quote)
    } else {
      try endCell(bytes[run], body)
    }
    return run + 1
  }

  private mutating func quoted(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    // In pieces, so that a quote that is never closed meets the cap soon.
    let count = min(count, 64 << 10)
    let run = expert_find_byte(bytes, count, Self.quote)
    let text = UnsafeBufferPointer(start: bytes, count: run)
    content.append(contentsOf: text)
    for byte in text where byte == 0x0A { line += 1 }
    guard run < count else { return run }
    state = .quote
    return run + 1
  }

  private mutating func behindQuote(
    _ byte: UInt8, _ body: (CellRow) throws -> Void
  ) rethrows -> Int {
    switch byte {
    case Self.quote:
      content.append(Self.quote)
      state = .quoted
    case separator, 0x0A, 0x0D: try endCell(byte, body)
    default:
      fail("text follows a closing quote in cell \(ends.count + 1); double the quotes in a cell")
      return 0
    }
    return 1
  }

  /// Ends a cell at a separator or at a line end.
  private mutating func endCell(_ byte: UInt8, _ body: (CellRow) throws -> Void) rethrows {
    switch byte {
    case separator:
      ends.append(content.count)
      state = .cellStart
    case 0x0D: state = .carriageReturn
    default: try endRow(body)
    }
  }

  private mutating func fail(_ reason: String) {
    problem = reason
    state = .skipping
  }

  private mutating func endRow(_ body: (CellRow) throws -> Void) rethrows {
    ends.append(content.count)
    if isTooLong { problem = RawRow.tooLong(maxBytes) }
    let blank = ends.count == 1 && content.isEmpty && !wasQuoted && problem == nil
    defer {
      line += 1
      rowLine = line
      state = .cellStart
      content.removeAll(keepingCapacity: content.count <= maxBytes)
      ends.removeAll(keepingCapacity: true)
      wasQuoted = false
      problem = nil
    }
    if blank { return }
    try content.withUnsafeBytes {
      try body(
        CellRow(
          line: rowLine, content: $0, ends: ends, byteCount: content.count, problem: problem))
    }
  }
}
