/// Which tokens are learnt.
package enum Supervision: String, Sendable, Hashable, CaseIterable {
  /// The last answer.
  case completion
  /// Every answer of the assistant.
  case assistant
  /// Every token.
  case all
}

/// What of a conversation is rendered and learnt.
package struct RenderOptions: Sendable, Hashable {
  package var supervision: Supervision
  /// Ends with the words that ask the model for its answer.
  package var addsGenerationPrompt: Bool
  /// Whether the model may think: `false` ends the generation prompt with an empty block where the
  /// template has thinking.
  package var thinking: Bool

  /// By default, the last answer is learnt and thinking is off.
  package init(
    supervision: Supervision = .completion, addsGenerationPrompt: Bool = false,
    thinking: Bool = false
  ) {
    self.supervision = supervision
    self.addsGenerationPrompt = addsGenerationPrompt
    self.thinking = thinking
  }
}
