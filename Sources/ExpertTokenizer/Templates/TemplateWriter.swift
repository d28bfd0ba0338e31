/// The text of a conversation, written piece by piece, with the bytes that are learnt.
struct TemplateWriter {
  private(set) var bytes: [UInt8] = []
  /// What each answer and the marks behind it take, in order.
  private(set) var answers: [Range<Int>] = []
  private var answerStart: Int?

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// From here on it is the assistant's answer.
  mutating func beginAnswer() { answerStart = bytes.count }

  /// The answer and what the template puts behind it end here.
  mutating func endAnswer() {
    guard let start = answerStart else { return }
    answers.append(start..<bytes.count)
    answerStart = nil
  }
}

extension ChatTemplate {
  /// Writes the conversation; `bos` and `eos` are the texts of those tokens where a template
  /// needs them.
  func write(
    _ conversation: Conversation, options: RenderOptions, bos: String, eos: String
  ) throws(TokenizerError) -> TemplateWriter {
    try check(conversation)
    var writer = TemplateWriter()
    switch self {
    case .chatml, .qwen25, .smollm2: ChatML.write(conversation, self, options, &writer)
    case .qwen3: Qwen3.write(conversation, options, &writer)
    case .llama3: Llama3.write(conversation, options, bos, &writer)
    case .alpaca, .guide:
      try InstructionForm.write(conversation, self, options, eos, &writer)
    case .plain: PlainForm.write(conversation, eos, &writer)
    }
    return writer
  }

  private func check(_ conversation: Conversation) throws(TokenizerError) {
    guard !conversation.turns.isEmpty else {
      throw .badConversation(template: rawValue, reason: "it has no messages")
    }
    let roles = ["system", "user", "assistant", "tool"]
    for (i, turn) in conversation.turns.enumerated() where !roles.contains(turn.role) {
      throw .badConversation(
        template: rawValue,
        reason: "message \(i + 1) has the role \"\(turn.role)\"; roles are "
          + roles.joined(separator: ", "))
    }
  }
}

/// `<|im_start|>role\ncontent<|im_end|>\n`, of Qwen and SmolLM2.
enum ChatML {
  static func write(
    _ conversation: Conversation, _ template: ChatTemplate, _ options: RenderOptions,
    _ writer: inout TemplateWriter
  ) {
    let turns = conversation.turns
    if turns.first?.role != "system" { writeDefaultSystem(template, &writer) }
    for (i, turn) in turns.enumerated() {
      if turn.role == "tool", template == .qwen25 {
        toolResponse(turn, at: i, of: turns, &writer)
      } else {
        message(turn, &writer)
      }
    }
    if options.addsGenerationPrompt { writer.write("<|im_start|>assistant\n") }
  }

  private static func writeDefaultSystem(
    _ template: ChatTemplate, _ writer: inout TemplateWriter
  ) {
    switch template {
    case .qwen25: message(ChatTurn(role: "system", content: DefaultSystem.qwen25), &writer)
    case .smollm2: message(ChatTurn(role: "system", content: DefaultSystem.smollm2), &writer)
    default: break
    }
  }

  static func message(_ turn: ChatTurn, _ writer: inout TemplateWriter) {
    writer.write("<|im_start|>" + turn.role + "\n")
    if turn.role == "assistant" { writer.beginAnswer() }
    writer.write(turn.text + "<|im_end|>\n")
    writer.endAnswer()
  }

  /// Qwen puts the results of tools, all that follow each other, into one message of the user.
  static func toolResponse(
    _ turn: ChatTurn, at index: Int, of turns: [ChatTurn], _ writer: inout TemplateWriter
  ) {
    if index == 0 || turns[index - 1].role != "tool" { writer.write("<|im_start|>user") }
    writer.write("\n<tool_response>\n" + turn.text + "\n</tool_response>")
    if index + 1 == turns.count || turns[index + 1].role != "tool" {
      writer.write("<|im_end|>\n")
    }
  }
}

/// ChatML with thinking: answers behind the last question show it, earlier ones do not.
enum Qwen3 {
  static func write(
    _ conversation: Conversation, _ options: RenderOptions, _ writer: inout TemplateWriter
  ) {
    let turns = conversation.turns
    let lastQuestion = turns.lastIndex(where: isQuestion) ?? turns.count - 1
    for (i, turn) in turns.enumerated() {
      switch turn.role {
      case "assistant":
        let shows = i > lastQuestion
        answer(turn, shows: shows, isLast: i + 1 == turns.count, &writer)
      case "tool": ChatML.toolResponse(turn, at: i, of: turns, &writer)
      default: ChatML.message(turn, &writer)
      }
    }
    guard options.addsGenerationPrompt else { return }
    writer.write("<|im_start|>assistant\n")
    if !options.thinking { writer.write("<think>\n\n</think>\n\n") }
  }

  /// A user's message that is no wrapped result of a tool.
  private static func isQuestion(_ turn: ChatTurn) -> Bool {
    turn.role == "user"
      && !(turn.text.hasPrefix("<tool_response>") && turn.text.hasSuffix("</tool_response>"))
  }

