extension Record {
  /// The record as a JSON object, with the members and the order of its canonical form.
  package var json: JSONValue {
    switch self {
    case .instruction(let record):
      [
        "input": .string(record.input), "instruction": .string(record.instruction),
        "output": .string(record.output),
      ]
    case .preference(let record):
      [
        "chosen": record.chosen.json, "prompt": record.prompt.json,
        "rejected": record.rejected.json,
      ]
    case .distillation(let record):
      [
        "answer": .string(record.answer), "input": .string(record.input),
        "reasoning": .string(record.reasoning),
      ]
    case .chat(let record):
      ["messages": .array(record.messages.map(\.json))]
    }
  }

  /// Reads the canonical form, members in any order. `input` of an instruction and `reasoning` of
  /// a distillation may be missing and are empty then; anything else missing, of another type, or
  /// unknown is refused. For rows of other shapes see `RowReader`.
  package init(json: JSONValue, kind: RecordKind) throws(RecordError) {
    let fields = try RecordFields(json, kind: kind)
    switch kind {
    case .instruction:
      self = .instruction(
        InstructionRecord(
          instruction: try fields.text("instruction"),
          input: try fields.text("input", default: ""), output: try fields.text("output")))
    case .preference:
      self = .preference(
        PreferenceRecord(
          prompt: try fields.turns("prompt"), chosen: try fields.turns("chosen"),
          rejected: try fields.turns("rejected")))
    case .distillation:
      self = .distillation(
        DistillationRecord(
          input: try fields.text("input"), reasoning: try fields.text("reasoning", default: ""),
          answer: try fields.text("answer")))
    case .chat:
      let messages = try fields.messages("messages")
      guard messages.contains(where: { $0.role == "assistant" }) else {
        throw .noAssistantMessage
      }
      self = .chat(ChatRecord(messages: messages))
    }
  }
}

extension RecordKind {
  /// The names of the record's fields, sorted as the canonical form has them.
  package var fields: [String] {
    switch self {
    case .instruction: ["input", "instruction", "output"]
    case .preference: ["chosen", "prompt", "rejected"]
    case .distillation: ["answer", "input", "reasoning"]
    case .chat: ["messages"]
    }
  }
}

extension Message {
  /// The roles that a message may have.
  package static let roles = ["assistant", "system", "tool", "user"]

  /// The message as a JSON object.
  package var json: JSONValue { ["content": .string(content), "role": .string(role)] }
}

extension Turns {
  /// A string, or a list of messages.
  package var json: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .messages(let messages): .array(messages.map(\.json))
    }
  }
}

/// The members of a JSON object, taken out one by one with errors that name them.
private struct RecordFields {
  let members: [JSONValue.Member]
  let kind: String

  init(_ json: JSONValue, kind: RecordKind) throws(RecordError) {
    try self.init(json, names: kind.fields, kind: kind.rawValue, place: "record")
  }

  init(_ json: JSONValue, names: [String], kind: String, place: String) throws(RecordError) {
    guard let members = json.members else {
      throw .wrongType(field: place, expected: "an object", found: json.typeName)
    }
    for member in members where !names.contains(member.name) {
      throw .unknownField(member.name, kind: kind)
    }
    self.members = members
    self.kind = kind
  }

  func value(_ name: String) throws(RecordError) -> JSONValue {
    guard let member = members.first(where: { $0.name == name }) else {
      throw .missing(field: name, kind: kind)
    }
    return member.value
  }

  func text(_ name: String, default empty: String? = nil) throws(RecordError) -> String {
    if let empty, !members.contains(where: { $0.name == name }) { return empty }
    let value = try value(name)
    guard let text = value.string else {
      throw .wrongType(field: name, expected: "a string", found: value.typeName)
    }
    return text
  }

  func messages(_ name: String) throws(RecordError) -> [Message] {
    let value = try value(name)
    guard let elements = value.array, !elements.isEmpty else {
      let found = value.array == nil ? value.typeName : "an empty list"
      throw .wrongType(field: name, expected: "a list of messages", found: found)
    }
    var messages: [Message] = []
    for (i, element) in elements.enumerated() {
      let fields = try RecordFields(
        element, names: ["content", "role"], kind: "message", place: "\(name)[\(i)]")
      let role = try fields.text("role")
      guard Message.roles.contains(role) else {
        throw .invalid(
          field: "\(name)[\(i)].role", value: role,
          expected: "one of \(Message.roles.joined(separator: ", "))")
      }
      messages.append(Message(role: role, content: try fields.text("content")))
    }
    return messages
  }

  func turns(_ name: String) throws(RecordError) -> Turns {
    let value = try value(name)
    switch value {
    case .string(let text): return .text(text)
    case .array: return .messages(try messages(name))
    default:
      throw .wrongType(
        field: name, expected: "a string or a list of messages", found: value.typeName)
    }
  }
}
