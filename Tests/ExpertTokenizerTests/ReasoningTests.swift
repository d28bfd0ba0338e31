import ExpertRecord
import ExpertTokenizer
import Testing

/// What the assistant thought, in templates with thinking and without.
@Suite struct ReasoningTests {
  private let record = DistillationRecord(
    input: "2 + 2?", reasoning: "\nTwo and two\n", answer: "4")

  @Test func aTemplateWithThinkingWritesItItself() {
    let conversation = Conversation(record)
    #expect(conversation.reasoning(shown: true, in: .qwen3) == conversation)
  }

  @Test func otherTemplatesHaveItBeforeTheAnswer() {
    for template in ChatTemplate.allCases where !template.hasThinking {
      let turn = Conversation(record).reasoning(shown: true, in: template).turns.last
      #expect(turn?.content == "<think>\nTwo and two\n</think>\n\n4")
      #expect(turn?.reasoning == nil)
    }
  }

  @Test func hiddenItIsGone() {
    for template in ChatTemplate.allCases {
      let turns = Conversation(record).reasoning(shown: false, in: template).turns
      #expect(turns.last == ChatTurn(role: "assistant", content: "4"))
      #expect(turns.first == ChatTurn(role: "user", content: "2 + 2?"))
    }
  }
}
