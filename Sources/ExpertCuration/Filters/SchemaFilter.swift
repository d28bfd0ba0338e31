internal import ExpertRecord

/// The required texts are there, and nothing of a prompt template was left unfilled.
package struct SchemaFilter: RecordFilter {
  package let name = "schema"

  package init() {}

  package func judge(_ candidate: Candidate) -> Verdict {
    if let missing = missingPart(candidate.record) { return drop(missing) }
    let view = RecordView(candidate)
    let places =
      view.prompts.map { ("the prompt", $0) }
      + (view.kind == .code ? [] : [("the answer", view.answer)])
    for (place, text) in places {
      if let tag = TemplateTags.first(in: text) { return drop("\(place) still contains \(tag)") }
    }
    return .keep
  }

  private func missingPart(_ record: Record) -> String? {
    switch record {
    case .instruction(let record):
      if record.instruction.isBlank { return "the instruction is empty" }
      return record.output.isBlank ? "the output is empty" : nil
    case .preference(let record):
      if record.prompt.text.isBlank { return "the prompt is empty" }
      if record.chosen.text.isBlank { return "the chosen answer is empty" }
      if record.rejected.text.isBlank { return "the rejected answer is empty" }
      return record.chosen.text.trimmed == record.rejected.text.trimmed
        ? "the chosen and the rejected answer are the same" : nil
    case .distillation(let record):
      if record.input.isBlank { return "the input is empty" }
      return record.answer.isBlank ? "the answer is empty" : nil
    case .chat(let record):
      return missingPart(record.messages)
    }
  }

  private func missingPart(_ messages: [Message]) -> String? {
    let roles: Set = ["system", "user", "assistant", "tool"]
    for (number, message) in messages.enumerated() {
      if !roles.contains(message.role) {
        return "message \(number + 1) has an unknown role"
      }
      if message.content.isBlank, message.role != "tool" {
        return "message \(number + 1) (\(message.role)) is empty"
      }
    }
    return messages.contains { $0.role == "assistant" } ? nil : "no message is the assistant's"
  }
}

/// Mustache tags such as `{{topic}}`, `{{#if}}`, `{{{raw}}}`, and the single-brace placeholders that
/// the usual instruction templates have.
enum TemplateTags {
  /// Field names of the Alpaca, Self-Instruct and ShareGPT templates.
  private static let placeholders: Set<String> = [
    "instruction", "input", "output", "question", "answer", "context", "topic", "prompt",
    "response", "task", "domain", "persona",
  ]
  private static let longestName = 64

  /// The first unfilled tag, as it stands in the text.
  static func first(in text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      var at = 0
      while at < bytes.count {
        if bytes[at] == UInt8(ascii: "{"), let end = tagEnd(bytes, at) {
          return String(decoding: bytes[at..<end], as: UTF8.self)
        }
        at += 1
      }
      return nil
    }
  }

  /// Where the tag that begins at `start` ends; `nil` if none begins there.
  private static func tagEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
    var at = start
    while at < bytes.count, bytes[at] == UInt8(ascii: "{"), at - start < 3 { at += 1 }
    let braces = at - start
    if braces > 1, at < bytes.count, Array("#/^&>!".utf8).contains(bytes[at]) { at += 1 }
    while at < bytes.count, bytes[at] == UInt8(ascii: " "), braces > 1 { at += 1 }
    let nameStart = at
    while at < bytes.count, isName(bytes[at]), at - nameStart <= longestName { at += 1 }
    guard at > nameStart, !Ascii.isDigit(bytes[nameStart]) else { return nil }
    let name = String(decoding: bytes[nameStart..<at], as: UTF8.self)
    while at < bytes.count, bytes[at] == UInt8(ascii: " "), braces > 1 { at += 1 }
    let closing = at
    while at < bytes.count, bytes[at] == UInt8(ascii: "}"), at - closing < braces { at += 1 }
    guard at - closing == braces else { return nil }
    return braces > 1 || placeholders.contains(name) ? at : nil
  }

  private static func isName(_ byte: UInt8) -> Bool {
    Ascii.isWord(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "-")
  }
}
