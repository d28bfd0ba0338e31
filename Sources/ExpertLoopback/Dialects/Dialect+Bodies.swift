internal import ExpertRecord

extension Dialect {
  func openAIBody(_ answer: DialectAnswer, _ finish: DialectFinish) -> JSONValue {
    var body: [JSONValue.Member] = [
      .init("id", .string("chatcmpl-\(answer.requestID)")),
      .init("object", "chat.completion"),
      .init("created", 1_790_000_000),
      .init("model", .string(answer.model)),
      .init("choices", [openAIChoice(answer, finish)]),
    ]
    if !answer.hidesUsage { body.append(.init("usage", openAIUsage(answer))) }
    return .object(body)
  }

  private func openAIChoice(_ answer: DialectAnswer, _ finish: DialectFinish) -> JSONValue {
    let reason =
      switch finish {
      case .complete, .refused: "stop"
      case .truncated: "length"
      case .filtered, .promptBlocked: "content_filter"
      case .toolCall: "tool_calls"
      case .transient: "insufficient_system_resource"
      case .unknown: "something_new"
      }
    return [
      "index": 0, "finish_reason": .string(reason), "logprobs": nil,
      "message": openAIMessage(answer, finish),
    ]
  }

  private func openAIMessage(_ answer: DialectAnswer, _ finish: DialectFinish) -> JSONValue {
    var message: [JSONValue.Member] = [.init("role", "assistant")]
    switch finish {
    case .refused:
      message += [.init("content", nil), .init("refusal", .string(answer.text))]
    case .filtered, .promptBlocked: message.append(.init("content", nil))
    case .toolCall:
      let call: JSONValue = [
        "id": "call_1", "type": "function", "function": ["name": "f", "arguments": "{}"],
      ]
      message += [.init("content", nil), .init("tool_calls", [call])]
    default: message.append(.init("content", .string(answer.text)))
    }
    if let reasoning = answer.reasoning {
      let name = self == .vLLM ? "reasoning" : "reasoning_content"
      message.append(.init(name, .string(reasoning)))
    }
    return .object(message)
  }

  private func openAIUsage(_ answer: DialectAnswer) -> JSONValue {
    var usage: [JSONValue.Member] = [
      .init("prompt_tokens", .number(Double(answer.inputTokens))),
      .init("completion_tokens", .number(Double(answer.outputTokens))),
      .init("total_tokens", .number(Double(answer.inputTokens + answer.outputTokens))),
    ]
    let cached = JSONValue.number(Double(answer.cachedTokens))
    let missed = JSONValue.number(Double(answer.inputTokens - answer.cachedTokens))
    if self == .deepSeek {
      usage += [
        .init("prompt_cache_hit_tokens", cached), .init("prompt_cache_miss_tokens", missed),
      ]
    } else if self == .openAI {
      usage.append(.init("prompt_tokens_details", ["cached_tokens": cached]))
    }
    if self == .openAI || self == .deepSeek {
      let reasoning = JSONValue.number(Double(answer.reasoningTokens))
      usage.append(.init("completion_tokens_details", ["reasoning_tokens": reasoning]))
    }
    return .object(usage)
  }

  func anthropicBody(_ answer: DialectAnswer, _ finish: DialectFinish) -> JSONValue {
    let reason =
      switch finish {
      case .complete: "end_turn"
      case .truncated: "max_tokens"
      case .refused, .filtered, .promptBlocked: "refusal"
      case .toolCall: "tool_use"
      case .transient: "pause_turn"
      case .unknown: "something_new"
      }
    var content: [JSONValue] = []
    if let reasoning = answer.reasoning {
      content.append(["type": "thinking", "thinking": .string(reasoning), "signature": "c2ln"])
    }
    if finish == .toolCall {
      content.append(["type": "tool_use", "id": "toolu_1", "name": "f", "input": [:]])
    } else {
      content.append(["type": "text", "text": .string(answer.text)])
    }
    return [
      "id": .string("msg_\(answer.requestID)"), "type": "message", "role": "assistant",
      "model": .string(answer.model), "content": .array(content),
      "stop_reason": .string(reason), "stop_sequence": nil, "usage": anthropicUsage(answer),
    ]
  }

  /// Input tokens stand here without those of the cache.
  private func anthropicUsage(_ answer: DialectAnswer) -> JSONValue {
    let fresh = answer.inputTokens - answer.cachedTokens - answer.cacheWriteTokens
    return [
      "input_tokens": .number(Double(fresh)),
      "cache_creation_input_tokens": .number(Double(answer.cacheWriteTokens)),
      "cache_read_input_tokens": .number(Double(answer.cachedTokens)),
      "output_tokens": .number(Double(answer.outputTokens)),
    ]
  }

  func geminiBody(_ answer: DialectAnswer, _ finish: DialectFinish) -> JSONValue {
    var body: [JSONValue.Member] = []
    if finish == .promptBlocked {
      body.append(.init("promptFeedback", ["blockReason": "PROHIBITED_CONTENT"]))
    } else {
      body.append(.init("candidates", [geminiCandidate(answer, finish)]))
    }
    if !answer.hidesUsage { body.append(.init("usageMetadata", geminiUsage(answer))) }
    body.append(.init("modelVersion", .string(answer.model)))
    body.append(.init("responseId", .string(answer.requestID)))
    return .object(body)
  }

  private func geminiCandidate(_ answer: DialectAnswer, _ finish: DialectFinish) -> JSONValue {
    let reason =
      switch finish {
      case .complete: "STOP"
      case .truncated: "MAX_TOKENS"
      case .filtered, .promptBlocked: "SAFETY"
      case .refused: "PROHIBITED_CONTENT"
      case .toolCall: "MALFORMED_FUNCTION_CALL"
      case .transient: "OTHER"
      case .unknown: "SOMETHING_NEW"
      }
    var parts: [JSONValue] = []
    if let reasoning = answer.reasoning {
      parts.append(["text": .string(reasoning), "thought": true])
    }
    parts.append(["text": .string(answer.text)])
    var candidate: [JSONValue.Member] = [
      .init("index", 0), .init("finishReason", .string(reason)),
    ]
    if finish != .filtered, finish != .refused {
      candidate.append(.init("content", ["role": "model", "parts": .array(parts)]))
    }
    return .object(candidate)
  }

  /// Output tokens stand here without those of thinking.
  private func geminiUsage(_ answer: DialectAnswer) -> JSONValue {
    [
      "promptTokenCount": .number(Double(answer.inputTokens)),
      "cachedContentTokenCount": .number(Double(answer.cachedTokens)),
      "candidatesTokenCount": .number(Double(answer.outputTokens - answer.reasoningTokens)),
      "thoughtsTokenCount": .number(Double(answer.reasoningTokens)),
      "totalTokenCount": .number(Double(answer.inputTokens + answer.outputTokens)),
    ]
  }
}
