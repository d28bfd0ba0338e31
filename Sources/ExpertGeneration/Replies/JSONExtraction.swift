package import ExpertRecord

/// Finds the JSON that a model wrapped in talk: lenient in where it looks, strict in what it takes.
///
/// Looks at the whole text first, then inside fenced blocks, then for balanced objects and arrays
/// anywhere. Whatever is found goes through the strict parser.
package enum JSONExtraction {
  /// Every JSON value found, outermost ones only, in the order of the text.
  package static func values(in text: String) -> [JSONValue] {
    if let whole = try? JSONValue.parse(text) { return [whole] }
    let blocks = fencedBlocks(in: text)
    let inBlocks = blocks.flatMap { block in
      (try? JSONValue.parse(block)).map { [$0] } ?? balancedValues(in: Array(block.utf8))
    }
    return inBlocks.isEmpty ? balancedValues(in: Array(text.utf8)) : inBlocks
  }

  /// The contents of ``` blocks; an unclosed last block counts to the end of the text.
  static func fencedBlocks(in text: String) -> [String] {
    var blocks: [String] = []
    var current: [Substring]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isFence = line.drop { $0 == " " }.hasPrefix("```")
      if isFence, let lines = current {
        blocks.append(lines.joined(separator: "\n"))
        current = nil
      } else if isFence {
        current = []
      } else {
        current?.append(line)
      }
    }
    if let lines = current { blocks.append(lines.joined(separator: "\n")) }
    return blocks
  }

  /// Balanced `{…}` and `[…]` that parse. Where an outer one does not parse (a reply cut short, a
  /// comma too many), the search goes on inside it, so its whole members are not lost.
  static func balancedValues(in bytes: [UInt8]) -> [JSONValue] {
    var found: [JSONValue] = []
    var index = 0
    var work = workPerByte * bytes.count
    while index < bytes.count, work > 0 {
      guard bytes[index] == UInt8(ascii: "{") || bytes[index] == UInt8(ascii: "[") else {
        index += 1
        continue
      }
      let end = balancedEnd(in: bytes, from: index)
      work -= (end ?? bytes.count) - index
      if let end, let value = try? JSONValue.parse(Array(bytes[index..<end])) {
        found.append(value)
        index = end
      } else {
        index += 1
      }
    }
    return found
  }

  /// Bounds the work on a hostile reply of nothing but brackets: each byte is looked at this many
  /// times on average. An honest reply needs about two.
  private static let workPerByte = 64

  /// The end of the value that opens at `start`, brackets inside strings not counted.
  private static func balancedEnd(in bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    var inString = false
    var index = start
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\") where inString: index += 1
      case UInt8(ascii: "\""): inString.toggle()
      case UInt8(ascii: "{") where !inString, UInt8(ascii: "[") where !inString: depth += 1
      case UInt8(ascii: "}") where !inString, UInt8(ascii: "]") where !inString:
        depth -= 1
        if depth == 0 { return index + 1 }
      default: break
      }
      index += 1
    }
    return nil
  }
}
