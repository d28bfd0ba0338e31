/// What one row of a file gave: a record, or the reason why it is none.
package enum Row: Sendable, Hashable {
  case record(line: Int, Record, RecordAttributes)
  case bad(BadRow)
}

/// A row that is no record. It is reported and set aside, never dropped in silence.
package struct BadRow: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line of the file in which the row starts, counted from 1.
  package var line: Int
  /// What is wrong, in the user's words.
  package var reason: String
  /// The first bytes of the row as they stand in the file, at most `snippetBytes`. They come from
  /// outside: strip control characters before showing them.
  package var snippet: [UInt8]
  /// How long the whole row is.
  package var byteCount: Int

  /// How much of a bad row is kept.
  package static let snippetBytes = 256

  package init(line: Int, reason: String, snippet: [UInt8] = [], byteCount: Int = 0) {
    self.line = line
    self.reason = reason
    self.snippet = Array(snippet.prefix(Self.snippetBytes))
    self.byteCount = byteCount
  }

  package var description: String { "line \(line): \(reason)" }
}

/// A row's bytes as a splitter found them; valid only during the call that hands them over.
package struct RawRow {
  /// The line in which the row starts, counted from 1.
  package var line: Int
  /// The row without its line end; of a row that is too long only the first bytes.
  package var bytes: UnsafeRawBufferPointer
  /// The length of the whole row.
  package var byteCount: Int
  /// Why the row cannot be read at all.
  package var problem: String?

  /// The row as a bad one.
  package func bad(_ reason: String) -> Row {
    .bad(
      BadRow(
        line: line, reason: reason, snippet: Array(bytes.prefix(BadRow.snippetBytes)),
        byteCount: byteCount))
  }

  static func tooLong(_ limit: Int) -> String {
    limit < 1 << 20
      ? "the row is longer than \(limit) bytes" : "the row is longer than \(limit >> 20) MiB"
  }
}
