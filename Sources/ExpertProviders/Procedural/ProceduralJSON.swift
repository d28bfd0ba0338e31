package import ExpertRecord

/// Writes JSON as documents have it: members in their order, minified or indented.
///
/// Identity needs RFC 8785 (`CanonicalJSON`); this is for text that a reader sees.
package enum ProceduralJSON {
  /// The value without white space.
  package static func minified(_ value: JSONValue) -> String {
    var out = ""
    write(value, into: &out, colon: ":", comma: ",")
    return out
  }

  /// The value on one line with a space after each colon and comma.
  package static func spaced(_ value: JSONValue) -> String {
    var out = ""
    write(value, into: &out, colon: ": ", comma: ", ")
    return out
  }

  /// The value on many lines; empty arrays and objects stay `[]` and `{}`.
  package static func pretty(_ value: JSONValue, indent: Int = 2) -> String {
    var out = ""
    writePretty(value, into: &out, indent: indent, level: 0)
    return out
  }

  /// A number as people write it: whole numbers without a fraction.
  package static func number(_ value: Double) -> String {
    if value.rounded() == value, abs(value) < 0x1p53 { return String(Int(value)) }
    return "\(value)"
  }

  /// A string literal with its quotes. Only what must be escaped is.
  package static func literal(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars { escape(scalar, into: &out) }
    return out + "\""
  }

  private static func escape(_ scalar: Unicode.Scalar, into out: inout String) {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case "\u{8}": out += "\\b"
    case "\u{c}": out += "\\f"
    case let control where control.value < 0x20: out += unicodeEscape(UInt16(control.value))
    default: out.unicodeScalars.append(scalar)
    }
  }

  /// The `\uXXXX` form of one UTF-16 unit.
  static func unicodeEscape(_ unit: UInt16) -> String {
    let hex = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
  }

  private static func write(
    _ value: JSONValue, into out: inout String, colon: String, comma: String
  ) {
    switch value {
    case .null: out += "null"
    case .bool(let truth): out += truth ? "true" : "false"
    case .number(let number): out += Self.number(number)
    case .string(let text): out += literal(text)
    case .array(let elements):
      out += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { out += comma }
        write(element, into: &out, colon: colon, comma: comma)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += comma }
        out += literal(member.name) + colon
        write(member.value, into: &out, colon: colon, comma: comma)
      }
      out += "}"
    }
  }

  private static func writePretty(
    _ value: JSONValue, into out: inout String, indent: Int, level: Int
  ) {
    let inner = "\n" + String(repeating: " ", count: indent * (level + 1))
    let outer = "\n" + String(repeating: " ", count: indent * level)
    switch value {
    case .array(let elements) where !elements.isEmpty:
      for (index, element) in elements.enumerated() {
        out += (index == 0 ? "[" : ",") + inner
        writePretty(element, into: &out, indent: indent, level: level + 1)
      }
      out += outer + "]"
    case .object(let members) where !members.isEmpty:
      for (index, member) in members.enumerated() {
        out += (index == 0 ? "{" : ",") + inner + literal(member.name) + ": "
        writePretty(member.value, into: &out, indent: indent, level: level + 1)
      }
      out += outer + "}"
    default:
      write(value, into: &out, colon: ":", comma: ",")
    }
  }
}
