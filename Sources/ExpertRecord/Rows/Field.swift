/// The columns that rows of known datasets have, by the names they are known by.
///
/// The order of the cases is without meaning; which of several aliases wins is decided in
/// `RowBuilder`.
enum Field: UInt8, CaseIterable {
  case instruction, prompt, question
  case input, context
  case output, response, answer, completion, text
  case chosen, rejected
  case reasoning
  case messages, conversations, system
  case split, difficulty, answerKind, labels, weight, meta

  /// The column's name.
  var name: StaticString {
    switch self {
    case .instruction: "instruction"
    case .prompt: "prompt"
    case .question: "question"
    case .input: "input"
    case .context: "context"
    case .output: "output"
    case .response: "response"
    case .answer: "answer"
    case .completion: "completion"
    case .text: "text"
    case .chosen: "chosen"
    case .rejected: "rejected"
    case .reasoning: "reasoning"
    case .messages: "messages"
    case .conversations: "conversations"
    case .system: "system"
    case .split: "split"
    case .difficulty: "difficulty"
    case .answerKind: "answerKind"
    case .labels: "labels"
    case .weight: "weight"
    case .meta: "meta"
    }
  }

  /// The fields that `--map` may name: those of the records and of their attributes.
  static let targets: [Field] = [
    .instruction, .input, .output, .prompt, .chosen, .rejected, .reasoning, .answer, .messages,
    .conversations, .system, .split, .difficulty, .labels, .weight,
  ]

  /// The field with this name.
  init?(name: UnsafeRawBufferPointer) {
    guard let base = name.baseAddress, (4...13).contains(name.count) else { return nil }
    let key = Self.key(base, name.count)
    for (index, known) in Self.keys.enumerated() where known == key {
      let field = Self.allCases[index]
      guard field.holds(name) else { continue }
      self = field
      return
    }
    return nil
  }

  private func holds(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.elementsEqual(
      UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  /// First four bytes, last four bytes and length in one number: different for all names.
  private static func key(_ base: UnsafeRawPointer, _ count: Int) -> UInt64 {
    let head = base.loadUnaligned(as: UInt32.self)
    let tail = base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
    return UInt64(head) << 32 ^ UInt64(tail) &+ UInt64(count) << 24
  }

  private static let keys: [UInt64] = allCases.map {
    key(UnsafeRawPointer($0.name.utf8Start), $0.name.utf8CodeUnitCount)
  }
}
