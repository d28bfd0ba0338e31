package import ExpertRecord

/// A value of an option, after it was read.
package enum OptionValue: Sendable, Hashable {
  case flag(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([String])
  /// Module names and a whole number each: `rank_pattern`, `alpha_pattern`.
  case table([String: Int])

  /// The value as it stands in the canonical form of a configuration.
  package var json: JSONValue {
    switch self {
    case .flag(let value): .bool(value)
    case .integer(let value): .number(Double(value))
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    case .list(let values): .array(values.map { .string($0) })
    case .table(let values):
      .object(values.sorted { $0.key < $1.key }.map { .init($0.key, .number(Double($0.value))) })
    }
  }
}

/// A value as a flag, a recipe or a manifest spells it: flags and YAML know only texts, so every
/// source is read by the kind of the option, never by the look of the value.
package enum RawValue: Sendable, Hashable {
  case text(String)
  case list([String])
  case table([String: String])
  case null

  /// A value of a JSON document; `nil` for lists of lists and the like.
  package init?(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .array(let elements):
      let texts = elements.compactMap(Self.scalar)
      guard texts.count == elements.count else { return nil }
      self = .list(texts)
    case .object(let members):
      var table: [String: String] = [:]
      for member in members { table[member.name] = Self.scalar(member.value) }
      guard table.count == members.count else { return nil }
      self = .table(table)
    default:
      guard let text = Self.scalar(json) else { return nil }
      self = .text(text)
    }
  }

  private static func scalar(_ json: JSONValue) -> String? {
    switch json {
    case .string(let text): text
    case .bool, .number: CanonicalJSON.text(of: json)
    default: nil
    }
  }

  /// The value in messages.
  var shown: String {
    switch self {
    case .text(let text): String(text.prefix(60))
    case .list(let list): "[" + list.joined(separator: ", ").prefix(60) + "]"
    case .table: "a mapping"
    case .null: "nothing"
    }
  }
}
