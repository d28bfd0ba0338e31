/// JSON text with the members in the order in which they were asked for.
enum AnswerText {
  /// A JSON string literal; only what RFC 8259 demands is escaped.
  static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case let s where s.value < 0x20: result += "\\u00" + hex(s.value)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return digits.utf8.count < 2 ? "0" + digits : digits
  }

  static func array(_ elements: [String]) -> String {
    "[" + elements.joined(separator: ", ") + "]"
  }

  /// An object; the values are JSON texts already.
  static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(quote($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
  }

  /// "a, b and c"
  static func list(_ items: [String], _ word: String = "and") -> String {
    guard items.count > 1, let last = items.last else { return items.first ?? "" }
    return items.dropLast().joined(separator: ", ") + " \(word) " + last
  }
}

/// Collects wrong answers: one name once, never the right answer, never the same text twice.
struct CorruptionList {
  private(set) var items: [ProceduralItem.Corruption] = []
  private var seen: Set<String>

  init(right: String) { seen = [right] }

  mutating func add(_ name: String, _ output: String?) {
    guard let output, !output.isEmpty, !items.contains(where: { $0.name == name }),
      seen.insert(output).inserted
    else { return }
    items.append(.init(name, output))
  }
}
