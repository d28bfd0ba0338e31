extension Conversation {
  /// The conversation with what the assistant thought, or without.
  ///
  /// A template that knows of thinking writes it by itself. For the others it becomes the beginning
  /// of the answer, between the marks that models with thinking use.
  package func reasoning(shown: Bool, in template: ChatTemplate) -> Conversation {
    Conversation(
      turns.map { turn in
        var turn = turn
        guard let thought = turn.reasoning, !(shown && template.hasThinking) else { return turn }
        turn.reasoning = nil
        let trimmed = thought.trimming { $0 == "\n" }
        if shown, !trimmed.isEmpty {
          turn.content = "<think>\n" + trimmed + "\n</think>\n\n" + turn.content
        }
        return turn
      })
  }
}
