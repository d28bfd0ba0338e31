package import ExpertPlatform
package import ExpertRecord

/// Gemini generateContent, version v1beta.
package struct GeminiDialect: WireDialect {
  package init() {}

  package var chatPath: String { "/v1beta/models/{model}:generateContent" }
  package var modelsPath: String { "/v1beta/models" }
  package var headers: [HTTPHeader] { [] }

  package func authorization(_ key: BoundSecret) -> SecretHeader {
    key.header("x-goog-api-key")
  }

  package func body(_ call: WireCall) -> JSONValue {
    let messages = Self.messages(call)
    let system = messages.filter { $0.role == "system" }.map(\.content).joined(separator: "\n\n")
    let turns = messages.filter { $0.role != "system" }
    var members: [JSONValue.Member] = []
    if !WireCodec.isBlank(system) {
      members.append(.init("systemInstruction", ["parts": [["text": .string(system)]]]))
    }
    members.append(.init("contents", .array(turns.map(Self.turn))))
    let config = Self.config(call)
    if !config.isEmpty { members.append(.init("generationConfig", .object(config))) }
    return .object(members)
  }

  private static func turn(_ message: Message) -> JSONValue {
    let role = message.role == "assistant" ? "model" : "user"
    return ["role": .string(role), "parts": [["text": .string(message.content)]]]
  }

  private static func messages(_ call: WireCall) -> [Message] {
    guard let schema = call.request.schema, call.structured != .jsonSchema else {
      return call.request.messages
    }
    return SchemaPrompt.added(schema, to: call.request.messages)
  }

  private static func config(_ call: WireCall) -> [JSONValue.Member] {
    var config: [JSONValue.Member] = []
    if let limit = call.maxTokens {
      config.append(.init(call.capabilities.maxTokensName, .number(Double(limit))))
    }
    if let value = call.temperature { config.append(.init("temperature", .number(value))) }
    if let value = call.topP { config.append(.init("topP", .number(value))) }
    if let value = call.seed { config.append(.init("seed", .number(Double(value)))) }
    if call.structured != .none {
      config.append(.init("responseMimeType", "application/json"))
    }
    if call.structured == .jsonSchema, let schema = call.request.schema {
      config.append(.init("responseJsonSchema", schema))
    }
    return config
  }

  // MARK: replies

  package func reply(_ json: JSONValue, call: WireCall) -> WireResult {
    var reply = ModelReply(text: "")
    reply.reportedModel = json["modelVersion"]?.string
    reply.requestID = json["responseId"]?.string
    reply.usage = Self.usage(json["usageMetadata"])
    if let candidate = json["candidates"]?[0] {
      read(candidate, into: &reply)
      return .reply(reply)
    }
    guard let reason = json["promptFeedback"]?["blockReason"]?.string else {
      return .failure(.garbled("the reply has no candidates"))
    }
    reply.finish = .filtered
    reply.rawFinish = reason
    return .reply(reply)
  }

  private func read(_ candidate: JSONValue, into reply: inout ModelReply) {
    let parts = candidate["content"]?["parts"]?.array ?? []
    let isThought: (JSONValue) -> Bool = { $0["thought"]?.bool == true }
    reply.text = parts.filter { !isThought($0) }.compactMap { $0["text"]?.string }.joined()
    let thoughts = parts.filter(isThought).compactMap { $0["text"]?.string }.joined()
    reply.reasoning = thoughts.isEmpty ? nil : thoughts
    reply.rawFinish = candidate["finishReason"]?.string
    reply.finish = Self.finish(reply.rawFinish)
    if reply.finish == .complete, reply.text.isEmpty,
      parts.contains(where: { $0["functionCall"] != nil })
    {
      reply.finish = .toolCall
    }
  }

  static func finish(_ reason: String?) -> FinishReason {
    switch reason {
    case "STOP": .complete
    case "MAX_TOKENS": .truncated
    case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
      "IMAGE_SAFETY":
      .filtered
    case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL": .toolCall
    default: .other
    }
  }

  /// Thoughts are billed as output and counted apart; the cached part is inside the prompt's count.
  static func usage(_ raw: JSONValue?) -> Usage {
    guard let raw, raw.members != nil else { return Usage() }
    let thoughts = OpenAIDialect.count(raw["thoughtsTokenCount"])
    let written = OpenAIDialect.count(raw["candidatesTokenCount"])
    let output = written == nil && thoughts == nil ? nil : (written ?? 0) + (thoughts ?? 0)
    return Usage(
      input: OpenAIDialect.count(raw["promptTokenCount"]),
      cachedInput: OpenAIDialect.count(raw["cachedContentTokenCount"]),
      output: output, reasoning: thoughts, raw: raw)
  }

  package func modelNames(_ json: JSONValue) -> [String] {
    (json["models"]?.array ?? []).compactMap { $0["name"]?.string }
      .map { $0.hasPrefix("models/") ? String($0.dropFirst(7)) : $0 }
  }
}
