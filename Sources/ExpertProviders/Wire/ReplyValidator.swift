package import ExpertRecord

/// Checks a structured answer against the JSON Schema that was sent, whatever the provider promised.
///
/// Knows the part of JSON Schema that recipes use: type, enum, const, properties, required,
/// additionalProperties, items, anyOf, oneOf, allOf, $ref into $defs, the bounds of numbers, strings
/// and lists. `pattern` and `format` are left to the filters. A null where an optional member may be
/// left out is accepted: strict modes write it so.
package enum ReplyValidator {
  /// What is wrong, at most `limit` reasons; empty where the text is right.
  package static func reasons(_ text: String, schema: JSONValue, limit: Int = 5) -> [String] {
    let value: JSONValue
    do {
      value = try JSONValue.parse(Array(text.utf8), limits: JSONLimits(maxBytes: 8 << 20))
    } catch {
      return ["the answer is not JSON: line \(error.line), column \(error.column): \(error.reason)"]
    }
    return reasons(value, schema: schema, limit: limit)
  }

  package static func reasons(
    _ value: JSONValue, schema: JSONValue, limit: Int = 5
  ) -> [String] {
    var check = SchemaCheck(root: schema, limit: limit)
    check.visit(value, schema, at: "$", depth: 0)
    return check.reasons
  }
}

/// One walk over a value and a schema side by side.
struct SchemaCheck {
  let root: JSONValue
  let limit: Int
  var reasons: [String] = []

  /// Deeper nesting of schemas than this is taken for a loop of references.
  static let maxDepth = 64

  mutating func visit(_ value: JSONValue, _ schema: JSONValue, at path: String, depth: Int) {
    guard reasons.count < limit else { return }
    guard depth <= Self.maxDepth else { return complain(path, "the schema refers to itself") }
    if case .bool(let allowed) = schema {
      if !allowed { complain(path, "nothing is allowed here") }
      return
    }
    if let reference = schema["$ref"]?.string {
      guard let target = resolve(reference) else {
        return complain(path, "the schema's \(reference) leads nowhere")
      }
      visit(value, target, at: path, depth: depth + 1)
    }
    guard checkType(value, schema, path) else { return }
    checkChoice(value, schema, path)
    checkCombinations(value, schema, path, depth)
    switch value {
    case .object(let members): checkObject(members, schema, path, depth)
    case .array(let elements): checkArray(elements, schema, path, depth)
    case .string(let text): checkText(text, schema, path)
    case .number(let number): checkNumber(number, schema, path)
    default: break
    }
  }

  private mutating func complain(_ path: String, _ reason: String) {
    if reasons.count < limit { reasons.append("\(path): \(reason)") }
  }

