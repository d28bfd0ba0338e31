package import ExpertPlatform
package import ExpertRecord

/// Anthropic messages, version 2023-06-01.
package struct AnthropicDialect: WireDialect {
  package init() {}

  /// Sent where the caller sets no limit: this format requires one.
  static let defaultMaxTokens = 4096

  package var chatPath: String { "/v1/messages" }
  package var modelsPath: String { "/v1/models" }
  package var headers: [HTTPHeader] { [HTTPHeader("anthropic-version", "2023-06-01")] }

  package func authorization(_ key: BoundSecret) -> SecretHeader {
    key.header("x-api-key")
  }

  package func body(_ call: WireCall) -> JSONValue {
    let messages = Self.messages(call)
    let system = messages.filter { $0.role == "system" }.map(\.content)
      .filter { !WireCodec.isBlank($0) }
    var members: [JSONValue.Member] = [
      .init("model", .string(call.target.model.name)),
      .init("max_tokens", .number(Double(call.maxTokens ?? Self.defaultMaxTokens))),
    ]
    if !system.isEmpty {
      members.append(.init("system", .array([Self.cachedBlock(system.joined(separator: "\n\n"))])))
    }
    let turns = messages.filter { $0.role != "system" && !WireCodec.isBlank($0.content) }
    members.append(.init("messages", .array(turns.map(Self.turn))))
    if let value = call.temperature {
      members.append(.init("temperature", .number(min(max(value, 0), 1))))
    }
    if let value = call.topP { members.append(.init("top_p", .number(value))) }
    if let format = Self.format(call) {
      members.append(.init("output_config", ["format": format]))
    }
    return .object(members)
  }

  /// The fixed part of a prompt stands first and is marked for the provider's cache.
  private static func cachedBlock(_ text: String) -> JSONValue {
    ["type": "text", "text": .string(text), "cache_control": ["type": "ephemeral"]]
  }

  private static func turn(_ message: Message) -> JSONValue {
    let role = message.role == "assistant" ? "assistant" : "user"
    return ["role": .string(role), "content": .string(message.content)]
  }

  private static func messages(_ call: WireCall) -> [Message] {
    guard let schema = call.request.schema, format(call) == nil else {
      return call.request.messages
    }
    return SchemaPrompt.added(schema, to: call.request.messages)
  }

  private static func format(_ call: WireCall) -> JSONValue? {
    guard call.structured == .jsonSchema, !call.dropped.contains("output_config"),
      let schema = call.request.schema, let strict = StrictSchema.transformed(schema)
    else { return nil }
    return ["type": "json_schema", "schema": strict]
  }

  // MARK: replies

  package func reply(_ json: JSONValue, call: WireCall) -> WireResult {
    guard let blocks = json["content"]?.array else {
      return .failure(.garbled("the reply has no content"))
    }
    var reply = ModelReply(text: Self.texts(blocks, type: "text", member: "text"))
    let thinking = Self.texts(blocks, type: "thinking", member: "thinking")
    reply.reasoning = thinking.isEmpty ? nil : thinking
    reply.rawFinish = json["stop_reason"]?.string
    reply.finish = Self.finish(reply.rawFinish)
    reply.reportedModel = json["model"]?.string
    reply.requestID = json["id"]?.string
    reply.usage = Self.usage(json["usage"])
    return .reply(reply)
  }

  private static func texts(_ blocks: [JSONValue], type: String, member: String) -> String {
    blocks.filter { $0["type"]?.string == type }.compactMap { $0[member]?.string }.joined()
  }

  static func finish(_ reason: String?) -> FinishReason {
    switch reason {
    case "end_turn", "stop_sequence": .complete
    case "max_tokens", "model_context_window_exceeded": .truncated
    case "refusal": .refused
    case "tool_use": .toolCall
    // A paused turn would have to be continued; asked again from the start it may complete.
    case "pause_turn": .transient
    default: .other
    }
  }

  /// `input_tokens` leaves the cache out, so the parts are added up.
  static func usage(_ raw: JSONValue?) -> Usage {
    guard let raw, raw.members != nil else { return Usage() }
    let read = OpenAIDialect.count(raw["cache_read_input_tokens"])
    let written = OpenAIDialect.count(raw["cache_creation_input_tokens"])
    let plain = OpenAIDialect.count(raw["input_tokens"])
    return Usage(
      input: plain.map { $0 + (read ?? 0) + (written ?? 0) }, cachedInput: read,
      cacheWrite: written, output: OpenAIDialect.count(raw["output_tokens"]), raw: raw)
  }

  package func modelNames(_ json: JSONValue) -> [String] {
    (json["data"]?.array ?? []).compactMap { $0["id"]?.string }
  }
}
