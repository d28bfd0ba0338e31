internal import ArgumentParser
internal import ExpertModel
internal import ExpertPlatform
internal import ExpertTokenizer
internal import Foundation
internal import Synchronization

/// `expert-gen chat`.
struct ChatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat", abstract: "Talk with a base model in the terminal.",
    discussion: """
      The answer appears as it is made; Ctrl-C ends an answer, and at the prompt the program. \
      /clear forgets the conversation, /exit or the end of the input leaves.

      Example: expert-gen chat --base smollm2-135m --temperature 0.7
      """)

  @OptionGroup var base: BaseOptions
  @Option(help: "A system message for the whole conversation.") var system: String?
  @Option(help: "Another chat template than the model's own.") var template: ChatTemplate?
  @Flag(help: "Let the model think before its answers, where its template can.") var think = false
  @OptionGroup var sampling: SamplingArguments
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let base = try options.open(self.base)
    let chat = Chat(
      base, adapter: try base.adapter(self.base), template: base.template(template),
      thinking: think, sampling: sampling,
      pool: self.base.pool)
    let answering = Mutex(false)
    Interruption.onFirst { if !answering.withLock(\.self) { Console.exit(.interrupted) } }
    options.say("\(self.base.base), template \(base.template(template).rawValue); /exit leaves")
    var turns = opening
    while let line = ask() {
      switch line {
      case "": continue
      case "/exit", "/quit": return
      case "/clear": turns = opening
      default:
        turns.append(ChatTurn(role: "user", content: line))
        answering.withLock { $0 = true }
        let answer = try chat.answer(turns) { Console.write(VisibleText.lines($0), to: 1) }
        Console.write("\n", to: 1)
        answering.withLock { $0 = false }
        Interruption.clear()
        turns.append(ChatTurn(role: "assistant", content: answer))
      }
    }
  }

  private var opening: [ChatTurn] { system.map { [ChatTurn(role: "system", content: $0)] } ?? [] }

  /// The next line of the user; `nil` at the end of the input.
  private func ask() -> String? {
    if isatty(0) == 1 { Console.write("> ", to: 1) }
    return readLine()?.trimmingCharacters(in: .whitespaces)
  }
}

/// A conversation whose beginning the model has read already: only what is new is read again.
final class Chat {
  private let base: Base
  private let template: ChatTemplate
  private let thinking: Bool
  private let sampling: SamplingArguments
  private let session: ChatSession

  init(
    _ base: Base, adapter: Adapter?, template: ChatTemplate, thinking: Bool,
    sampling: SamplingArguments,
    pool: ThreadPool
  ) {
    self.base = base
    self.template = template
    self.thinking = thinking
    self.sampling = sampling
    session = ChatSession(base.model, adapter: adapter, tokenizer: base.tokenizer, pool: pool)
  }

  /// The model's answer to a conversation that ends with the user.
  func answer(_ turns: [ChatTurn], _ onText: (String) -> Void) throws -> String {
    let rendered = try base.tokenizer.render(
      Conversation(turns), template: template,
      options: RenderOptions(addsGenerationPrompt: true, thinking: thinking))
    return try session.answer(sampling.request(rendered.ids)) { text in
      onText(text)
      return !Interruption.happened
    }.text
  }
}
