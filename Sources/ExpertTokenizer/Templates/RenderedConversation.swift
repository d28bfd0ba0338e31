/// A conversation as the model sees it, and what of it is learnt.
package struct RenderedConversation: Sendable, Hashable {
  /// The text that the template wrote.
  package var text: String
  /// Its token ids.
  package var ids: [Int32]
  /// Ranges of `ids` that are learnt, rising, none empty.
  package var supervised: [Range<Int>]
  /// For each id the first byte of the text that it stands for (0 for what stands before it).
  package var starts: [Int]

  /// How many ids are learnt.
  package var supervisedCount: Int { supervised.reduce(0) { $0 + $1.count } }

  /// For each id, the id itself where it is learnt and −100 where not: the labels of Hugging
  /// Face's trainers, not shifted.
  package var labels: [Int32] {
    var labels = [Int32](repeating: -100, count: ids.count)
    for range in supervised { labels.replaceSubrange(range, with: ids[range]) }
    return labels
  }
}

extension Tokenizer {
  /// Writes a conversation, tokenises the whole text at once and finds the ids that are learnt.
  ///
  /// An id is learnt where the first of its bytes is in an answer or in what the template puts
  /// behind it. A token that begins in front of the answer is part of the prompt, as generation
  /// starts behind it.
  package func render(
    _ conversation: Conversation, template: ChatTemplate, options: RenderOptions = .init()
  ) throws(TokenizerError) -> RenderedConversation {
    let writer = try template.write(
      conversation, options: options, bos: try beginning(template), eos: try ending(template))
    let text = writer.text
    let encoding = try encodeWithOffsets(text)
    let prefix = template.isForBases ? marks.prefix : []
    let spans = spans(writer, options.supervision)
    let supervised = spans.compactMap { span -> Range<Int>? in
      let first = Self.firstIndex(in: encoding.starts, from: span.lowerBound)
      let end = Self.firstIndex(in: encoding.starts, from: span.upperBound)
      return first < end ? (first + prefix.count)..<(end + prefix.count) : nil
    }
    return RenderedConversation(
      text: text, ids: prefix + encoding.ids, supervised: supervised,
      starts: prefix.map { _ in 0 } + encoding.starts)
  }

  private func spans(_ writer: TemplateWriter, _ supervision: Supervision) -> [Range<Int>] {
    switch supervision {
    case .completion: writer.answers.suffix(1)
    case .assistant: writer.answers
    case .all: [0..<writer.bytes.count]
    }
  }

  /// The first index whose value is not below `place`, in rising values.
  private static func firstIndex(in values: [Int], from place: Int) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < place { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The beginning of sequence where the template writes it.
  private func beginning(_ template: ChatTemplate) throws(TokenizerError) -> String {
    guard template.writesBeginning else { return "" }
    guard let id = marks.bos, let token = addedTokens.first(where: { $0.id == id }) else {
      throw .templateToken(template: template.rawValue, token: "beginning of sequence")
    }
    return token.content
  }

  /// The end of sequence where the template writes it, and a check that marks of the others are
  /// tokens: as plain text a model would not know them.
  private func ending(_ template: ChatTemplate) throws(TokenizerError) -> String {
    for token in template.needed where !addedTokens.contains(where: { $0.content == token }) {
      throw .templateToken(template: template.rawValue, token: token)
    }
    guard template.isForBases else { return "" }
    guard let id = marks.eos, let token = addedTokens.first(where: { $0.id == id }) else {
      throw .templateToken(template: template.rawValue, token: "end of sequence")
    }
    return token.content
  }
}

extension ChatTemplate {
  /// Tokens without which the template makes no sense.
  fileprivate var needed: [String] {
    switch self {
    case .chatml, .qwen25, .qwen3, .smollm2: ["<|im_start|>", "<|im_end|>"]
    case .llama3: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    case .alpaca, .guide, .plain: []
    }
  }
}
