package import ExpertRecord

/// What filters look at in a record of any kind: the prompt's parts, the answer to learn, and the
/// kind of that answer.
package struct RecordView: Sendable, Hashable {
  /// The prompt's texts in order: instruction and input, or the messages before the answer.
  package var prompts: [String]
  /// The answer to learn: output, chosen answer, or the assistant's messages joined by newlines.
  package var answer: String
  /// The worse answer of a preference record. Hard negatives are wrong on purpose, so most filters
  /// leave it alone.
  package var rejected: String?
  /// The teacher's reasoning of a distillation record.
  package var reasoning: String?
  /// The kind of answer: as declared, else as its shape shows.
  package var kind: AnswerKind
  /// Whether the plan declared the kind.
  package var isDeclared: Bool

  package init(_ candidate: Candidate) {
    switch candidate.record {
    case .instruction(let record):
      prompts = [record.instruction, record.input]
      answer = record.output
    case .preference(let record):
      prompts = [record.prompt.text]
      answer = record.chosen.text
      rejected = record.rejected.text
    case .distillation(let record):
      prompts = [record.input]
      answer = record.answer
      reasoning = record.reasoning
    case .chat(let record):
      prompts = record.messages.filter { $0.role != "assistant" }.map(\.content)
      answer = record.messages.filter { $0.role == "assistant" }.map(\.content)
        .joined(separator: "\n")
    }
    isDeclared = candidate.attributes.answerKind != nil
    kind = candidate.attributes.answerKind ?? Self.inferredKind(answer)
  }

  /// Every text of the record.
  package var texts: [String] {
    prompts + [answer] + [rejected, reasoning].compactMap { $0 }
  }

  /// Whether the answer is prose of at least `minProseWords` words, which is when language,
  /// repetition and a missing end can be judged.
  package func isLongProse(_ words: Int = RecordView.minProseWords) -> Bool {
    kind == .prose && Words.count(answer) >= words
  }

  /// Gopher's repetition and quality rules are stated for documents of 50 words and more (Rae et
  /// al. 2021, appendix A.1); shorter answers say too little about their language or style.
  package static let minProseWords = 50

  /// A cautious guess: one word is a literal, fenced or bracketed text may be code or JSON, and
  /// only plain text is prose. JSON is never inferred from text that does not parse, so a guess
  /// drops nothing by itself.
  static func inferredKind(_ answer: String) -> AnswerKind {
    let words = Words.count(answer, upTo: 2)
    if words <= 1, answer.utf8.count <= 64 { return .literal }
    let bytes = answer.utf8
    guard let first = bytes.first(where: { !Ascii.isSpace($0) }) else { return .literal }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return .code }
    return answer.contains("```") ? .code : .prose
  }
}
