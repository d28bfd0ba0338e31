package import ExpertPlatform
internal import ExpertRecord
package import ExpertStore
package import ExpertTokenizer

/// Turns records into token ids: the template is written, the text tokenised, and what is learned
/// is marked.
package struct TextPreparer: Sendable {
  package let tokenizer: Tokenizer
  package let template: ChatTemplate
  package let supervision: Supervision
  /// Vectors of a soft prompt that stand before every text, as ids −1, −2 … (see `TrainingPass`).
  package let softPrompt: Int

  package init(
    tokenizer: Tokenizer, template: ChatTemplate, supervision: Supervision = .completion,
    softPrompt: Int = 0
  ) {
    self.tokenizer = tokenizer
    self.template = template
    self.supervision = supervision
    self.softPrompt = softPrompt
  }

  /// The text of a record with its answer; of a preference, the chosen one.
  package func example(_ stored: StoredRecord) throws -> TokenExample {
    try example(Conversation(stored.record), stored)
  }

  /// Both texts of a preference; `nil` for records of other kinds.
  package func pair(_ stored: StoredRecord) throws -> PreferenceExample? {
    guard case .preference(let record) = stored.record else { return nil }
    return PreferenceExample(
      chosen: try example(Conversation(prompt: record.prompt, answer: record.chosen), stored),
      rejected: try example(Conversation(prompt: record.prompt, answer: record.rejected), stored))
  }

  private func example(
    _ conversation: Conversation, _ stored: StoredRecord
  ) throws -> TokenExample {
    let rendered = try tokenizer.render(
      conversation, template: template, options: RenderOptions(supervision: supervision))
    return TokenExample(
      ids: rendered.ids, supervised: rendered.supervised, rid: stored.rid.description,
      difficulty: stored.attributes.difficulty
    ).behind(softPrompt: softPrompt)
  }

  /// SHA-256 over what the template makes of a conversation with every kind of turn, and over its
  /// tokens: another program that renders alike has the same.
  package func hash() throws -> Digest {
    let conversation = Conversation([
      ChatTurn(role: "system", content: "S"), ChatTurn(role: "user", content: "U"),
      ChatTurn(role: "assistant", content: "A", reasoning: "R"),
      ChatTurn(role: "user", content: "V", input: "I"),
      ChatTurn(role: "assistant", content: "B"),
    ])
    let rendered = try tokenizer.render(
      conversation, template: template, options: RenderOptions(supervision: supervision))
    let figures = rendered.ids.map { "\($0)" } + rendered.supervised.map { "\($0)" }
    return SHA256.hash(Array((rendered.text + "\n" + figures.joined(separator: " ")).utf8))
  }
}

extension TokenExample {
  /// The example with the vectors of a soft prompt before its first token.
  package func behind(softPrompt count: Int) -> TokenExample {
    guard count > 0 else { return self }
    return TokenExample(
      ids: (0..<count).map { Int32(-1 - $0) } + ids,
      supervised: supervised.map { $0.lowerBound + count..<$0.upperBound + count }, rid: rid,
      difficulty: difficulty)
  }
}

extension RecordStream {
  /// What `prepare` makes of every record, in order, without those of which it makes nothing.
  package func prepared<T>(
    _ report: (_ done: Int, _ of: Int) throws -> Void = { _, _ in },
    _ prepare: (StoredRecord) throws -> T?
  ) throws -> [T] {
    var (stream, result, done) = (self, [T](), 0)
    while true {
      let group = try stream.nextGroup()
      if group.isEmpty { return result }
      result += try group.compactMap(prepare)
      done += group.count
      try report(done, count)
    }
  }
}
