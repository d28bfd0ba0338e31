package import ExpertPlatform
package import ExpertRecord

/// The wire formats that the scripted server can speak.
package enum Dialect: String, CaseIterable, Sendable {
  case openAI, anthropic, gemini, deepSeek, ollama, vLLM, llamaCpp

  /// Local servers and DeepSeek follow OpenAI's shapes with additions of their own.
  package var followsOpenAI: Bool { self != .anthropic && self != .gemini }

  /// The dialect that a request's path belongs to, where the path alone tells.
  package static func of(path: String) -> Dialect? {
    if path.hasSuffix("/messages") { return .anthropic }
    if path.contains(":generateContent") { return .gemini }
    if path.hasSuffix("/chat/completions") { return .openAI }
    return nil
  }
}

/// What a scripted model says, and what it claims to have counted.
package struct DialectAnswer: Sendable {
  package var text: String
  package var reasoning: String?
  package var model: String
  /// All input tokens, cached ones included.
  package var inputTokens = 20
  package var cachedTokens = 0
  package var cacheWriteTokens = 0
  /// All output tokens, reasoning included.
  package var outputTokens = 40
  package var reasoningTokens = 0
  package var requestID = "req-1"
  /// Leave the usage out, as some local servers do.
  package var hidesUsage = false

  package init(_ text: String, model: String = "scripted-1", reasoning: String? = nil) {
    self.text = text
    self.model = model
    self.reasoning = reasoning
  }
}

/// How a scripted model stops.
package enum DialectFinish: String, CaseIterable, Sendable {
  case complete, truncated, filtered, refused, toolCall
  /// The server lacked resources (DeepSeek), or the model paused its turn (Anthropic).
  case transient
  /// The prompt itself was blocked: no candidate at all (Gemini).
  case promptBlocked
  case unknown
}

extension ScriptedReply {
  /// A JSON reply.
  package init(
    status: Int = 200, headers: [HTTPHeader] = [], json: JSONValue, requestID: String? = nil
  ) {
    var all = [HTTPHeader("Content-Type", "application/json")] + headers
    if let requestID { all.append(HTTPHeader("x-request-id", requestID)) }
    self.init(status: status, headers: all, body: CanonicalJSON.bytes(of: json))
  }
}

extension Dialect {
  /// A reply with this answer that stops in this way.
  package func reply(
    _ answer: DialectAnswer, finish: DialectFinish = .complete, headers: [HTTPHeader] = []
  ) -> ScriptedReply {
    ScriptedReply(headers: headers, json: body(answer, finish: finish), requestID: answer.requestID)
  }

  /// The body of such a reply.
  package func body(_ answer: DialectAnswer, finish: DialectFinish = .complete) -> JSONValue {
    switch self {
    case .anthropic: anthropicBody(answer, finish)
    case .gemini: geminiBody(answer, finish)
    default: openAIBody(answer, finish)
    }
  }

  /// DeepSeek's queue: empty lines come for a while, then the reply.
  package func queuedReply(
    _ answer: DialectAnswer, lines: Int = 3, every interval: Duration = .milliseconds(20)
  ) -> ScriptedReply {
    let body = CanonicalJSON.bytes(of: body(answer))
    let chunked = HTTPHeader("Transfer-Encoding", "chunked")
    var steps: [ScriptedReply.Step] = [
      .bytes(ScriptedReply.head(status: 200, headers: [chunked]))
    ]
    for _ in 0..<lines {
      steps += [.bytes(ScriptedReply.chunks([0x0a], size: 1)), .wait(interval)]
    }
    steps.append(.bytes(ScriptedReply.chunks(body, size: 256) + Array("0\r\n\r\n".utf8)))
    return ScriptedReply(steps: steps)
  }

  /// The list of models, as a probe asks for it.
  package func models(_ names: [String]) -> ScriptedReply {
    if self == .gemini {
      return ScriptedReply(
        json: ["models": .array(names.map { ["name": .string("models/\($0)")] })])
    }
    return ScriptedReply(
      json: [
        "object": "list",
        "data": .array(names.map { ["id": .string($0), "object": "model"] }),
      ])
  }
}
