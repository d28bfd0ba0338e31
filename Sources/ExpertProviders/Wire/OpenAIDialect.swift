package import ExpertPlatform
package import ExpertRecord

/// OpenAI chat completions, and all who speak like it: DeepSeek, Mistral, OpenRouter, Ollama, vLLM,
/// llama.cpp. What they add is read where it stands; what they lack is said by the provider file.
package struct OpenAIDialect: WireDialect {
  package init() {}

  package var chatPath: String { "/chat/completions" }
  package var modelsPath: String { "/models" }
  package var headers: [HTTPHeader] { [] }

  package func authorization(_ key: BoundSecret) -> SecretHeader {
    key.header("Authorization", prefix: "Bearer ")
  }

  package func body(_ call: WireCall) -> JSONValue {
    let (format, messages) = Self.format(call)
    var members: [JSONValue.Member] = [
      .init("model", .string(call.target.model.name)),
      .init("messages", .array(messages.map(Self.message))),
    ]
    if let limit = call.maxTokens {
      members.append(.init(call.capabilities.maxTokensName, .number(Double(limit))))
    }
    if let value = call.temperature { members.append(.init("temperature", .number(value))) }
    if let value = call.topP { members.append(.init("top_p", .number(value))) }
    if let value = call.seed { members.append(.init("seed", .number(Double(value)))) }
    if let format { members.append(.init("response_format", format)) }
    return .object(members)
  }

  private static func message(_ message: Message) -> JSONValue {
    ["role": .string(message.role), "content": .string(message.content)]
  }

  /// The response format, and the messages that go with it.
  private static func format(_ call: WireCall) -> (JSONValue?, [Message]) {
    let messages = call.request.messages
    guard let schema = call.request.schema else { return (nil, messages) }
    switch call.structured {
    case .jsonSchema:
      let strict = StrictSchema.transformed(schema, bounds: call.target.provider.isLocal)
      let format: JSONValue = [
        "type": "json_schema",
        "json_schema": [
          "name": "reply", "strict": .bool(strict != nil), "schema": strict ?? schema,
        ],
      ]
      return (format, messages)
    case .jsonObject:
      return (["type": "json_object"], SchemaPrompt.added(schema, to: messages))
    case .none:
      return (nil, SchemaPrompt.added(schema, to: messages))
    }
  }

  // MARK: replies

  package func reply(_ json: JSONValue, call: WireCall) -> WireResult {
    guard let choice = json["choices"]?[0] else {
      return .failure(.garbled("the reply has no choices"))
    }
    if let error = choice["error"], error != .null {
      var facts = FailureFacts.garbled(ErrorBody.clean(error["message"]?.string ?? "failed"))
      facts.status = error["code"]?.integer
      return .failure(facts)
    }
    let message = choice["message"] ?? .null
    var reply = ModelReply(text: Self.text(message["content"]))
    reply.reasoning = ["reasoning_content", "reasoning"].lazy
      .compactMap { message[$0]?.string }.first { !$0.isEmpty }
    reply.rawFinish = choice["finish_reason"]?.string
    reply.finish = Self.finish(reply.rawFinish)
    if let refusal = message["refusal"]?.string, !refusal.isEmpty {
      reply.finish = .refused
      if reply.text.isEmpty { reply.text = refusal }
    } else if reply.finish == .complete, let calls = message["tool_calls"]?.array, !calls.isEmpty {
      reply.finish = .toolCall
    }
    reply.reportedModel = json["model"]?.string
    reply.requestID = json["id"]?.string
    reply.usage = Self.usage(json["usage"])
    return .reply(reply)
  }

  /// Content is a text, nothing, or (Mistral) a list of parts of which the texts count.
  private static func text(_ content: JSONValue?) -> String {
    if let text = content?.string { return text }
    return (content?.array ?? []).compactMap { $0["text"]?.string }.joined()
  }

  static func finish(_ reason: String?) -> FinishReason {
    switch reason {
    case "stop", "eos", "end_turn", "stop_sequence": .complete
    case "length", "max_tokens", "model_length": .truncated
    case "content_filter": .filtered
    case "refusal": .refused
    case "tool_calls", "function_call": .toolCall
    // "insufficient_system_resource" is DeepSeek's, "error" OpenRouter's and Mistral's, "abort"
    // vLLM's.
    case "insufficient_system_resource", "error", "abort", "aborted": .transient
    default: .other
    }
  }

  static func usage(_ raw: JSONValue?) -> Usage {
    guard let raw, raw.members != nil else { return Usage() }
    let details = raw["prompt_tokens_details"]
    return Usage(
      input: count(raw["prompt_tokens"]),
      cachedInput: count(details?["cached_tokens"]) ?? count(raw["prompt_cache_hit_tokens"]),
      cacheWrite: count(details?["cache_write_tokens"]),
      output: count(raw["completion_tokens"]),
      reasoning: count(raw["completion_tokens_details"]?["reasoning_tokens"]), raw: raw)
  }

  /// A count that is a whole number and not negative.
  static func count(_ value: JSONValue?) -> Int? {
    guard let number = value?.integer, number >= 0 else { return nil }
    return number
  }

  package func modelNames(_ json: JSONValue) -> [String] {
    let list = json["data"]?.array ?? json["models"]?.array ?? json.array ?? []
    return list.compactMap { $0["id"]?.string ?? $0["name"]?.string }
  }
}

extension FailureFacts {
  /// A reply that came whole and is not what the wire format promises.
  static func garbled(_ message: String) -> FailureFacts {
    var facts = FailureFacts(status: 200)
    facts.message = message
    facts.isGarbled = true
    return facts
  }
}
