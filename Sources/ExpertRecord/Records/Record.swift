/// What a record teaches with. A dataset holds records of one kind.
public enum RecordKind: String, Sendable, Hashable, CaseIterable {
  case instruction
  case preference
  case distillation
  case chat
}

/// One training example: the text that a model is trained on, and nothing else.
///
/// Everything that may change without the text changing (split, labels, difficulty, weight) is in
/// `RecordAttributes`. The content hash covers the record's RFC 8785 form, so two records with the
/// same text are the same object wherever they came from.
public enum Record: Sendable, Hashable {
  case instruction(InstructionRecord)
  case preference(PreferenceRecord)
  case distillation(DistillationRecord)
  case chat(ChatRecord)

  /// The record's kind.
  public var kind: RecordKind {
    switch self {
    case .instruction: .instruction
    case .preference: .preference
    case .distillation: .distillation
    case .chat: .chat
    }
  }
}

/// An instruction, an optional input and the wanted output.
public struct InstructionRecord: Sendable, Hashable {
  /// What to do.
  public var instruction: String
  /// What to do it with; empty where the instruction says everything.
  public var input: String
  /// The answer to learn.
  public var output: String

  /// An instruction record.
  public init(instruction: String, input: String = "", output: String) {
    self.instruction = instruction
    self.input = input
    self.output = output
  }

  /// Equal texts, byte by byte.
  public static func == (a: InstructionRecord, b: InstructionRecord) -> Bool {
    ExactText.equal(a.instruction, b.instruction) && ExactText.equal(a.input, b.input)
      && ExactText.equal(a.output, b.output)
  }
}

/// A prompt with a better and a worse answer.
public struct PreferenceRecord: Sendable, Hashable {
  /// The prompt: plain text, or the messages that lead up to the answers.
  public var prompt: Turns
  /// The better answer.
  public var chosen: Turns
  /// The worse answer.
  public var rejected: Turns

  /// A preference record.
  public init(prompt: Turns, chosen: Turns, rejected: Turns) {
    self.prompt = prompt
    self.chosen = chosen
    self.rejected = rejected
  }
}

/// An input, a teacher's reasoning and its answer.
public struct DistillationRecord: Sendable, Hashable {
  /// The question put to the teacher.
  public var input: String
  /// The teacher's reasoning; may be empty.
  public var reasoning: String
  /// The teacher's answer.
  public var answer: String

  /// A distillation record.
  public init(input: String, reasoning: String, answer: String) {
    self.input = input
    self.reasoning = reasoning
    self.answer = answer
  }

  /// Equal texts, byte by byte.
  public static func == (a: DistillationRecord, b: DistillationRecord) -> Bool {
    ExactText.equal(a.input, b.input) && ExactText.equal(a.reasoning, b.reasoning)
      && ExactText.equal(a.answer, b.answer)
  }
}

/// A conversation.
public struct ChatRecord: Sendable, Hashable {
  /// The messages in order; at least one is the assistant's.
  public var messages: [Message]

  /// A chat record.
  public init(messages: [Message]) { self.messages = messages }
}

/// One message of a conversation.
public struct Message: Sendable, Hashable {
  /// `system`, `user`, `assistant` or `tool`.
  public var role: String
  /// The message's text.
  public var content: String

  /// A message.
  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }

  /// Equal texts, byte by byte.
  public static func == (a: Message, b: Message) -> Bool {
    ExactText.equal(a.role, b.role) && ExactText.equal(a.content, b.content)
  }
}

/// Plain text, or a list of messages: preference data comes in both forms.
public enum Turns: Sendable, Hashable {
  case text(String)
  case messages([Message])

  /// The text, or the contents of the messages joined by newlines.
  public var text: String {
    switch self {
    case .text(let text): text
    case .messages(let messages): messages.map(\.content).joined(separator: "\n")
    }
  }

  /// Equal forms and equal texts, byte by byte.
  public static func == (a: Turns, b: Turns) -> Bool {
    switch (a, b) {
    case (.text(let x), .text(let y)): ExactText.equal(x, y)
    case (.messages(let x), .messages(let y)): x == y
    default: false
    }
  }
}
