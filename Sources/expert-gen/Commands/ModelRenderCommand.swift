internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore
internal import ExpertTokenizer
internal import Foundation

/// `expert-gen model render`.
struct ModelRenderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Show a conversation as a model sees it, and which tokens are learnt.",
    discussion: """
      Takes a record of the store, or messages as JSON ([{"role": "user", "content": "Hi"}, …]) on \
      standard input. What is learnt is marked [like this].

      Examples:
        expert-gen model render --base smollm2-135m --record json-parsing
        echo '[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}]' |
          expert-gen model render --base qwen3-0.6b --supervise assistant
      """)

  @Option(help: "The model whose tokenizer and template are used: a name or a path.")
  var base: String
  @Option(help: "A version: its first record is shown.") var record: String?
  @Option(help: "Another chat template than the model's own.") var template: ChatTemplate?
  @Option(help: "What is learnt: completion, assistant or all.")
  var supervise: Supervision = .completion
  @Flag(help: "End with the words that ask for an answer.") var generationPrompt = false
  @Flag(help: "Let the model think, where its template can.") var think = false
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let files = try ModelFiles.open(try options.modelPath(base))
    let tokenizer = try files.tokenizer()
    let template = template ?? files.template ?? .plain
    let rendered = try tokenizer.render(
      try conversation(), template: template,
      options: RenderOptions(
        supervision: supervise, addsGenerationPrompt: generationPrompt, thinking: think))
    if options.json {
      Console.out([
        "template": .string(template.rawValue), "text": .string(rendered.text),
        "ids": .array(rendered.ids.map { .number(Double($0)) }),
        "labels": .array(rendered.labels.map { .number(Double($0)) }),
      ])
      return
    }
    Console.out(VisibleText.lines(marked(rendered)))
    Console.out(
      "template \(template.rawValue): \(Figures.count(rendered.ids.count)) tokens, "
        + "\(Figures.count(rendered.supervisedCount)) of them learnt")
  }

  private func conversation() throws -> Conversation {
    guard let record else {
      let bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
      let messages = try JSONValue.parse(bytes).array ?? []
      let turns = messages.compactMap { message -> ChatTurn? in
        guard let role = message["role"]?.string, let content = message["content"]?.string else {
          return nil
        }
        return ChatTurn(
          role: role, content: content, reasoning: message["reasoning_content"]?.string)
      }
      guard !turns.isEmpty, turns.count == messages.count else {
        throw Failure(
          .usage, "bad-messages",
          "standard input must be a JSON array of messages with role and content")
      }
      return Conversation(turns)
    }
    let store = try options.openStore(.readOnly)
    defer { try? store.close() }
    var stream = try store.records(of: try store.resolve(record))
    guard let first = try stream.nextGroup().first else {
      throw Failure(.failure, "empty", "\(record) has no records")
    }
    return Conversation(first.record)
  }

  /// The text with brackets around what is learnt, cut between tokens.
  private func marked(_ rendered: RenderedConversation) -> String {
    let bytes = Array(rendered.text.utf8)
    var out: [UInt8] = []
    var at = 0
    func start(_ token: Int) -> Int {
      token < rendered.starts.count ? rendered.starts[token] : bytes.count
    }
    for range in rendered.supervised {
      out += bytes[at..<start(range.lowerBound)] + Array("[".utf8)
      at = start(range.upperBound)
      out += bytes[start(range.lowerBound)..<at] + Array("]".utf8)
    }
    return String(decoding: out + bytes[at...], as: UTF8.self)
  }
}
