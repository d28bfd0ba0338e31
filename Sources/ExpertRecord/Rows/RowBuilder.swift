/// Finds out from a row's columns what kind of record it is, and makes the record.
///
/// Where several columns could fill a field, the first in the lists below wins; the others are
/// kept in the attributes' `meta`.
struct RowBuilder: Sendable {
  var map: FieldMap
  /// The kind that the dataset wants; `nil` takes whatever the row is.
  var kind: RecordKind?
  /// Whether cells are text only: CSV and TSV.
  var isText = false

  private static let instructions: [Field] = [.instruction, .prompt, .question]
  private static let inputs: [Field] = [.input, .context]
  private static let outputs: [Field] = [.output, .response, .answer, .completion, .text]
  private static let answers: [Field] = [.answer, .output, .response, .completion]
  private static let prompts: [Field] = [.prompt, .instruction, .question]

  /// The row's record and attributes.
  func build(_ row: JSONNode) throws(RecordError) -> (Record, RecordAttributes) {
    guard row.kind == .object else {
      throw .wrongType(field: "row", expected: "an object", found: row.typeName)
    }
    var columns = RowColumns(row, map: map, isText: isText)
    var extras: [JSONValue.Member] = []
    let record = try record(&columns, &extras)
    var attributes = AttributeColumns.take(&columns)
    let leftOver = columns.leftOver()
    guard !extras.isEmpty || !attributes.meta.isEmpty else {
      attributes.meta = leftOver
      return (record, attributes)
    }
    attributes.meta += leftOver + extras
    try Self.checkUnique(attributes.meta)
    return (record, attributes)
  }

  /// Columns, members of `meta` and left-over parts of messages come from three places; together
  /// they must still be one object.
  private static func checkUnique(_ members: [JSONValue.Member]) throws(RecordError) {
    var seen: Set<[UInt8]> = []
    for member in members where !seen.insert(Array(member.name.utf8)).inserted {
      throw .invalid(
        field: "meta", value: member.name.excerpt(), expected: "each column to be named once")
    }
  }

  private func record(
    _ columns: inout RowColumns, _ extras: inout [JSONValue.Member]
  ) throws(RecordError) -> Record {
    let found = Self.detect(columns)
    guard let kind = kind ?? found else { throw .fitsNothing(columns: columns.names) }
    do throws(RecordError) {
      return try make(kind, &columns, &extras)
    } catch {
      guard let found, found != kind else { throw error }
      columns.releaseAll()
      extras = []
      return try make(found, &columns, &extras).converted(to: kind)
    }
  }

  /// The kind of record that the columns make; see Documentation/Formats/records.md.
  private static func detect(_ columns: RowColumns) -> RecordKind? {
    if columns.has(.chosen), columns.has(.rejected) { return .preference }
    if columns.has(.messages) || columns.has(.conversations) { return .chat }
    let asks = columns.first(instructions) != nil
    let isWhole = columns.has(.instruction) && columns.has(.output)
    if columns.has(.reasoning), columns.first(answers) != nil, !isWhole,
      asks || columns.first(inputs) != nil
    {
      return .distillation
    }
    return asks && columns.first(outputs) != nil ? .instruction : nil
  }

  private func make(
    _ kind: RecordKind, _ columns: inout RowColumns, _ extras: inout [JSONValue.Member]
  ) throws(RecordError) -> Record {
    switch kind {
    case .instruction: .instruction(try instruction(&columns))
    case .preference: .preference(try preference(&columns, &extras))
    case .distillation: .distillation(try distillation(&columns))
    case .chat: .chat(try chat(&columns, &extras))
    }
  }

  private func instruction(_ columns: inout RowColumns) throws(RecordError) -> InstructionRecord {
    InstructionRecord(
      instruction: try text(Self.instructions, of: .instruction, &columns),
      input: columns.first(Self.inputs) == nil
        ? "" : try text(Self.inputs, of: .instruction, &columns),
      output: try text(Self.outputs, of: .instruction, &columns))
  }

  private func distillation(_ columns: inout RowColumns) throws(RecordError) -> DistillationRecord {
    let hasQuestion = columns.first(Self.instructions) != nil
    let hasInput = columns.first(Self.inputs) != nil
    var input = ""
    if hasQuestion { input = try text(Self.instructions, of: .distillation, &columns) }
    if hasInput || !hasQuestion {
      let more = try text(Self.inputs, of: .distillation, &columns)
      input = Record.joined(input, more)
    }
    return DistillationRecord(
      input: input,
      reasoning: try text([.reasoning], of: .distillation, &columns),
      answer: try text(Self.answers, of: .distillation, &columns))
  }

