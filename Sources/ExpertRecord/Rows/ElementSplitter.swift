internal import CKernels

/// Cuts a stream of byte chunks that is one JSON list into its elements, holding one at a time.
///
/// It only follows brackets and quotes; whether an element is JSON is the parser's business. So a
/// broken element whose brackets match costs that element alone.
package struct ElementSplitter: Sendable {
  private enum State { case start, element, end }

  private let maxBytes: Int
  private var state = State.start
  private var line = 1
  private var elementLine = 1
  private var elements = 0
  private var depth = 0
  private var inString = false
  private var escaped = false
  /// The start of an element whose end has not come yet, and its length so far.
  private var partial: [UInt8] = []
  private var length = 0
  private var strayReported = false

  package init(maxBytes: Int = 4 << 20) { self.maxBytes = maxBytes }

  /// Takes the next chunk and hands over every element that ends in it.
  package mutating func feed(
    _ chunk: UnsafeRawBufferPointer, _ body: (RawRow) throws -> Void
  ) rethrows {
    var at = 0
    while at < chunk.count {
      switch state {
      case .start: at = try open(chunk, at, body)
      case .element: at = try element(chunk, at, body)
      case .end: at = try trailing(chunk, at, body)
      }
    }
  }

  /// Reports a list that has no end.
  package mutating func finish(_ body: (RawRow) throws -> Void) rethrows {
    guard state != .end else { return }
    let problem =
      state == .start ? "the file holds no list" : "the file ends before the list's closing ]"
    if length == 0 { elementLine = line }
    try emit(problem: problem, body)
    state = .end
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private mutating func skipSpace(_ chunk: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var at = start
    while at < chunk.count, Self.isSpace(chunk[at]) {
      if chunk[at] == 0x0A { line += 1 }
      at += 1
    }
    return at
  }

  private mutating func open(
    _ chunk: UnsafeRawBufferPointer, _ start: Int, _ body: (RawRow) throws -> Void
  ) rethrows -> Int {
    let at = skipSpace(chunk, start)
    guard at < chunk.count else { return at }
    guard chunk[at] == UInt8(ascii: "[") else {
      elementLine = line
      keep(UnsafeRawBufferPointer(rebasing: chunk[at...]))
      try emit(problem: "the file should be one JSON list and does not start with [", body)
      state = .end
      strayReported = true
      return chunk.count
    }
    state = .element
    return at + 1
  }

  private mutating func trailing(
    _ chunk: UnsafeRawBufferPointer, _ start: Int, _ body: (RawRow) throws -> Void
  ) rethrows -> Int {
    let at = skipSpace(chunk, start)
    guard at < chunk.count, !strayReported else { return chunk.count }
    strayReported = true
    elementLine = line
    keep(UnsafeRawBufferPointer(rebasing: chunk[at...]))
    try emit(problem: "something follows the end of the list; it was not read", body)
    return chunk.count
  }

  /// Follows one element to its end or to the end of the chunk.
  private mutating func element(
    _ chunk: UnsafeRawBufferPointer, _ start: Int, _ body: (RawRow) throws -> Void
  ) rethrows -> Int {
    var from = start
    if length == 0 {
      from = skipSpace(chunk, start)
      elementLine = line
    }
    let end = elementEnd(chunk, from)
    let piece = UnsafeRawBufferPointer(rebasing: chunk[from..<end])
    guard end < chunk.count else {
      keep(piece)
      return end
    }
    let closes = chunk[end] == UInt8(ascii: "]")
    if length == 0, piece.count <= maxBytes {
      try emit(piece, closes: closes, body)
    } else {
      keep(piece)
      try emit(problem: length > maxBytes ? RawRow.tooLong(maxBytes) : nil, body)
    }
    if closes { state = .end }
    return end + 1
  }

  /// The place of the comma or bracket behind the element, or the end of the chunk.
  private mutating func elementEnd(_ chunk: UnsafeRawBufferPointer, _ start: Int) -> Int {
    guard let bytes = chunk.bindMemory(to: UInt8.self).baseAddress else { return start }
    var at = start
    while at < chunk.count {
      if inString {
        at = skipString(bytes, at, chunk.count)
        continue
      }
      switch bytes[at] {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]") where depth == 0: return at
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
      case UInt8(ascii: ",") where depth == 0: return at
      case 0x0A: line += 1
      default: break
      }
      at += 1
    }
    return at
  }

  /// Goes on in a string to the byte behind its quote, or to the end of the chunk.
  private mutating func skipString(
    _ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) -> Int {
    var at = start
    while at < count {
      if escaped {
        escaped = false
        at += 1
        continue
      }
      at += expert_json_plain(bytes + at, count - at)
      guard at < count else { return at }
      switch bytes[at] {
      case UInt8(ascii: "\""):
        inString = false
        return at + 1
      case UInt8(ascii: "\\"): escaped = true
      case 0x0A: line += 1
      default: break
      }
      at += 1
    }
    return at
  }

  private mutating func keep(_ piece: UnsafeRawBufferPointer) {
    length += piece.count
    if length > maxBytes {
      let short = partial.prefix(BadRow.snippetBytes) + piece.prefix(BadRow.snippetBytes)
      partial = Array(short.prefix(BadRow.snippetBytes))
    } else {
      partial.append(contentsOf: piece)
    }
  }

  /// Hands over what was kept.
  private mutating func emit(problem: String?, _ body: (RawRow) throws -> Void) rethrows {
    elements += 1
    depth = 0
    inString = false
    defer {
      partial.removeAll(keepingCapacity: true)
      length = 0
    }
    try partial.withUnsafeBytes {
      try body(RawRow(line: elementLine, bytes: $0, byteCount: length, problem: problem))
    }
  }

  /// Hands over an element that lies whole in the chunk; nothing between the brackets of an empty
  /// list is no element.
  private mutating func emit(
    _ piece: UnsafeRawBufferPointer, closes: Bool, _ body: (RawRow) throws -> Void
  ) rethrows {
    if piece.isEmpty, closes, elements == 0 { return }
    elements += 1
    let problem = piece.isEmpty ? "a comma stands where an element should" : nil
    try body(
      RawRow(line: elementLine, bytes: piece, byteCount: piece.count, problem: problem))
  }
}
