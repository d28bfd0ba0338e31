import ExpertRecord
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

@Suite struct ChatTemplateTests {
  /// A tokenizer with every mark that a template needs.
  private func tokenizer() throws -> Tokenizer {
    let contents = [
      "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|start_header_id|>",
      "<|end_header_id|>", "<|eot_id|>", "<think>", "</think>",
    ]
    let added = contents.enumerated().map { i, content -> JSONValue in
      ["id": .number(Double(1200 + i)), "content": .string(content), "special": true]
    }
    var json = try JSONValue.parse(
      Golden.variantJSON("qwen2"), limits: JSONLimits(maxBytes: 1 << 20))
    json = json.setting("added_tokens", .array(added))
    let single: JSONValue = [
      ["SpecialToken": ["id": "<|begin_of_text|>", "type_id": 0]],
      ["Sequence": ["id": "A", "type_id": 0]],
    ]
    json = json.setting("post_processor", ["type": "TemplateProcessing", "single": single])
    return try Tokenizer(tokenizerJSON: CanonicalJSON.bytes(of: json), name: "marks.json")
  }

  private func conversation(_ json: JSONValue?) throws -> Conversation {
    Conversation(
      try #require(json?.array).map { message in
        ChatTurn(
          role: message["role"]?.string ?? "", content: message["content"]?.string ?? "",
          reasoning: message["reasoning_content"]?.string)
      })
  }

  @Test func textsAreThoseOfTheModelsOwnTemplates() throws {
    let tokenizer = try tokenizer()
    let rows = try #require(Golden.json("chat.json")["rows"]?.array)
    #expect(rows.count == 60)
    for row in rows {
      let template = try ChatTemplate(named: #require(row["template"]?.string))
      var turns = try conversation(row["messages"])
      let rendered = try tokenizer.render(turns, template: template)
      #expect(rendered.text == row["text"]?.string)
      #expect(rendered.ids == (try tokenizer.encode(rendered.text)))
      turns.turns.removeLast()
      for (thinking, field) in [(false, "prompt"), (true, "prompt_thinking")] {
        let options = RenderOptions(addsGenerationPrompt: true, thinking: thinking)
        let prompt = try tokenizer.render(turns, template: template, options: options)
        #expect(prompt.text == row[field]?.string)
      }
    }
  }

  @Test func theAnswerIsWhatFollowsTheGenerationPrompt() throws {
    let tokenizer = try tokenizer()
    for row in try #require(Golden.json("chat.json")["rows"]?.array) {
      let template = try ChatTemplate(named: #require(row["template"]?.string))
      let turns = try conversation(row["messages"])
      let rendered = try tokenizer.render(turns, template: template)
      let prompt = try #require(row["prompt"]?.string)
      let text = try #require(row["text"]?.string)
      // Answers with edges of white space, or with a thought, do not continue the prompt.
      guard text.utf8.starts(with: prompt.utf8), rendered.supervised.count == 1 else { continue }
      let learnt = rendered.ids[rendered.supervised[0]]
      let rest = String(decoding: text.utf8.dropFirst(prompt.utf8.count), as: UTF8.self)
      let joint = try tokenizer.decode(learnt)
      #expect(
        rest.unicodeScalars.suffix(joint.unicodeScalars.count).elementsEqual(
          joint.unicodeScalars) || rest.contains("\u{301}"))
    }
  }

  @Test func anEmptyThoughtIsNotLearntAndAWrittenOneIs() throws {
    let tokenizer = try tokenizer()
    func learnt(_ reasoning: String?) throws -> String {
      let turns = [
        ChatTurn(role: "user", content: "q"),
        ChatTurn(role: "assistant", content: "a", reasoning: reasoning),
      ]
      let rendered = try tokenizer.render(Conversation(turns), template: .qwen3)
      #expect(rendered.supervised.count == 1)
      #expect(rendered.supervisedCount == rendered.labels.count { $0 != -100 })
      return try rendered.supervised.map { try tokenizer.decode(rendered.ids[$0]) }.joined()
    }
    #expect(try learnt(nil) == "a<|im_end|>\n")
    #expect(try learnt("why") == "<think>\nwhy\n</think>\n\na<|im_end|>\n")
  }

  @Test func supervisionChoosesTheLastAnswerAllAnswersOrAll() throws {
    let tokenizer = try tokenizer()
    let turns = Conversation(
      ["a", "b", "c", "d"].enumerated().map {
        ChatTurn(role: $0.offset % 2 == 0 ? "user" : "assistant", content: $0.element)
      })
    func learnt(_ supervision: Supervision) throws -> [String] {
      let options = RenderOptions(supervision: supervision)
      let rendered = try tokenizer.render(turns, template: .chatml, options: options)
      return try rendered.supervised.map { try tokenizer.decode(rendered.ids[$0]) }
    }
    #expect(try learnt(.completion) == ["d<|im_end|>\n"])
    #expect(try learnt(.assistant) == ["b<|im_end|>\n", "d<|im_end|>\n"])
    let whole =
      "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n"
      + "<|im_start|>user\nc<|im_end|>\n<|im_start|>assistant\nd<|im_end|>\n"
    #expect(try learnt(.all) == [whole])
  }

  @Test func formsForBaseModelsHaveInputAndEndOfSequence() throws {
    let base = try tokenizer()
    let config = try Golden.variant("qwen2")
    #expect(config.marks.eos == nil)
    let record = InstructionRecord(instruction: "Add.", input: "1 2", output: "3")
    #expect(throws: TokenizerError.templateToken(template: "guide", token: "end of sequence")) {
      try base.render(Conversation(record), template: .guide)
    }
    let folder = try TemporaryFolder()
    try folder.write("tokenizer.json", Golden.variantJSON("qwen2"))
    try folder.write("tokenizer_config.json", Array(#"{"eos_token":"<|endoftext|>"}"#.utf8))
    let tokenizer = try Tokenizer(folder: folder.path)
    let guide = try tokenizer.render(Conversation(record), template: .guide)
    #expect(
      guide.text
        == "### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:\n3<|endoftext|>")
    #expect(try tokenizer.decode(guide.ids[guide.supervised[0]]) == "3<|endoftext|>")
    let alpaca = try tokenizer.render(
      Conversation(InstructionRecord(instruction: "Go.", output: "ok")), template: .alpaca)
    #expect(
      alpaca.text
        == "Below is an instruction that describes a task. Write a response that appropriately "
        + "completes the request.\n\n### Instruction:\nGo.\n\n### Response:\nok<|endoftext|>")
    let plain = try tokenizer.render(Conversation(record), template: .plain)
    #expect(plain.text == "Add.\n\n1 2\n\n3<|endoftext|>")
    let chat = try tokenizer.render(Conversation(record), template: .chatml)
    #expect(chat == (try tokenizer.render(Conversation(record.messages), template: .chatml)))
  }

  @Test func templatesAreRecognised() throws {
    let jinja = try #require(Golden.json("chat.json")["templates"]?.members)
    #expect(jinja.count == 5)
    for member in jinja {
      let text = try #require(member.value.string)
      #expect(ChatTemplate.detect(jinja: text)?.rawValue == member.name)
    }
    #expect(ChatTemplate.detect(jinja: "{{ messages }}") == nil)
    let other = "<|im_start|>system\\nYou are a helpful assistant.<|im_end|>"
    #expect(ChatTemplate.detect(jinja: other) == nil)
    #expect(ChatTemplate.detect(family: "qwen3") == .qwen3)
    #expect(throws: TokenizerError.unknownTemplate(name: "vicuna")) {
      try ChatTemplate(named: "vicuna")
    }
  }

  @Test func conversationsWithoutAPlaceAreRefused() throws {
    let tokenizer = try tokenizer()
    #expect(throws: TokenizerError.self) {
      try tokenizer.render(Conversation([ChatTurn]()), template: .chatml)
    }
    let judge = Conversation([ChatTurn(role: "judge", content: "no")])
    #expect(throws: TokenizerError.self) { try tokenizer.render(judge, template: .chatml) }
    let small = try Golden.variant("gpt2")
    let hello = Conversation([ChatTurn(role: "user", content: "hello")])
    let missing = TokenizerError.templateToken(template: "chatml", token: "<|im_start|>")
    #expect(throws: missing) { try small.render(hello, template: .chatml) }
  }
}

extension TemporaryFolder {
  /// Writes a file into the folder.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(filePath: file(name)))
  }
}
