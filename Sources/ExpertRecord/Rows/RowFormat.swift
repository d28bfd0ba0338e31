/// How the rows of a file are laid out. What a row means is found out from its columns.
package enum RowFormat: String, Sendable, Hashable, CaseIterable {
  /// Found out from the first bytes.
  case auto
  /// One JSON object a line.
  case jsonl
  /// One JSON list of objects: Alpaca and ShareGPT files.
  case json
  /// Comma separated, with a header (RFC 4180).
  case csv
  /// Tab separated, with a header, quoted as CSV is.
  case tsv

  /// The format of a name that a user may give; datasets' own names leave the layout open.
  package init?(name: String) {
    switch name {
    case "alpaca", "sharegpt", "openai", "messages": self = .auto
    default: self.init(rawValue: name)
    }
  }
}

/// What the first bytes of a file say about its layout.
enum RowSniffer {
  enum Verdict: Equatable {
    case format(RowFormat)
    /// The file is no text that rows could stand in.
    case refused(String)
    /// More bytes are needed.
    case undecided
  }

  /// How many bytes are looked at before a decision is forced.
  static let window = 64 << 10

  static func verdict(_ head: [UInt8], isEnd: Bool) -> Verdict {
    if let reason = binary(head) { return .refused(reason) }
    let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    guard let first = text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
      return isEnd ? .format(.jsonl) : head.count >= window ? .format(.jsonl) : .undecided
    }
    if first == UInt8(ascii: "{") { return .format(.jsonl) }
    if first == UInt8(ascii: "[") { return .format(.json) }
    guard text.contains(0x0A) || isEnd || head.count >= window else { return .undecided }
    return .format(table(text))
  }

  /// CSV, TSV, or JSONL whose first line is broken.
  private static func table(_ text: ArraySlice<UInt8>) -> RowFormat {
    let lines = text.split(separator: 0x0A, maxSplits: 16)
    guard let header = lines.first else { return .jsonl }
    if lines.dropFirst().contains(where: { $0.starts(with: Array("{\"".utf8)) }) { return .jsonl }
    if header.contains(0x09) { return .tsv }
    if header.contains(UInt8(ascii: ",")) { return .csv }
    // A table of one column has no separator to be known by.
    let name = header.last == 0x0D ? header.dropLast() : header
    return name.withUnsafeBytes { Field(name: $0) } == nil ? .jsonl : .csv
  }

  /// File types that people try, by their first bytes.
  private static let magics: [([UInt8], String)] = [
    ([0x1F, 0x8B], "a gzip file: unpack it first"),
    (Array("PK\u{3}\u{4}".utf8), "a zip or Excel file: unpack it, or save it as CSV"),
    (Array("PAR1".utf8), "a Parquet file: export it as JSONL"),
    (Array("ARROW1".utf8), "an Arrow file: export it as JSONL"),
    (Array("SQLite format 3\0".utf8), "an SQLite database: export its table as CSV"),
    ([0x28, 0xB5, 0x2F, 0xFD], "a zstd file: unpack it first"),
    ([0xFF, 0xFE], "a UTF-16 file: save it as UTF-8"),
    ([0xFE, 0xFF], "a UTF-16 file: save it as UTF-8"),
  ]

  private static func binary(_ head: [UInt8]) -> String? {
    guard let found = magics.first(where: { head.starts(with: $0.0) }) else { return nil }
    return "this is \(found.1)"
  }
}