  /// The text of the first of these columns that the row has.
  private func text(
    _ fields: [Field], of kind: RecordKind, _ columns: inout RowColumns
  ) throws(RecordError) -> String {
    guard let field = columns.first(fields), let value = columns.take(field) else {
      throw .missing(field: "\(fields[0].name)", kind: kind.rawValue)
    }
    return try value.plainText("\(field.name)")
  }
}

// MARK: - Conversations

extension RowBuilder {
  private func chat(
    _ columns: inout RowColumns, _ extras: inout [JSONValue.Member]
  ) throws(RecordError) -> ChatRecord {
    guard let field = columns.first([.messages, .conversations]), let list = columns.take(field)
    else { throw .missing(field: "messages", kind: RecordKind.chat.rawValue) }
    var messages = try conversation("\(field.name)", list, &extras)
    if messages.first?.role != "system", let system = columns.take(.system) {
      let text = try system.plainText("system")
      if !text.isEmpty { messages.insert(Message(role: "system", content: text), at: 0) }
    }
    guard messages.contains(where: { $0.role == "assistant" }) else { throw .noAssistantMessage }
    return ChatRecord(messages: messages)
  }

  private func preference(
    _ columns: inout RowColumns, _ extras: inout [JSONValue.Member]
  ) throws(RecordError) -> PreferenceRecord {
    let chosen = try turns(.chosen, &columns, &extras)
    let rejected = try turns(.rejected, &columns, &extras)
    if let field = columns.first(Self.prompts) {
      let prompt = try turns(field, &columns, &extras)
      return PreferenceRecord(prompt: prompt, chosen: chosen, rejected: rejected)
        .withoutRepeatedPrompt
    }
    guard let record = PreferenceRecord(commonStartOf: chosen, rejected) else {
      throw .missing(field: "prompt", kind: RecordKind.preference.rawValue)
    }
    return record
  }

  private func turns(
    _ field: Field, _ columns: inout RowColumns, _ extras: inout [JSONValue.Member]
  ) throws(RecordError) -> Turns {
    guard let value = columns.take(field) else {
      throw .missing(field: "\(field.name)", kind: RecordKind.preference.rawValue)
    }
    let isList = value.kind == .array || isText && value.raw.starts(with: Array("[{".utf8))
    guard isList else { return .text(try value.plainText("\(field.name)")) }
    return .messages(try conversation("\(field.name)", value, &extras))
  }

  /// The messages of a list, or of a text that holds a JSON list.
  private func conversation(
    _ name: String, _ value: JSONNode, _ extras: inout [JSONValue.Member]
  ) throws(RecordError) -> [Message] {
    guard let text = value.string else { return try Conversation.read(name, value, &extras) }
    var tape = JSONTape()
    var found = extras
    let result: Result<[Message], RecordError>? = Array(text.utf8).withUnsafeBytes { bytes in
      try? tape.read(bytes) { node in
        Result { () throws(RecordError) in try Conversation.read(name, node, &found) }
      }
    }
    guard let result else {
      throw .wrongType(field: name, expected: "a list of messages", found: "a string")
    }
    extras = found
    return try result.get()
  }
}

extension PreferenceRecord {
  /// Many sets repeat the prompt as the first message of both answers: one text and two texts say
  /// the same.
  var withoutRepeatedPrompt: PreferenceRecord {
    guard case .text(let text) = prompt, let a = chosen.answer(to: text),
      let b = rejected.answer(to: text)
    else { return self }
    return PreferenceRecord(prompt: prompt, chosen: .text(a), rejected: .text(b))
  }

  /// Two conversations that differ in their last message only.
  init?(commonStartOf chosen: Turns, _ rejected: Turns) {
    guard case .messages(let a) = chosen, case .messages(let b) = rejected, a.count > 1,
      a.dropLast() == b.dropLast()
    else { return nil }
    self.init(
      prompt: .messages(Array(a.dropLast())), chosen: .messages(Array(a.suffix(1))),
      rejected: .messages(Array(b.suffix(1))))
  }
}

extension Turns {
  /// The assistant's text where these are a user's message of this text and its answer.
  fileprivate func answer(to prompt: String) -> String? {
    guard case .messages(let messages) = self, messages.count == 2,
      messages[0] == Message(role: "user", content: prompt), messages[1].role == "assistant"
    else { return nil }
    return messages[1].content
  }
}
