internal import CKernels

/// Cuts a stream of byte chunks into lines, whatever the chunks' borders are.
///
/// A line ends at a line feed; a carriage return before it belongs to the line end. The last line
/// needs none. A line beyond the cap is passed on with a problem and its first bytes, so memory
/// stays bounded however long it is.
package struct LineSplitter: Sendable {
  private let maxBytes: Int
  private var line = 1
  /// The start of a line whose end has not come yet.
  private var partial: [UInt8] = []
  /// The length of that line so far; above `partial.count` once the line is too long.
  private var length = 0

  package init(maxBytes: Int = 4 << 20) { self.maxBytes = maxBytes }

  /// Takes the next chunk and hands over every line that ends in it.
  package mutating func feed(
    _ chunk: UnsafeRawBufferPointer, _ body: (RawRow) throws -> Void
  ) rethrows {
    var rest = chunk
    while let base = rest.baseAddress, rest.count > 0 {
      let end = expert_find_byte(base.assumingMemoryBound(to: UInt8.self), rest.count, 0x0A)
      let piece = UnsafeRawBufferPointer(rebasing: rest[..<end])
      if end == rest.count {
        keep(piece)
        return
      }
      try finishLine(piece, body)
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
    }
  }

  /// Hands over the last line where the stream did not end with a line feed.
  package mutating func finish(_ body: (RawRow) throws -> Void) rethrows {
    if length > 0 { try finishLine(UnsafeRawBufferPointer(start: nil, count: 0), body) }
  }

  private mutating func keep(_ piece: UnsafeRawBufferPointer) {
    length += piece.count
    // One byte more than the cap, for the carriage return of a line that just fits.
    if length > maxBytes + 1 {
      let short = partial.prefix(BadRow.snippetBytes) + piece.prefix(BadRow.snippetBytes)
      partial = Array(short.prefix(BadRow.snippetBytes))
    } else {
      partial.append(contentsOf: piece)
    }
  }

  private mutating func finishLine(
    _ piece: UnsafeRawBufferPointer, _ body: (RawRow) throws -> Void
  ) rethrows {
    defer { line += 1 }
    if length == 0 { return try body(row(piece, length: piece.count)) }
    keep(piece)
    defer {
      partial.removeAll(keepingCapacity: true)
      length = 0
    }
    try partial.withUnsafeBytes { try body(row($0, length: length)) }
  }

  private func row(_ bytes: UnsafeRawBufferPointer, length: Int) -> RawRow {
    var (bytes, length) = (bytes, length)
    if length == bytes.count, bytes.last == 0x0D {
      bytes = UnsafeRawBufferPointer(rebasing: bytes.dropLast())
      length -= 1
    }
    let problem = length > maxBytes ? RawRow.tooLong(maxBytes) : nil
    return RawRow(line: line, bytes: bytes, byteCount: length, problem: problem)
  }
}
