/// Reads the messages of OpenAI's form (`role`, `content`) and of ShareGPT's (`from`, `value`).
enum Conversation {
  /// The roles by the names that datasets give them.
  static func role(_ name: String) -> String? {
    switch name {
    case "system", "developer": "system"
    case "user", "human", "prompter": "user"
    case "assistant", "gpt", "model", "bot", "chatgpt", "bing", "bard": "assistant"
    case "tool", "function", "observation", "function_response": "tool"
    default: nil
    }
  }

  /// The messages of a list. What a message has beyond role and text is appended to `extras`
  /// under its place, such as `messages[1].name`.
  static func read(
    _ name: String, _ list: JSONNode, _ extras: inout [JSONValue.Member]
  ) throws(RecordError) -> [Message] {
    guard list.kind == .array else {
      throw .wrongType(field: name, expected: "a list of messages", found: list.typeName)
    }
    var elements: [JSONNode] = []
    list.forEachElement { elements.append($0) }
    guard !elements.isEmpty else {
      throw .wrongType(field: name, expected: "a list of messages", found: "an empty list")
    }
    var messages: [Message] = []
    messages.reserveCapacity(elements.count)
    for (i, element) in elements.enumerated() {
      messages.append(try message("\(name)[\(i)]", element, &extras))
    }
    return messages
  }

  private static func message(
    _ place: @autoclosure () -> String, _ node: JSONNode, _ extras: inout [JSONValue.Member]
  ) throws(RecordError) -> Message {
    guard node.kind == .object else {
      throw .wrongType(field: place(), expected: "a message", found: node.typeName)
    }
    var role: JSONNode?
    var content: JSONNode?
    node.forEachMember { name, value in
      if role == nil, name.holds("role") || name.holds("from") {
        role = value
      } else if content == nil, name.holds("content") || name.holds("value") {
        content = value
      } else if !value.isNull {
        extras.append(.init("\(place()).\(name.text)", value.exactValue))
      }
    }
    guard let role, let content, !content.isNull else {
      let field = role == nil ? "role" : "content"
      throw .missing(field: "\(place()).\(field)", kind: "message")
    }
    return Message(role: try known(role, place), content: try text(content, place))
  }

  private static func known(
    _ node: JSONNode, _ place: () -> String
  ) throws(RecordError) -> String {
    guard let name = node.string else {
      throw .wrongType(field: "\(place()).role", expected: "a string", found: node.typeName)
    }
    guard let role = role(name) else {
      throw .invalid(
        field: "\(place()).role", value: name.excerpt(),
        expected: "system, user (human), assistant (gpt) or tool")
    }
    return role
  }

  /// The text of a message: a string, or a list of text parts.
  private static func text(
    _ node: JSONNode, _ place: () -> String
  ) throws(RecordError) -> String {
    if let text = node.string { return text }
    guard node.kind == .array else {
      throw .wrongType(field: "\(place()).content", expected: "a string", found: node.typeName)
    }
    var text = ""
    var isText = true
    node.forEachElement { part in
      let value = part.value
      guard value["type"]?.string == "text", let piece = value["text"]?.string else {
        isText = false
        return
      }
      text += piece
    }
    guard isText else {
      throw .wrongType(
        field: "\(place()).content", expected: "text",
        found: "a list with parts of another type (images, tools), which a record cannot hold")
    }
    return text
  }
}
