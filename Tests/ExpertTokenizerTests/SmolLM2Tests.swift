import ExpertRecord
import ExpertTestSupport
import ExpertTokenizer
import Testing

@Suite(.testModel(TestModels.smolLM2)) struct SmolLM2Tests {
  let tokenizer: Tokenizer

  init() throws {
    let path = TestModels.path(TestModels.smolLM2)
    tokenizer = try Tokenizer(gguf: GGUFMetadataFile(path: path).tokenizer, name: path)
  }

  @Test func promptsHaveTheReferencesIds() throws {
    let prompts = try #require(Golden.json("smollm2.json")["prompts"]?.array)
    #expect(prompts.count == 4)
    for prompt in prompts {
      let text = try #require(prompt["text"]?.string)
      #expect(try tokenizer.encode(text) == prompt["ids"]?.ids)
    }
  }

  @Test func conversationsHaveTheReferencesTextIdsAndLabels() throws {
    #expect(tokenizer.marks.chatTemplate.flatMap(ChatTemplate.detect(jinja:)) == .smollm2)
    let rows = try #require(Golden.json("smollm2.json")["chat"]?.array)
    #expect(rows.count == 2)
    for row in rows {
      let conversation = Conversation(try Record(json: messages(of: row), kind: .chat))
      let rendered = try tokenizer.render(conversation, template: .smollm2)
      #expect(rendered.text == row["text"]?.string)
      #expect(rendered.ids == row["input_ids"]?.ids)
      #expect(rendered.labels == row["labels"]?.ids)
    }
  }

  private func messages(of row: JSONValue) throws -> JSONValue {
    ["messages": try #require(row["messages"])]
  }

  @Test func everyTokenDecodesToBytesThatAreFoundAgain() throws {
    for id in 17..<Int32(tokenizer.idCount) {
      let text = try tokenizer.decode([id])
      if text.unicodeScalars.contains("\u{FFFD}") { continue }
      #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
    }
  }
}