  private static func answer(
    _ turn: ChatTurn, shows: Bool, isLast: Bool, _ writer: inout TemplateWriter
  ) {
    let (reasoning, content) = parts(turn)
    writer.write("<|im_start|>assistant\n")
    if shows && (isLast || !reasoning.isEmpty) {
      let thought = reasoning.trimming { $0 == "\n" }
      // A block that the template puts there by itself is no answer to learn.
      if !thought.isEmpty { writer.beginAnswer() }
      writer.write("<think>\n" + thought + "\n</think>\n\n")
      if thought.isEmpty { writer.beginAnswer() }
      writer.write(content.droppingFirst { $0 == "\n" })
    } else {
      writer.beginAnswer()
      writer.write(content)
    }
    writer.write("<|im_end|>\n")
    writer.endAnswer()
  }

  /// Reasoning and answer; reasoning may also stand in the content, up to `</think>`.
  private static func parts(_ turn: ChatTurn) -> (reasoning: String, content: String) {
    if let reasoning = turn.reasoning { return (reasoning, turn.text) }
    let pieces = turn.text.separated(by: "</think>")
    guard pieces.count > 1, let first = pieces.first, let last = pieces.last else {
      return ("", turn.text)
    }
    let before = first.droppingLast { $0 == "\n" }.separated(by: "<think>").last ?? ""
    return (before.droppingFirst { $0 == "\n" }, last.droppingFirst { $0 == "\n" })
  }
}

/// `<|start_header_id|>role<|end_header_id|>\n\ncontent<|eot_id|>`.
enum Llama3 {
  static func write(
    _ conversation: Conversation, _ options: RenderOptions, _ bos: String,
    _ writer: inout TemplateWriter
  ) {
    writer.write(bos)
    for turn in conversation.turns {
      header(turn.role, &writer)
      if turn.role == "assistant" { writer.beginAnswer() }
      writer.write(turn.text.trimming(PythonSpace.contains) + "<|eot_id|>")
      writer.endAnswer()
    }
    if options.addsGenerationPrompt { header("assistant", &writer) }
  }

  private static func header(_ role: String, _ writer: inout TemplateWriter) {
    writer.write("<|start_header_id|>" + role + "<|end_header_id|>\n\n")
  }
}

/// `### Instruction:`, `### Input:` and `### Response:`, with an end of sequence behind an answer.
enum InstructionForm {
  /// The introductions of the Alpaca dataset.
  private static let withInput =
    "Below is an instruction that describes a task, paired with an input that provides further "
    + "context. Write a response that appropriately completes the request.\n\n"
  private static let withoutInput =
    "Below is an instruction that describes a task. Write a response that appropriately "
    + "completes the request.\n\n"

  static func write(
    _ conversation: Conversation, _ template: ChatTemplate, _ options: RenderOptions,
    _ eos: String, _ writer: inout TemplateWriter
  ) throws(TokenizerError) {
    for (i, turn) in conversation.turns.enumerated() {
      let isFirst = i == 0
      switch turn.role {
      case "system": writer.write((isFirst ? "" : "\n\n") + turn.text + "\n\n")
      case "user":
        if !isFirst, conversation.turns[i - 1].role != "system" { writer.write("\n\n") }
        question(turn, template, introduces: isFirst, &writer)
      case "assistant":
        answer(turn, follows: i > 0 && conversation.turns[i - 1].role == "user", eos, &writer)
      default:
        throw .badConversation(
          template: template.rawValue, reason: "it has no place for the results of tools")
      }
    }
  }

  private static func question(
    _ turn: ChatTurn, _ template: ChatTemplate, introduces: Bool, _ writer: inout TemplateWriter
  ) {
    if introduces, template == .alpaca {
      writer.write(turn.input.isEmpty ? withoutInput : withInput)
    }
    writer.write("### Instruction:\n" + turn.content + "\n\n")
    if !turn.input.isEmpty { writer.write("### Input:\n" + turn.input + "\n\n") }
    writer.write("### Response:\n")
  }

  private static func answer(
    _ turn: ChatTurn, follows: Bool, _ eos: String, _ writer: inout TemplateWriter
  ) {
    if !follows { writer.write("### Response:\n") }
    writer.beginAnswer()
    writer.write(turn.text + eos)
    writer.endAnswer()
  }
}

/// The texts alone, an empty line between them, and an end of sequence behind an answer.
enum PlainForm {
  static func write(
    _ conversation: Conversation, _ eos: String, _ writer: inout TemplateWriter
  ) {
    for (i, turn) in conversation.turns.enumerated() {
      if turn.role == "assistant" { writer.beginAnswer() }
      writer.write(turn.text)
      if turn.role == "assistant" {
        writer.write(eos)
        writer.endAnswer()
      }
      if i + 1 < conversation.turns.count { writer.write("\n\n") }
    }
  }
}
