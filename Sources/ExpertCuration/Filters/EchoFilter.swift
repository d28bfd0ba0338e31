internal import ExpertRecord

/// The answer does not merely repeat what was asked.
///
/// Only the instruction counts, not the input: the right answer to "repair this document" may be
/// the document itself.
package struct EchoFilter: RecordFilter {
  package let name = "echo"

  /// An answer that opens with a whole instruction of this many words repeats it; shorter
  /// instructions may well begin a good answer.
  private static let minWords = 8

  package init() {}

  package func judge(_ candidate: Candidate) -> Verdict {
    let view = RecordView(candidate)
    let answer = fold(view.answer)
    let whole = fold(view.prompts.joined(separator: " "))
    for question in asked(candidate.record).map(fold) where !question.isEmpty {
      if answer == question || answer == whole {
        return drop("the answer is the prompt, word for word")
      }
      if view.kind == .prose || !view.isDeclared, Words.count(question) >= Self.minWords,
        answer.hasPrefix(question)
      {
        return drop("the answer begins by repeating the prompt")
      }
    }
    return .keep
  }

  /// What the user asked, without the material it is asked of.
  private func asked(_ record: Record) -> [String] {
    switch record {
    case .instruction(let record): [record.instruction]
    case .preference(let record): [record.prompt.text]
    case .distillation(let record): [record.input]
    case .chat(let record): record.messages.filter { $0.role == "user" }.map(\.content)
    }
  }

  private func fold(_ text: String) -> String {
    Ascii.folded(Substring(ExactDuplicates.normalised(text)))
  }
}
