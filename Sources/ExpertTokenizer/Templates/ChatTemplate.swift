/// How a conversation is written as one text: the base model's own way, or a form for models that
/// have none.
///
/// These are the templates themselves, not an interpreter of Jinja programs: each writes what the
/// named model's own template writes for messages without tool definitions.
package enum ChatTemplate: String, Sendable, Hashable, CaseIterable {
  /// `<|im_start|>role … <|im_end|>` without a system message of its own.
  case chatml
  /// ChatML with Qwen2.5's system message where the conversation has none.
  case qwen25 = "qwen2.5"
  /// ChatML with Qwen3's thinking blocks.
  case qwen3
  /// `<|start_header_id|>role<|end_header_id|>`.
  case llama3
  /// ChatML with SmolLM2's system message where the conversation has none.
  case smollm2
  /// `### Instruction:` with the introduction that the Alpaca dataset was trained with.
  case alpaca
  /// `### Instruction:` without an introduction.
  case guide
  /// Only the texts, with an empty line between them.
  case plain

  /// The template of a name as the command line has it.
  package init(named name: String) throws(TokenizerError) {
    guard let template = ChatTemplate(rawValue: name) else { throw .unknownTemplate(name: name) }
    self = template
  }

  /// The template that a model's Jinja program is, recognised by the marks and the system message
  /// that it writes; `nil` where it is none of these.
  package static func detect(jinja: String) -> ChatTemplate? {
    if jinja.contains("<|start_header_id|>") { return .llama3 }
    if jinja.contains("<|im_start|>") { return chatML(jinja) }
    guard jinja.contains("### Instruction") else { return nil }
    return jinja.contains("Below is an instruction") ? .alpaca : .guide
  }

  private static func chatML(_ jinja: String) -> ChatTemplate? {
    if jinja.contains(DefaultSystem.smollm2) { return .smollm2 }
    if jinja.contains(DefaultSystem.qwen25) { return .qwen25 }
    if jinja.contains("<think>") { return .qwen3 }
    // Another system message of its own would be lost.
    return jinja.contains("<|im_start|>system\\nYou are") ? nil : .chatml
  }

  /// The template of a model family, by the names of GGUF's `general.architecture` and Hugging
  /// Face's `model_type`, where the family has one.
  package static func detect(family: String) -> ChatTemplate? {
    switch family.lowercased() {
    case "qwen3": .qwen3
    case "qwen2", "qwen2.5": .qwen25
    case "llama3", "llama-3": .llama3
    case "smollm2": .smollm2
    default: nil
    }
  }

  /// Whether the text begins with the model's beginning of sequence, written by the template.
  var writesBeginning: Bool { self == .llama3 }

  /// Whether the form is one for models without a template, which start texts as their files say.
  var isForBases: Bool { self == .alpaca || self == .guide || self == .plain }

  /// Whether the template can write an assistant's reasoning.
  package var hasThinking: Bool { self == .qwen3 }
}

/// The system messages that models write where a conversation has none.
enum DefaultSystem {
  static let smollm2 = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
  static let qwen25 = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
}
