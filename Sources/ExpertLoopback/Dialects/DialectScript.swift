internal import ExpertPlatform
package import ExpertRecord
internal import Synchronization

/// A script for a server that speaks one dialect or all of them: it reads what is asked and
/// answers in the shape that belongs to the path.
package struct DialectScript: Sendable {
  /// What the client wrote, whatever the dialect.
  package struct Question: Sendable {
    package let request: ReceivedRequest
    package let dialect: Dialect
    package let body: JSONValue
    package let model: String
    /// The text of the last user message.
    package let prompt: String

    /// Reads a request; `nil` where its path or its body belongs to no dialect.
    package init?(_ request: ReceivedRequest) {
      guard let dialect = Dialect.of(path: request.path),
        let body = try? JSONValue.parse(request.body)
      else { return nil }
      self.request = request
      self.dialect = dialect
      self.body = body
      model = body["model"]?.string ?? Self.modelInPath(request.path)
      prompt = Self.prompt(of: body)
    }

    /// Gemini names the model in the path: `/v1beta/models/NAME:generateContent`.
    private static func modelInPath(_ path: String) -> String {
      guard let last = path.split(separator: "/").last else { return "" }
      return String(last.prefix { $0 != ":" })
    }

    private static func prompt(of body: JSONValue) -> String {
      let turns = body["messages"]?.array ?? body["contents"]?.array ?? []
      guard let turn = turns.last(where: { $0["role"]?.string == "user" }) else { return "" }
      if let text = turn["content"]?.string { return text }
      let parts = turn["content"]?.array ?? turn["parts"]?.array ?? []
      return parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
    }
  }

  /// Answers every question with `answer`'s text; anything else gets a 404, and `GET …/models`
  /// lists `models`.
  package static func answering(
    dialect: Dialect? = nil, models: [String] = ["scripted-1"], delay: Duration = .zero,
    _ answer: @escaping @Sendable (Question) -> DialectAnswer
  ) -> ScriptedServer.Script {
    replying(dialect: dialect, models: models) { question in
      let reply = (dialect ?? question.dialect).reply(answer(question))
      return delay == .zero ? reply : reply.delayed(delay)
    }
  }

  /// The same with whole replies, for errors and odd finishes.
  package static func replying(
    dialect: Dialect? = nil, models: [String] = ["scripted-1"],
    _ reply: @escaping @Sendable (Question) -> ScriptedReply
  ) -> ScriptedServer.Script {
    { request in
      if request.method == "GET", request.path.hasSuffix("/models") {
        return (dialect ?? .openAI).models(models)
      }
      guard let question = Question(request) else {
        return (dialect ?? .openAI).error(
          DialectError(
            404, code: "not_found", type: "invalid_request_error", message: "No such path"))
      }
      return reply(question)
    }
  }

  /// Gives `replies` one after another to whatever is asked, then the last one for ever.
  package static func sequence(_ replies: [ScriptedReply]) -> ScriptedServer.Script {
    let position = Mutex(0)
    return { _ in
      let index = position.withLock { position in
        defer { position += 1 }
        return min(position, replies.count - 1)
      }
      return index >= 0 ? replies[index] : ScriptedReply(status: 500, text: "")
    }
  }
}
