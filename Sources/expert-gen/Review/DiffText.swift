internal import ExpertRecord
internal import ExpertStore

/// Two states of a record, word by word: `[-gone-]` and `{+new+}`, in colour on a terminal.
enum DiffText {
  static func lines(_ old: Record, _ new: Record, terminal: Terminal) -> [String] {
    let before = RecordText.fields(of: old)
    let after = RecordText.fields(of: new)
    return zip(before, after).flatMap { old, new -> [String] in
      guard old.text != new.text else { return [] }
      let text = WordDiff.between(old.text, new.text).map { piece in
        switch piece {
        case .same(let words): VisibleText.lines(words)
        case .removed(let words): terminal.styled("[-\(VisibleText.lines(words))-]", .red)
        case .added(let words): terminal.styled("{+\(VisibleText.lines(words))+}", .green)
        }
      }
      let body = text.joined().split(separator: "\n", omittingEmptySubsequences: false)
      return [terminal.styled(new.name, .dim)] + body.map { "  " + $0 }
    }
  }
}
