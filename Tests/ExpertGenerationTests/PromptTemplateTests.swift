import ExpertGeneration
import ExpertRecord
import Testing

@Suite struct PromptTemplateTests {
  private func template(_ text: String) throws -> PromptTemplate {
    try PromptTemplate(name: "t", version: 1, text: text, path: "Prompts/t/v1.md")
  }

  private let header = "---\ndescription: d\nformats: [instruction]\n---\n"

  @Test func fillsInWithoutEscaping() throws {
    let template = try template(
      header
        + "[[system]]\nBe strict.\n[[user]]\nTask: {{task}}\n{{#principles}}\n- {{.}}\n{{/principles}}\n"
    )
    let messages = template.render([
      "task": .text(#"parse "<a>" & 'b'"#), "principles": .list([.text("x"), .text("y")]),
    ])
    #expect(
      messages == [
        Message(role: "system", content: "Be strict."),
        Message(role: "user", content: "Task: parse \"<a>\" & 'b'\n- x\n- y"),
      ])
  }

  @Test func whatIsFilledInIsNeverExpandedAgain() throws {
    let template = try template(header + "[[user]]\n{{task}}|{{secret}}\n")
    let messages = template.render(["task": .text("{{secret}}"), "secret": .text("s")])
    #expect(messages.first?.content == "{{secret}}|s")
  }

  @Test(arguments: [
    ("no front matter", 1, "front matter"),
    ("---\nformats: [instruction]\n---\n[[user]]\nx", 2, "description"),
    ("---\ndescription: d\nformats: [poem]\n---\n[[user]]\nx", 3, "formats are among"),
    ("---\ndescription: d\n---\nstray\n[[user]]\nx", 4, "[[user]]"),
    ("---\ndescription: d\n---\n[[system]]\nx", 5, "[[user]]"),
    ("---\ndescription: d\n---\n[[user]]\n{{#open}}", 4, "mustache"),
  ])
  func aMalformedFileIsNamedWithItsLine(text: String, line: Int, words: String) {
    do {
      _ = try template(text)
      Issue.record("accepted: \(text)")
    } catch {
      #expect("\(error)".hasPrefix("Prompts/t/v1.md:\(line): "), "\(error)")
      #expect("\(error)".contains(words), "\(error)")
    }
  }
}
