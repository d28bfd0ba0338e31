internal import ExpertRecord

/// A record as people read it: a field's name, then its text below, made safe to show.
enum RecordText {
  static func lines(_ record: Record, terminal: Terminal) -> [String] {
    fields(of: record).flatMap { name, text -> [String] in
      guard !text.isEmpty else { return [] }
      let body = VisibleText.lines(text).split(separator: "\n", omittingEmptySubsequences: false)
      return [terminal.styled(name, .dim)] + body.map { "  " + $0 }
    }
  }

  /// The fields in the order in which a record is read.
  static func fields(of record: Record) -> [(name: String, text: String)] {
    switch record {
    case .instruction(let record):
      [
        ("instruction", record.instruction), ("input", record.input), ("output", record.output),
      ]
    case .preference(let record):
      [
        ("prompt", record.prompt.text), ("chosen", record.chosen.text),
        ("rejected", record.rejected.text),
      ]
    case .distillation(let record):
      [("input", record.input), ("reasoning", record.reasoning), ("answer", record.answer)]
    case .chat(let record): record.messages.map { ($0.role, $0.content) }
    }
  }
}
