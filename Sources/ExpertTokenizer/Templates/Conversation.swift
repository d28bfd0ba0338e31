package import ExpertRecord

/// One message with everything that a template may write of it.
package struct ChatTurn: Sendable, Hashable {
  /// `system`, `user`, `assistant` or `tool`.
  package var role: String
  /// The message's text; of an instruction record, the instruction.
  package var content: String
  /// What an instruction is to be done with; templates without a place for it put it behind the
  /// content, after an empty line.
  package var input: String
  /// What the assistant thought before its answer.
  package var reasoning: String?

  package init(role: String, content: String, input: String = "", reasoning: String? = nil) {
    self.role = role
    self.content = content
    self.input = input
    self.reasoning = reasoning
  }

  /// A message of a record.
  package init(_ message: Message) { self.init(role: message.role, content: message.content) }

  /// Content and input in one.
  var text: String {
    input.isEmpty ? content : content.isEmpty ? input : content + "\n\n" + input
  }
}

/// Messages in order, from a record of any kind or from a caller.
package struct Conversation: Sendable, Hashable {
  package var turns: [ChatTurn]

  package init(_ turns: [ChatTurn]) { self.turns = turns }

  /// The messages of a chat.
  package init(_ messages: [Message]) { turns = messages.map { ChatTurn($0) } }

  /// An instruction and its output.
  package init(_ record: InstructionRecord) {
    turns = [
      ChatTurn(role: "user", content: record.instruction, input: record.input),
      ChatTurn(role: "assistant", content: record.output),
    ]
  }

  /// A question, the teacher's reasoning and the answer.
  package init(_ record: DistillationRecord) {
    turns = [
      ChatTurn(role: "user", content: record.input),
      ChatTurn(
        role: "assistant", content: record.answer,
        reasoning: record.reasoning.isEmpty ? nil : record.reasoning),
    ]
  }

  /// A prompt with one of its two answers.
  package init(prompt: Turns, answer: Turns) {
    turns = Self.turns(prompt, role: "user") + Self.turns(answer, role: "assistant")
  }

  private static func turns(_ turns: Turns, role: String) -> [ChatTurn] {
    switch turns {
    case .text(let text): [ChatTurn(role: role, content: text)]
    case .messages(let messages): messages.map { ChatTurn($0) }
    }
  }

  /// The conversation of a record; of a preference, with the chosen answer.
  package init(_ record: Record) {
    switch record {
    case .instruction(let record): self.init(record)
    case .chat(let record): self.init(record.messages)
    case .distillation(let record): self.init(record)
    case .preference(let record): self.init(prompt: record.prompt, answer: record.chosen)
    }
  }
}
