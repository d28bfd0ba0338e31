extension Record {
  /// The same record as another kind, where every word of it has a place there.
  ///
  /// An instruction is a conversation of two messages (instruction and input, if any, with an
  /// empty line between them); such a conversation is an instruction.
  package func converted(to kind: RecordKind) throws(RecordError) -> Record {
    if kind == self.kind { return self }
    switch (self, kind) {
    case (.instruction(let record), .chat):
      return .chat(ChatRecord(messages: record.messages))
    case (.chat(let record), .instruction):
      return .instruction(try record.instruction(as: RecordKind.instruction.rawValue))
    default:
      throw .notConvertible(from: self.kind, to: kind.rawValue, reason: Self.reason(self.kind))
    }
  }

  /// Two texts with an empty line between them, or the one that is not empty.
  static func joined(_ a: String, _ b: String) -> String {
    a.isEmpty ? b : b.isEmpty ? a : a + "\n\n" + b
  }

  /// What the kind would lose in any other form.
  static func reason(_ kind: RecordKind) -> String {
    switch kind {
    case .instruction: "it has one answer and no reasoning of its own"
    case .preference: "it has two answers"
    case .distillation: "its reasoning would be lost or mixed with the answer"
    case .chat: "a conversation of several turns has no place there"
    }
  }
}

extension InstructionRecord {
  /// The record as a user's message and the assistant's.
  package var messages: [Message] {
    [
      Message(role: "user", content: Record.joined(instruction, input)),
      Message(role: "assistant", content: output),
    ]
  }
}

extension ChatRecord {
  /// The instruction that a conversation of one question and one answer is.
  func instruction(as form: String) throws(RecordError) -> InstructionRecord {
    guard messages.count == 2, messages[0].role == "user", messages[1].role == "assistant" else {
      let reason = "only a conversation of one user and one assistant message has a place there"
      throw .notConvertible(from: .chat, to: form, reason: reason)
    }
    return InstructionRecord(instruction: messages[0].content, output: messages[1].content)
  }
}
