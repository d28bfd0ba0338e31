import ExpertPlatform
import ExpertProviders
import ExpertRecord
import Testing

/// Builds calls and reads replies without a network.
struct Wire {
  let codec: WireCodec
  let target: ProviderTarget

  init(_ provider: String, model: String? = nil) throws {
    target = try ProviderFilesTests.catalog().resolve(provider: provider, model: model)
    let dialect = try #require(target.provider.wire.dialect)
    codec = WireCodec(dialect: dialect, base: try BaseURL(target.provider.baseURL))
  }

  func call(
    _ messages: [Message] = [Message(role: "user", content: "hi")], schema: JSONValue? = nil,
    maxTokens: Int? = nil, temperature: Double? = nil, topP: Double? = nil, seed: UInt64? = nil,
    dropped: Set<String> = []
  ) -> WireCall {
    WireCall(
      request: ModelRequest(
        provider: target.provider.name, model: target.model.name, messages: messages,
        schema: schema, maxTokens: maxTokens, temperature: temperature, topP: topP, seed: seed),
      target: target, dropped: dropped)
  }

  /// The request body as text, members in their order.
  func body(_ call: WireCall) -> String {
    String(decoding: codec.request(call, key: nil).body, as: UTF8.self)
  }

  func result(_ body: String, status: Int = 200, headers: [HTTPHeader] = []) -> WireResult {
    let response = HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    return codec.result(response, call: call())
  }

  func reply(_ body: String) throws -> ModelReply {
    guard case .reply(let reply) = result(body) else {
      throw ProviderError.rejected(provider: "test", status: 200, message: "\(result(body))")
    }
    return reply
  }

  func failure(_ body: String, status: Int = 200) throws -> FailureFacts {
    guard case .failure(let facts) = result(body, status: status) else {
      throw ProviderError.rejected(provider: "test", status: status, message: "it is a reply")
    }
    return facts
  }
}

@Suite struct OpenAIDialectTests {
  let schema: JSONValue = [
    "type": "object",
    "properties": ["question": ["type": "string"], "answer": ["type": "string"]],
    "required": ["question"],
  ]

  @Test func onlyWhatTheUserSetAndTheModelTakesIsSent() throws {
    let old = try Wire("openai", model: "gpt-4o")
    #expect(
      old.body(old.call(maxTokens: 9, temperature: 0.7, topP: 0.9, seed: 5))
        == #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"#
        + #""max_completion_tokens":9,"temperature":0.7,"top_p":0.9,"seed":5}"#)
    let new = try Wire("openai", model: "gpt-6-luna")
    #expect(
      new.body(new.call(maxTokens: 9, temperature: 0.7, topP: 0.9, seed: 5))
        == #"{"model":"gpt-6-luna","messages":[{"role":"user","content":"hi"}],"#
        + #""max_completion_tokens":9}"#)
    #expect(
      new.body(new.call())
        == #"{"model":"gpt-6-luna","messages":[{"role":"user","content":"hi"}]}"#)
  }

