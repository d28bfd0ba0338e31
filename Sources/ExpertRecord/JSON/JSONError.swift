/// What a JSON document may take before it is refused.
package struct JSONLimits: Sendable, Hashable {
  /// The longest document, in bytes. 4 MiB is the cap of one dataset row.
  package var maxBytes: Int
  /// How many arrays and objects may stand inside each other.
  package var maxDepth: Int

  package init(maxBytes: Int = 4 << 20, maxDepth: Int = 64) {
    self.maxBytes = maxBytes
    self.maxDepth = maxDepth
  }
}

/// Why bytes are no JSON document that has an identity, and where.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The byte that cannot stand where it does, counted from 0.
  package var offset: Int
  /// The line of that byte, counted from 1.
  package var line: Int
  /// The column of that byte in characters (Unicode code points), counted from 1.
  package var column: Int
  /// What is wrong, in words that need no knowledge of the parser.
  package var reason: String

  package init(offset: Int, line: Int, column: Int, reason: String) {
    self.offset = offset
    self.line = line
    self.column = column
    self.reason = reason
  }

  /// Finds line and column of `offset` in the document: only paid for when it is refused.
  package init(offset: Int, in bytes: UnsafeRawBufferPointer, reason: String) {
    var line = 1
    var column = 1
    for i in 0..<min(offset, bytes.count) {
      if bytes[i] == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if bytes[i] & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.init(offset: offset, line: line, column: column, reason: reason)
  }

  package var description: String {
    "line \(line), column \(column) (byte \(offset)): \(reason)"
  }
}