  private mutating func checkType(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> Bool {
    let names = StrictSchema.types(schema)
    guard !names.isEmpty, !names.contains(where: { Self.has(value, type: $0) }) else { return true }
    complain(path, "expected \(names.joined(separator: " or ")), found \(Self.typeName(value))")
    return false
  }

  private mutating func checkChoice(_ value: JSONValue, _ schema: JSONValue, _ path: String) {
    if let allowed = schema["enum"]?.array, !allowed.contains(value) {
      let list = allowed.prefix(8).map(OrderedJSON.text).joined(separator: ", ")
      complain(path, "expected one of \(list)")
    }
    if let only = schema["const"], only != value {
      complain(path, "expected \(OrderedJSON.text(of: only))")
    }
  }

  private mutating func checkCombinations(
    _ value: JSONValue, _ schema: JSONValue, _ path: String, _ depth: Int
  ) {
    for part in schema["allOf"]?.array ?? [] { visit(value, part, at: path, depth: depth + 1) }
    if let choices = schema["anyOf"]?.array, matches(value, choices, depth) == 0 {
      complain(path, "matches none of the \(choices.count) allowed shapes")
    }
    if let choices = schema["oneOf"]?.array {
      let count = matches(value, choices, depth)
      if count != 1 { complain(path, "matches \(count) of the shapes, not one") }
    }
  }

  private func matches(_ value: JSONValue, _ choices: [JSONValue], _ depth: Int) -> Int {
    choices.count { choice in
      var inner = SchemaCheck(root: root, limit: 1)
      inner.visit(value, choice, at: "$", depth: depth + 1)
      return inner.reasons.isEmpty
    }
  }

  private mutating func checkObject(
    _ members: [JSONValue.Member], _ schema: JSONValue, _ path: String, _ depth: Int
  ) {
    let required = (schema["required"]?.array ?? []).compactMap(\.string)
    for name in required where !members.contains(where: { $0.name == name }) {
      complain(path, "lacks \"\(name)\"")
    }
    let properties = schema["properties"]
    for member in members {
      if let inner = properties?[member.name] {
        if member.value == .null, !required.contains(member.name) { continue }
        visit(member.value, inner, at: "\(path).\(member.name)", depth: depth + 1)
      } else if schema["additionalProperties"] == .bool(false) {
        complain(path, "\"\(member.name)\" is not allowed")
      } else if let inner = schema["additionalProperties"] {
        visit(member.value, inner, at: "\(path).\(member.name)", depth: depth + 1)
      }
    }
  }

  private mutating func checkArray(
    _ elements: [JSONValue], _ schema: JSONValue, _ path: String, _ depth: Int
  ) {
    bound(elements.count, schema, "minItems", "maxItems", path, "elements")
    if let items = schema["items"] {
      for (index, element) in elements.enumerated() {
        visit(element, items, at: "\(path)[\(index)]", depth: depth + 1)
      }
    }
    if schema["uniqueItems"] == .bool(true), Set(elements).count != elements.count {
      complain(path, "an element stands twice")
    }
  }

  private mutating func checkText(_ text: String, _ schema: JSONValue, _ path: String) {
    bound(text.unicodeScalars.count, schema, "minLength", "maxLength", path, "characters")
  }

  private mutating func bound(
    _ count: Int, _ schema: JSONValue, _ low: String, _ high: String, _ path: String,
    _ unit: String
  ) {
    if let least = schema[low]?.integer, count < least {
      complain(path, "expected at least \(least) \(unit), found \(count)")
    }
    if let most = schema[high]?.integer, count > most {
      complain(path, "expected at most \(most) \(unit), found \(count)")
    }
  }

  private mutating func checkNumber(_ number: Double, _ schema: JSONValue, _ path: String) {
    if let least = schema["minimum"]?.number, number < least {
      complain(path, "expected \(Self.text(least)) or more")
    }
    if let most = schema["maximum"]?.number, number > most {
      complain(path, "expected \(Self.text(most)) or less")
    }
    if let edge = schema["exclusiveMinimum"]?.number, number <= edge {
      complain(path, "expected more than \(Self.text(edge))")
    }
    if let edge = schema["exclusiveMaximum"]?.number, number >= edge {
      complain(path, "expected less than \(Self.text(edge))")
    }
  }

  private static func text(_ number: Double) -> String { OrderedJSON.text(of: .number(number)) }

  /// Follows "#/$defs/name" and other pointers within the schema (RFC 6901).
  private func resolve(_ reference: String) -> JSONValue? {
    guard reference.hasPrefix("#") else { return nil }
    var value = root
    for part in reference.dropFirst().split(separator: "/") {
      let name = String(part.replacing("~1", with: "/").replacing("~0", with: "~"))
      guard let inner = value[name] ?? Int(name).flatMap({ value[$0] }) else { return nil }
      value = inner
    }
    return value
  }

  private static func has(_ value: JSONValue, type: String) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string),
      ("array", .array), ("object", .object):
      true
    case ("integer", .number(let number)): number.rounded() == number
    default: false
    }
  }

  private static func typeName(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool: "boolean"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