  @Test func deepSeekIsToldNotToThinkAndGetsItsOwnParameterNames() throws {
    let wire = try Wire("deepseek", model: "deepseek-chat")
    #expect(
      wire.body(wire.call(maxTokens: 9, seed: 5))
        == #"{"model":"deepseek-flash","messages":[{"role":"user","content":"hi"}],"#
        + #""max_tokens":9,"thinking":{"type":"disabled"}}"#)
    #expect(
      wire.codec.request(wire.call(), key: nil).url
        == "https://api.deepseek.com/chat/completions")
  }

  @Test func aSchemaIsSentStrictWithItsMembersInOrder() throws {
    let wire = try Wire("openai", model: "gpt-4o")
    #expect(
      wire.body(wire.call(schema: schema)).contains(
        #""response_format":{"type":"json_schema","json_schema":{"name":"reply","strict":true,"#
          + #""schema":{"type":"object","properties":{"question":{"type":"string"},"#
          + #""answer":{"type":["string","null"]}},"required":["question","answer"],"#
          + #""additionalProperties":false}}}"#))
  }

  @Test func jsonModeNamesJSONAndTheSchemaInThePrompt() throws {
    let wire = try Wire("deepseek")
    let body = try JSONValue.parse(wire.body(wire.call(schema: schema)))
    #expect(body["response_format"] == ["type": "json_object"])
    let system = try #require(body["messages"]?[0]?["content"]?.string)
    #expect(body["messages"]?[0]?["role"] == "system")
    #expect(system.contains("JSON") && system.contains(#""question":{"type":"string"}"#))
  }

  @Test func aRefusedFormatFallsBackToThePrompt() throws {
    let wire = try Wire("openai", model: "gpt-4o")
    let body = try JSONValue.parse(
      wire.body(wire.call(schema: schema, dropped: ["response_format"])))
    #expect(body["response_format"] == nil)
    #expect(body["messages"]?[0]?["content"]?.string?.contains("JSON Schema") == true)
  }

  @Test(arguments: [("llamacpp", true), ("vllm", true), ("openai", false)])
  func aServerOfOnesOwnIsToldHowLongAListMayBe(provider: String, bounded: Bool) throws {
    let list: JSONValue = [
      "type": "object", "required": ["records"],
      "properties": [
        "records": ["type": "array", "items": ["type": "string"], "minItems": 1, "maxItems": 1]
      ],
    ]
    let wire = try Wire(provider, model: provider == "openai" ? "gpt-4o" : "a.gguf")
    let body = try JSONValue.parse(wire.body(wire.call(schema: list)))
    let sent = body["response_format"]?["json_schema"]
    #expect(sent?["strict"] == true)
    #expect(sent?["schema"]?["properties"]?["records"]?["maxItems"] == (bounded ? 1 : nil))
  }

  // MARK: replies

  /// What llama.cpp's server sends: members that no other server has, and its own list of models
  /// beside the usual one.
  @Test func aReplyOfLlamaCppIsRead() throws {
    let wire = try Wire("llamacpp", model: "SmolLM2-135M-Instruct.Q4_1.gguf")
    let reply = try wire.reply(
      #"""
      {"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":
      "{\n  \"records\": [{\n    \"instruction\": \"A,B,C\",\n    \"input\": \"12345\"}]\n}"}}],
      "created":1795368409,"model":"model/SmolLM2-135M-Instruct.Q4_1.gguf",
      "system_fingerprint":"b0-unknown","object":"chat.completion",
      "usage":{"completion_tokens":53,"prompt_tokens":321,"total_tokens":374,
      "prompt_tokens_details":{"cached_tokens":87}},
      "id":"chatcmpl-ZIEFPvn6IxJwbpcKxOJtpejlj7LZsCfD",
      "timings":{"cache_n":87,"prompt_n":234,"prompt_ms":9068.506,"predicted_n":53,
      "predicted_ms":22328.136,"predicted_per_second":0.8957308393320428}}
      """#)
    #expect(reply.finish == .complete && reply.text.hasPrefix("{\n  \"records\""))
    #expect(reply.usage.input == 321 && reply.usage.cachedInput == 87 && reply.usage.output == 53)
    #expect(reply.requestID == "chatcmpl-ZIEFPvn6IxJwbpcKxOJtpejlj7LZsCfD")
    let models = try JSONValue.parse(
      #"""
      {"models":[{"name":"a.gguf","model":"a.gguf","type":"model","details":{"format":"gguf"}}],
      "object":"list","data":[{"id":"a.gguf","aliases":["a.gguf"],"object":"model",
      "owned_by":"llamacpp","meta":{"n_ctx":4096,"n_params":134515008}}]}
      """#)
    #expect(OpenAIDialect().modelNames(models) == ["a.gguf"])
    let loading = try wire.failure(
      #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
      status: 503)
    #expect(loading.status == 503 && loading.message == "Loading model")
  }

  @Test(arguments: [
    ("stop", FinishReason.complete), ("length", .truncated), ("content_filter", .filtered),
    ("tool_calls", .toolCall), ("insufficient_system_resource", .transient), ("error", .transient),
    ("something_new", .other),
  ])
  func everyFinishReasonHasItsMeaning(raw: String, finish: FinishReason) throws {
    let reply = try Wire("openai").reply(
      #"{"choices":[{"finish_reason":"\#(raw)","message":{"content":"text"}}]}"#)
    #expect(reply.finish == finish)
    #expect(reply.rawFinish == raw)
  }

  @Test func usageIsCountedAndKeptRaw() throws {
    let reply = try Wire("openai").reply(
      """
      {"id":"c","model":"gpt-x","choices":[{"finish_reason":"stop","message":{"content":"hi"}}],
       "usage":{"prompt_tokens":100,"completion_tokens":20,
         "prompt_tokens_details":{"cached_tokens":64},
         "completion_tokens_details":{"reasoning_tokens":12}}}
      """)
    #expect(reply.usage.input == 100 && reply.usage.output == 20)
    #expect(reply.usage.cachedInput == 64 && reply.usage.reasoning == 12)
    #expect(reply.usage.raw?["prompt_tokens_details"]?["cached_tokens"] == 64)
    #expect(reply.reportedModel == "gpt-x" && reply.requestID == "c")
  }

  @Test func deepSeekAdditionsAreRead() throws {
    let reply = try Wire("deepseek").reply(
      """


      : keep-alive

      {"choices":[{"finish_reason":"stop",
        "message":{"content":"42","reasoning_content":"6 times 7"}}],
       "usage":{"prompt_tokens":10,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2,
         "completion_tokens":3}}
      """)
    #expect(reply.text == "42" && reply.reasoning == "6 times 7")
    #expect(reply.usage.input == 10 && reply.usage.cachedInput == 8)
  }

  @Test(arguments: [
    #"{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"I cannot"}}]}"#,
    #"{"choices":[{"finish_reason":"stop","message":{"content":"","refusal":"I cannot"}}]}"#,
  ])
  func aRefusalIsNoAnswer(body: String) throws {
    let reply = try Wire("openai").reply(body)
    #expect(reply.finish == .refused)
    #expect(reply.text == "I cannot")
  }

  @Test(arguments: [
    #"{"choices":[{"finish_reason":"stop","message":{"content":""}}]}"#,
    #"{"choices":[{"finish_reason":"stop","message":{"content":" \n\t"}}]}"#,
    #"{"choices":[{"finish_reason":"stop","message":{"content":null}}]}"#,
    #"{"choices":[{"finish_reason":"stop","message":{}}]}"#,
  ])
  func blankContentIsTransient(body: String) throws {
    #expect(try Wire("deepseek").reply(body).finish == .transient)
  }

  @Test func contentInPartsIsJoinedWithoutTheThoughts() throws {
    let reply = try Wire("mistral").reply(
      """
      {"choices":[{"finish_reason":"stop","message":{"content":[
        {"type":"thinking","thinking":[{"type":"text","text":"hmm"}]},
        {"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}
      """)
    #expect(reply.text == "ab")
  }

  @Test(arguments: ["", "{}", #"{"choices":[]}"#, "[1]", "\"text\"", "nonsense"])
  func whatIsNoReplyIsGarbled(body: String) throws {
    let facts = try Wire("openai").failure(body)
    #expect(facts.isGarbled)
    #expect(!facts.message.isEmpty)
  }

  @Test func anErrorWithAGoodStatusIsStillAnError() throws {
    let facts = try Wire("openrouter", model: "a/b").failure(
      #"{"error":{"code":429,"message":"rate limited upstream","metadata":{"retry_after":3}}}"#)
    #expect(facts.status == 429 && facts.hint == .seconds(3) && !facts.isGarbled)
  }
}
