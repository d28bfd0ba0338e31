import ExpertCuration
import ExpertGeneration
import ExpertRecord
import Testing

@Suite struct ReplyParserTests {
  private let alice = InstructionRecord(
    instruction: "Extract the name", input: "{\"name\": \"Alice\"}", output: "Alice")
  private let aliceJSON =
    #"{"instruction":"Extract the name","input":"{\"name\": \"Alice\"}","output":"Alice"}"#

  private func records(
    _ text: String, format: GenerationFormat = .instruction, reasoning: String? = nil
  ) -> [Record] {
    ReplyParser(format: format, difficulty: .easy, answerKind: nil)
      .parse(text, reasoning: reasoning).items.map(\.candidate.record)
  }

  @Test func findsARecordHoweverTheModelWrapsIt() {
    let forms = [
      aliceJSON,
      "[\(aliceJSON)]",
      "{\"records\": [\(aliceJSON)]}",
      "Here you are:\n```json\n[\(aliceJSON)]\n```\nHope it helps! {not json}",
      "```\n\(aliceJSON)\n```",
      "```json\n[\(aliceJSON)]",
      "Sure. \(aliceJSON) Anything else?",
      "\n\n\(aliceJSON)\n",
    ]
    for form in forms { #expect(records(form) == [.instruction(alice)], "\(form)") }
  }

  @Test(arguments: [
    #"{"records": [{"instruction": "…", "input": "…", "output": "…"}]}"#,
    #"{"records": [{"instruction": "Name the key", "input": "{}", "output": " … "}]}"#,
    #"{"records": [{"instruction": "...", "input": "", "output": "a"}]}"#,
  ])
  func theShapeThatThePromptShowsIsNoRecord(text: String) {
    let parsed = ReplyParser(format: .instruction, difficulty: .easy, answerKind: nil).parse(text)
    #expect(parsed.items.isEmpty)
    #expect(parsed.rejections.map(\.filter) == ["schema"])
    #expect(parsed.rejections.first?.detail.contains("placeholder") == true)
  }

  @Test func dotsBesideOtherWordsAreNoPlaceholder() {
    let text = #"{"instruction": "Go on: 1, 2, …", "input": "...", "output": "3 ..."}"#
    #expect(records(text).count == 1)
  }

  @Test func readsJSONLines() {
    #expect(records("\(aliceJSON)\n\(aliceJSON)\n").count == 2)
    #expect(records("1. \(aliceJSON)\n2. \(aliceJSON)\n").count == 2)
  }

  @Test func keepsTheWholeMembersOfAListThatIsCutShort() {
    #expect(records("[\(aliceJSON), \(aliceJSON), {\"instruction\": \"Ex").count == 2)
  }

  @Test func bracketsInsideStringsDoNotEndAValue() {
    let tricky = #"{"instruction":"Close ]}","input":"[{","output":"\"}]"}"#
    #expect(
      records("x \(tricky) y") == [
        .instruction(InstructionRecord(instruction: "Close ]}", input: "[{", output: "\"}]"))
      ])
  }

  @Test func anythingLessThanARecordIsRejectedWithAReason() {
    let parser = ReplyParser(format: .instruction, difficulty: .easy, answerKind: nil)
    let cases = [
      "": "the reply is empty", "  \n": "the reply is empty",
      "I cannot do that.": "no record in the reply",
      #"[{"instruction":"a","input":"b"}]"#: "“output” is missing or empty",
      #"[{"instruction":" ","output":"b"}]"#: "“instruction” is missing or empty",
      #"<html><body>502</body></html>"#: "no record in the reply",
    ]
    for (text, reason) in cases {
      let parsed = parser.parse(text)
      #expect(parsed.items.isEmpty)
      #expect(parsed.rejections.map(\.detail) == [reason], "\(text)")
    }
  }

  @Test func aNumberWhereTextBelongsIsTakenInItsJSONForm() {
    #expect(
      records(#"{"instruction":"Count","input":[1,2],"output":2}"#) == [
        .instruction(InstructionRecord(instruction: "Count", input: "[1,2]", output: "2"))
      ])
  }

  @Test func gradedAnswersBecomeThreePairsOfOneFamily() {
    let text = #"{"records":[{"prompt":"p","best":"a","mid":"b","poor":"c"}]}"#
    let parsed = ReplyParser(format: .preferencePairs, difficulty: .hard, answerKind: nil)
      .parse(text)
    let pairs = [("a", "b"), ("a", "c"), ("b", "c")].map {
      Record.preference(
        PreferenceRecord(prompt: .text("p"), chosen: .text($0.0), rejected: .text($0.1)))
    }
    #expect(parsed.items.map(\.candidate.record) == pairs)
    #expect(parsed.items.map(\.ordinal) == [0, 1, 2])
  }

  @Test func aPairOfEqualAnswersIsNoPair() {
    #expect(
      records(#"{"prompt":"p","chosen":"a","rejected":"a"}"#, format: .preferencePairs).isEmpty)
  }

  @Test func readsReasoningAndAnswerTags() {
    let text = """
      <problem>2+2?</problem>
      <reasoning>
      Two and two.
      </reasoning>
      <answer>4</answer>
      <problem>3+3?</problem><reasoning>Three and three.</reasoning><answer>6</answer>
      """
    #expect(
      records(text, format: .distillation) == [
        .distillation(
          DistillationRecord(input: "2+2?", reasoning: "Two and two.", answer: "4")),
        .distillation(
          DistillationRecord(input: "3+3?", reasoning: "Three and three.", answer: "6")),
      ])
  }

  @Test func reasoningBesideTheTextServesADistillationRecordWithoutOne() {
    #expect(
      records(#"{"input":"2+2?","answer":"4"}"#, format: .distillation, reasoning: "Add.") == [
        .distillation(DistillationRecord(input: "2+2?", reasoning: "Add.", answer: "4"))
      ])
    #expect(records(#"{"input":"2+2?","answer":"4"}"#, format: .distillation).isEmpty)
  }

  @Test func whatTheDecoderDoesNotUseStaysInMeta() {
    let text = #"{"instruction":"a","input":"","output":"b","template":"t-1","answer_kind":"json"}"#
    let parsed = ReplyParser(format: .instruction, difficulty: .hard, answerKind: .prose).parse(
      text)
    #expect(
      parsed.items.first?.candidate.attributes
        == RecordAttributes(
          difficulty: .hard, answerKind: .json, meta: [.init("template", "t-1")]))
  }

  @Test func aReplyOfNothingButBracketsEndsSoon() {
    #expect(records(String(repeating: "[", count: 1_000_000)).isEmpty)
    #expect(records(String(repeating: "{\"a\":", count: 200_000)).isEmpty)
  }
}
