internal import ExpertRecord

/// JSON for people: one member a line, two spaces deeper at each level.
enum PrettyJSON {
  static func text(of value: JSONValue) -> String { lines(value).joined(separator: "\n") }

  private static func lines(_ value: JSONValue) -> [String] {
    switch value {
    case .array(let elements) where !elements.isEmpty:
      ["["] + block(elements.map(lines)) + ["]"]
    case .object(let members) where !members.isEmpty:
      ["{"] + block(members.map(member)) + ["}"]
    default: [CanonicalJSON.text(of: value)]
    }
  }

  private static func member(_ member: JSONValue.Member) -> [String] {
    var below = lines(member.value)
    below[0] = CanonicalJSON.text(of: .string(member.name)) + ": " + below[0]
    return below
  }

  /// Indents the parts and puts a comma behind each but the last.
  private static func block(_ parts: [[String]]) -> [String] {
    parts.enumerated().flatMap { index, part -> [String] in
      var part = part.map { "  " + $0 }
      if index < parts.count - 1 { part[part.count - 1] += "," }
      return part
    }
  }
}
