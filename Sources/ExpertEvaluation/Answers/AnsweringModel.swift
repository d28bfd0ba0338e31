package import ExpertModel
package import ExpertPlatform
internal import ExpertRecord
package import ExpertTokenizer

/// A loaded base, alone or with an adapter attached, and how it is asked. Base and expert of one
/// evaluation share the base's weights.
package struct AnsweringModel: Sendable {
  package var model: BaseModel
  /// `nil`: the base alone.
  package var adapter: Adapter?
  package var tokenizer: Tokenizer
  package var template: ChatTemplate
  package var pool: ThreadPool

  package init(
    _ base: Base, adapter: Adapter? = nil, template: ChatTemplate, pool: ThreadPool
  ) {
    model = base.model
    self.adapter = adapter
    tokenizer = base.tokenizer
    self.template = template
    self.pool = pool
  }

  /// The same base without the adapter.
  package var base: AnsweringModel {
    var copy = self
    copy.adapter = nil
    return copy
  }

  /// Tokens of a text for which there is room beside a soft prompt.
  var context: Int { model.config.contextLength - (adapter?.promptLength ?? 0) }

  /// What a record asks, as the model reads it: all messages before the answer, and the words that
  /// ask for one. A model that was taught to reason may do so.
  func prompt(_ record: Record) throws -> [Int32] {
    var turns = Conversation(record).turns
    let reasons = turns.last?.reasoning != nil && template.hasThinking
    while turns.count > 1, turns.last?.role == "assistant" { turns.removeLast() }
    return try tokenizer.render(
      Conversation(turns), template: template,
      options: RenderOptions(addsGenerationPrompt: true, thinking: reasons)
    ).ids
  }

  /// The answer in what a model wrote: where it reasoned first, what comes behind.
  static func answer(in text: String) -> String {
    let marker = Array("</think>".utf8)
    let bytes = Array(text.utf8)
    guard bytes.count >= marker.count else { return text }
    let last = (0...(bytes.count - marker.count)).last { bytes[$0...].starts(with: marker) }
    guard let last else { return text }
    let rest = bytes[(last + marker.count)...].drop { $0 == 0x0A || $0 == 0x20 }
    return String(decoding: rest, as: UTF8.self)
  }
}
