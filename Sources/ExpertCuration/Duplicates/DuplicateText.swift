package import ExpertRecord

/// The text of a record by which duplicates are searched: what is asked and the answer to learn,
/// one part a line.
///
/// Instruction, input and output; prompt and chosen answer; input and answer without the teacher's
/// reasoning; all messages. The rejected answer and the reasoning are left out, so that the same
/// question with the same answer is found again whatever surrounds it, and never straddles train
/// and test.
package enum DuplicateText {
  /// The joined text, as yet neither normalised nor cut into tokens.
  package static func of(_ record: Record) -> String {
    let parts: [String] =
      switch record {
      case .instruction(let record): [record.instruction, record.input, record.output]
      case .preference(let record): [record.prompt.text, record.chosen.text]
      case .distillation(let record): [record.input, record.answer]
      case .chat(let record): record.messages.map(\.content)
      }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
