internal import ExpertRecord

/// The answer was not cut off: code fences and brackets are closed, and prose does not stop in the
/// middle of a sentence.
package struct TruncationFilter: RecordFilter {
  package let name = "truncated"

  /// Words that cannot end an English sentence: articles, conjunctions and prepositions that need
  /// something after them.
  private static let dangling: Set<String> = [
    "a", "an", "the", "and", "or", "but", "because", "which", "whose", "of", "to", "from", "with",
    "into", "between", "than", "if", "when", "while", "although", "is", "are", "was", "were",
    "be", "my", "your", "their", "our", "its", "e.g.", "i.e.",
  ]
  /// Shorter prose may be a phrase rather than a sentence.
  private static let minWords = 8

  package init() {}

  package func judge(_ candidate: Candidate) -> Verdict {
    let view = RecordView(candidate)
    if view.kind == .json || view.kind == .literal || view.kind == .label { return .keep }
    if hasOpenFence(view.answer) { return drop("a code fence is not closed") }
    if let bracket = openBracketAtEnd(view.answer) {
      return drop("the answer ends with an open \"\(bracket)\"")
    }
    guard view.kind == .prose else { return .keep }
    return proseProblem(view.answer).map { drop($0) } ?? .keep
  }

  /// Fences are lines that begin with three backticks or tildes; each one opens or closes.
  private func hasOpenFence(_ text: String) -> Bool {
    var open: Character?
    for line in text.split(whereSeparator: \.isNewline) {
      let line = String(line).trimmed
      guard line.hasPrefix("```") || line.hasPrefix("~~~"), let mark = line.first else { continue }
      if open == nil {
        // Three backticks closed on their own line are inline code.
        if line.dropFirst(3).contains("```") { continue }
        open = mark
      } else if open == mark {
        open = nil
      }
    }
    return open != nil
  }

  private func openBracketAtEnd(_ text: String) -> Character? {
    guard let last = text.trimmed.last, "{[(".contains(last) else { return nil }
    return last
  }

  private func proseProblem(_ text: String) -> String? {
    let trimmed = text.trimmed
    let words = Words.count(text)
    guard words >= Self.minWords, let last = trimmed.last else { return nil }
    if ",;".contains(last) { return "the answer ends with \"\(last)\"" }
    let lastWord = Words.split(String(trimmed.suffix(40))).last.map(String.init) ?? ""
    if Self.dangling.contains(lastWord.lowercased()), lastWord.lowercased() == lastWord {
      return "the answer ends with the word \"\(lastWord)\""
    }
    return words >= RecordView.minProseWords && stopsInSentence(trimmed)
      ? "the answer stops in the middle of a sentence" : nil
  }

  /// Whether the last line is a sentence without an end: not a heading, list item, table row, code
  /// or short closing line.
  private func stopsInSentence(_ text: Substring) -> Bool {
    guard let last = text.last, last.isLetter || last.isNumber else { return false }
    let line = text.split(whereSeparator: \.isNewline).last.map { String($0).trimmed } ?? ""
    guard let first = line.first, Words.count(String(line)) >= Self.minWords else { return false }
    if first.isNumber || "#-*+|>•`=".contains(first) { return false }
    // Scripts that do not end sentences with a stop of their own are not judged.
    return last.isASCII || last.isCased
  }
}
