package import ExpertPlatform

extension Record {
  /// The RFC 8785 form, written member by member in its fixed order.
  package var canonicalBytes: [UInt8] {
    var out: [UInt8] = []
    appendCanonical(to: &out)
    return out
  }

  /// The identity of the record's text.
  package var contentHash: Digest { .tagged(.record, canonicalBytes) }

  /// Appends the RFC 8785 form.
  package func appendCanonical(to out: inout [UInt8]) {
    switch self {
    case .instruction(let record): record.appendCanonical(to: &out)
    case .preference(let record): record.appendCanonical(to: &out)
    case .distillation(let record): record.appendCanonical(to: &out)
    case .chat(let record):
      CanonicalJSON.append(literal: "{\"messages\":", to: &out)
      CanonicalJSON.append(record.messages, to: &out)
      out.append(UInt8(ascii: "}"))
    }
  }
}

extension InstructionRecord {
  fileprivate func appendCanonical(to out: inout [UInt8]) {
    out.reserveCapacity(
      out.count + 64 + instruction.utf8.count + input.utf8.count + output.utf8.count)
    CanonicalJSON.append(literal: "{\"input\":", to: &out)
    CanonicalJSON.append(input, to: &out)
    CanonicalJSON.append(literal: ",\"instruction\":", to: &out)
    CanonicalJSON.append(instruction, to: &out)
    CanonicalJSON.append(literal: ",\"output\":", to: &out)
    CanonicalJSON.append(output, to: &out)
    out.append(UInt8(ascii: "}"))
  }
}

extension PreferenceRecord {
  fileprivate func appendCanonical(to out: inout [UInt8]) {
    CanonicalJSON.append(literal: "{\"chosen\":", to: &out)
    CanonicalJSON.append(chosen, to: &out)
    CanonicalJSON.append(literal: ",\"prompt\":", to: &out)
    CanonicalJSON.append(prompt, to: &out)
    CanonicalJSON.append(literal: ",\"rejected\":", to: &out)
    CanonicalJSON.append(rejected, to: &out)
    out.append(UInt8(ascii: "}"))
  }
}

extension DistillationRecord {
  fileprivate func appendCanonical(to out: inout [UInt8]) {
    out.reserveCapacity(
      out.count + 64 + answer.utf8.count + input.utf8.count + reasoning.utf8.count)
    CanonicalJSON.append(literal: "{\"answer\":", to: &out)
    CanonicalJSON.append(answer, to: &out)
    CanonicalJSON.append(literal: ",\"input\":", to: &out)
    CanonicalJSON.append(input, to: &out)
    CanonicalJSON.append(literal: ",\"reasoning\":", to: &out)
    CanonicalJSON.append(reasoning, to: &out)
    out.append(UInt8(ascii: "}"))
  }
}

extension CanonicalJSON {
  fileprivate static func append(_ turns: Turns, to out: inout [UInt8]) {
    switch turns {
    case .text(let text): append(text, to: &out)
    case .messages(let messages): append(messages, to: &out)
    }
  }

  fileprivate static func append(_ messages: [Message], to out: inout [UInt8]) {
    out.append(UInt8(ascii: "["))
    for (index, message) in messages.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      append(literal: "{\"content\":", to: &out)
      append(message.content, to: &out)
      append(literal: ",\"role\":", to: &out)
      append(message.role, to: &out)
      out.append(UInt8(ascii: "}"))
    }
    out.append(UInt8(ascii: "]"))
  }
}
