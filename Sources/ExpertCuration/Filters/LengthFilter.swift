internal import ExpertRecord

/// Answers are neither too short for their kind nor longer than a model's context.
package struct LengthFilter: RecordFilter {
  package let name = "length"
  private let config: FilterConfig

  package init(_ config: FilterConfig = FilterConfig()) { self.config = config }

  package func judge(_ candidate: Candidate) -> Verdict {
    let view = RecordView(candidate)
    let least = least(view.kind)
    let length = view.answer.trimmed.unicodeScalars.count
    if length < least {
      return drop(
        "the answer has \(length) characters, fewer than \(least)", score: Double(length))
    }
    if length > config.maxOutputLength {
      return drop(
        "the answer has \(length) characters, more than \(config.maxOutputLength)",
        score: Double(length))
    }
    let prompt = view.prompts.reduce(0) { $0 + $1.unicodeScalars.count }
    if prompt > config.maxPromptLength {
      return drop(
        "the prompt has \(prompt) characters, more than \(config.maxPromptLength)",
        score: Double(prompt))
    }
    return .keep
  }

  /// A right literal, label or JSON answer can be one character long: `7`.
  private func least(_ kind: AnswerKind) -> Int {
    switch kind {
    case .literal, .label, .json: 1
    case .sql, .code, .prose: max(1, config.minOutputLength)
    }
  }
}
