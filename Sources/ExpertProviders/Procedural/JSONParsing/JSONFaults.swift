internal import ExpertRecord

/// Ways in which JSON text goes wrong. Each takes a valid document and breaks it once.
struct JSONFault: Sendable {
  /// Kebab-case, such as `trailing-comma`.
  var name: String
  /// What is wrong, for reasoning.
  var explanation: String
  /// The broken text of a document, or `nil` where this fault cannot be made in it.
  var make: @Sendable (JSONValue, inout SeededGenerator) -> String?

  static let all: [JSONFault] = [
    trailingComma, missingComma, singleQuotes, unquotedName, missingColon, missingBracket,
    pythonLiteral, comment, leadingZero,
  ]

  static let trailingComma = JSONFault(
    name: "trailing-comma", explanation: "a comma stands before a closing bracket"
  ) { document, g in
    let text = ProceduralJSON.pretty(document)
    let spots = offsets(in: text) { lines, index in
      guard index + 1 < lines.count else { return false }
      let next = lines[index + 1].drop { $0 == " " }
      let last = lines[index].last
      return (next.hasPrefix("}") || next.hasPrefix("]")) && last != "{" && last != "["
        && last != ","
    }
    return edited(text, spots, &g) { $0 + "," }
  }

  static let missingComma = JSONFault(
    name: "missing-comma", explanation: "the comma between two parts is missing"
  ) { document, g in
    let text = ProceduralJSON.pretty(document)
    let spots = offsets(in: text) { lines, index in lines[index].hasSuffix(",") }
    return edited(text, spots, &g) { String($0.dropLast()) }
  }

  static let missingColon = JSONFault(
    name: "missing-colon", explanation: "a name is not followed by a colon"
  ) { document, g in
    let text = ProceduralJSON.pretty(document)
    let spots = offsets(in: text) { lines, index in lines[index].contains("\": ") }
    return edited(text, spots, &g) { line in
      guard let range = line.firstRange(of: "\": ") else { return line }
      return line.replacingCharacters(range, with: "\" ")
    }
  }

  static let unquotedName = JSONFault(
    name: "unquoted-name", explanation: "a member's name is not in quotation marks"
  ) { document, g in
    let text = ProceduralJSON.pretty(document)
    let spots = offsets(in: text) { lines, index in
      let line = lines[index].drop { $0 == " " }
      return line.hasPrefix("\"") && line.contains("\": ")
    }
    return edited(text, spots, &g) { line in
      guard let open = line.firstIndex(of: "\""), let range = line.firstRange(of: "\": ") else {
        return line
      }
      var changed = line.replacingCharacters(range, with: ": ")
      changed.remove(at: open)
      return changed
    }
  }

  static let singleQuotes = JSONFault(
    name: "single-quotes", explanation: "strings stand in single quotation marks"
  ) { document, _ in
    let text = ProceduralJSON.pretty(document)
    return text.contains("\"") && !text.contains("\\\"") && !text.contains("'")
      ? text.replacing("\"", with: "'") : nil
  }

  static let missingBracket = JSONFault(
    name: "missing-bracket", explanation: "the last closing bracket is missing"
  ) { document, _ in
    var text = ProceduralJSON.pretty(document)
    text.removeLast()
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  static let pythonLiteral = JSONFault(
    name: "python-literal", explanation: "True, False or None is no JSON literal"
  ) { document, g in
    let spots = document.leaves.filter { $0.value == .null || $0.value.bool != nil }
    guard !spots.isEmpty else { return nil }
    let leaf = g.pick(spots)
    let word = leaf.value == .null ? "None" : leaf.value.bool == true ? "True" : "False"
    return ProceduralJSON.pretty(document.replacing(leaf.path[...], with: .string("@@")))
      .replacing("\"@@\"", with: word)
  }

  static let comment = JSONFault(
    name: "comment", explanation: "JSON has no comments"
  ) { document, g in
    let text = ProceduralJSON.pretty(document)
    let word = "\(g.pick(Vocabulary.adjectives)) \(g.pick(Vocabulary.nouns))"
    let spots = offsets(in: text) { lines, index in index > 0 }
    let form = g.once(in: 2)
    return edited(text, spots, &g) { $0 + (form ? " // \(word)" : " /* \(word) */") }
  }

  static let leadingZero = JSONFault(
    name: "leading-zero", explanation: "a number starts with a superfluous zero"
  ) { document, g in
    let spots = document.leaves.filter { ($0.value.number ?? 0) >= 1 }
    guard !spots.isEmpty else { return nil }
    let leaf = g.pick(spots)
    return ProceduralJSON.pretty(document.replacing(leaf.path[...], with: .string("@@")))
      .replacing("\"@@\"", with: "0" + leaf.value.plain)
  }

  /// The lines at which something can be done.
  private static func offsets(
    in text: String, where test: ([Substring], Int) -> Bool
  ) -> [Int] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.filter { test(lines, $0) }
  }

  /// The text with one of the lines changed.
  private static func edited(
    _ text: String, _ spots: [Int], _ g: inout SeededGenerator, _ change: (String) -> String
  ) -> String? {
    guard !spots.isEmpty else { return nil }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let spot = g.pick(spots)
    lines[spot] = change(lines[spot])
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// The text with a range replaced.
  func replacingCharacters(_ range: Range<String.Index>, with text: String) -> String {
    self[..<range.lowerBound] + text + self[range.upperBound...]
  }

  /// Whether the project's strict parser accepts the text.
  var isStrictJSON: Bool { (try? JSONValue.parse(self)) != nil }
}
