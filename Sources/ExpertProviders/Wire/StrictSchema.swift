package import ExpertRecord

/// Rewrites a JSON Schema into the strict subset that providers enforce: an object at the root,
/// every property required, no additional ones, what was optional a union with null.
package enum StrictSchema {
  /// The strict form, or `nil` where the subset cannot say the same: a root that is no object, open
  /// objects (maps), unknown types, combinators other than `anyOf`.
  ///
  /// `bounds` keeps the lengths of lists, which strict modes of some providers reject and the
  /// grammars of local servers obey.
  package static func transformed(_ schema: JSONValue, bounds: Bool = false) -> JSONValue? {
    guard isObject(schema) else { return nil }
    return strict(schema, bounds: bounds, depth: 0)
  }

  private static let listBounds: Set<String> = ["minItems", "maxItems"]

  /// Constraints that change nothing about the shape; local validation still checks them, so those
  /// that strict modes reject are left out.
  private static let kept: Set<String> = ["type", "description", "enum", "const", "title", "$ref"]

  private static func strict(
    _ schema: JSONValue, bounds: Bool, depth: Int
  ) -> JSONValue? {
    guard depth <= 10, case .object(let members) = schema else { return nil }
    for name in ["oneOf", "allOf", "not", "if", "patternProperties", "dependentSchemas"] {
      guard schema[name] == nil else { return nil }
    }
    var result = members.filter {
      kept.contains($0.name) || bounds && listBounds.contains($0.name)
    }
    if let choices = schema["anyOf"] {
      guard let list = all(choices, bounds: bounds, depth: depth) else { return nil }
      result.append(.init("anyOf", list))
    }
    if let items = schema["items"] {
      guard let inner = strict(items, bounds: bounds, depth: depth + 1) else { return nil }
      result.append(.init("items", inner))
    } else if types(schema).contains("array") {
      return nil
    }
    if let definitions = schema["$defs"]?.members {
      guard let list = each(definitions, bounds: bounds, depth: depth) else { return nil }
      result.append(.init("$defs", .object(list)))
    }
    if isObject(schema) {
      guard let object = objectMembers(schema, bounds: bounds, depth: depth) else { return nil }
      result += object
    }
    return result.isEmpty ? nil : .object(result)
  }

  private static func objectMembers(
    _ schema: JSONValue, bounds: Bool, depth: Int
  ) -> [JSONValue.Member]? {
    switch schema["additionalProperties"] {
    case nil, .bool: break
    default: return nil
    }
    guard let properties = schema["properties"]?.members, !properties.isEmpty,
      var inner = each(properties, bounds: bounds, depth: depth)
    else { return nil }
    let required = Set((schema["required"]?.array ?? []).compactMap(\.string))
    for index in inner.indices where !required.contains(inner[index].name) {
      inner[index].value = nullable(inner[index].value)
    }
    return [
      .init("properties", .object(inner)),
      .init("required", .array(inner.map { .string($0.name) })),
      .init("additionalProperties", false),
    ]
  }

  /// The same schema that allows null as well.
  private static func nullable(_ schema: JSONValue) -> JSONValue {
    let names = types(schema)
    if names.contains("null") { return schema }
    guard !names.isEmpty, schema["const"] == nil else {
      return ["anyOf": [schema, ["type": "null"]]]
    }
    var result = schema.removing("type").removing("enum").members ?? []
    result.insert(.init("type", .array((names + ["null"]).map(JSONValue.string))), at: 0)
    if let values = schema["enum"]?.array {
      result.append(.init("enum", .array(values.contains(.null) ? values : values + [.null])))
    }
    return .object(result)
  }

  private static func each(
    _ members: [JSONValue.Member], bounds: Bool, depth: Int
  ) -> [JSONValue.Member]? {
    var result: [JSONValue.Member] = []
    for member in members {
      guard let inner = strict(member.value, bounds: bounds, depth: depth + 1) else { return nil }
      result.append(.init(member.name, inner))
    }
    return result
  }

  private static func all(_ choices: JSONValue, bounds: Bool, depth: Int) -> JSONValue? {
    var result: [JSONValue] = []
    for choice in choices.array ?? [] {
      guard let inner = strict(choice, bounds: bounds, depth: depth + 1) else { return nil }
      result.append(inner)
    }
    return result.isEmpty ? nil : .array(result)
  }

  private static func isObject(_ schema: JSONValue) -> Bool { types(schema).contains("object") }

  static func types(_ schema: JSONValue) -> [String] {
    if let name = schema["type"]?.string { return [name] }
    return (schema["type"]?.array ?? []).compactMap(\.string)
  }
}

/// Says in words what a model without structured output cannot be held to.
package enum SchemaPrompt {
  /// The messages with the shape of the answer added to the system message. The word JSON stands in
  /// it, which `json_object` modes demand.
  package static func added(_ schema: JSONValue, to messages: [Message]) -> [Message] {
    let text =
      "Answer with one JSON value and nothing else: no code fence, no comment. It must follow this "
      + "JSON Schema:\n" + OrderedJSON.text(of: schema)
    var result = messages
    if let index = result.firstIndex(where: { $0.role == "system" }) {
      result[index].content += "\n\n" + text
    } else {
      result.insert(Message(role: "system", content: text), at: 0)
    }
    return result
  }
}
