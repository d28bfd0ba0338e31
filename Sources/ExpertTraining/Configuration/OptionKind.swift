/// Which values an option takes.
package enum OptionKind: Sendable, Hashable {
  case flag
  case integer(ClosedRange<Int>)
  /// A finite number; with `above`, the lower bound itself is refused.
  case number(ClosedRange<Double>, above: Bool = false)
  case text
  case choice([Choice])
  /// A list in YAML and JSON; commas separate its elements in a flag.
  case list
  case table

  /// One of a closed set of values, with the names that other tools give it.
  package struct Choice: Sendable, Hashable, ExpressibleByStringLiteral {
    package var name: String
    package var aliases: [String]

    package init(_ name: String, _ aliases: String...) {
      self.name = name
      self.aliases = aliases
    }

    package init(stringLiteral name: String) { self.init(name) }
  }

  /// Reads a value; `nil` where it does not fit.
  package func read(_ raw: RawValue) -> OptionValue? {
    switch (self, raw) {
    case (.list, .list(let list)): .list(list)
    case (.list, .text(let text)):
      .list(text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty })
    case (.table, .table(let table)): Self.table(table)
    case (.table, .text(let text)): Self.table(text)
    case (.choice, .list(let list)) where list.count == 1: read(.text(list[0]))
    case (_, .text(let text)): read(text)
    default: nil
    }
  }

  private func read(_ text: String) -> OptionValue? {
    switch self {
    case .flag: ["true": .flag(true), "false": .flag(false)][text.lowercased()]
    case .integer(let range):
      Self.integer(text).flatMap { range.contains($0) ? .integer($0) : nil }
    case .number(let range, let above):
      Self.number(text).flatMap {
        range.contains($0) && !(above && $0 == range.lowerBound) ? .number($0) : nil
      }
    case .text: text.isEmpty ? nil : .text(text)
    case .choice(let choices):
      choices.first { ([$0.name] + $0.aliases).contains { $0.lowercased() == text.lowercased() } }
        .map { .text($0.name) }
    case .list, .table: nil
    }
  }

  /// `3`, `1_000` and, as YAML and JSON may have it, `3.0`.
  private static func integer(_ text: String) -> Int? {
    let digits = text.filter { $0 != "_" }
    return Int(digits) ?? Double(digits).flatMap { Int(exactly: $0) }
  }

  private static func number(_ text: String) -> Double? {
    Double(text.filter { $0 != "_" }).flatMap { $0.isFinite ? $0 : nil }
  }

  /// `q_proj=8,v_proj=32`.
  private static func table(_ text: String) -> OptionValue? {
    var table: [String: String] = [:]
    for part in text.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { return nil }
      table[pair[0].trimmed] = pair[1].trimmed
    }
    return Self.table(table)
  }

  private static func table(_ texts: [String: String]) -> OptionValue? {
    let numbers = texts.compactMapValues(integer)
    return numbers.count == texts.count ? .table(numbers) : nil
  }

  /// What to expect, in words.
  package var expectation: String {
    switch self {
    case .flag: "true or false"
    case .integer(let range):
      "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range, let above):
      "a number \(above ? "above" : "from") \(range.lowerBound) "
        + "\(above ? "and at most" : "to") \(range.upperBound)"
    case .text: "a text"
    case .choice(let choices): "one of " + choices.map(\.name).joined(separator: ", ")
    case .list: "a list of names"
    case .table: "names with a whole number each, such as q_proj=8,v_proj=32"
    }
  }
}

extension StringProtocol {
  /// Without the white space at both ends.
  var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
