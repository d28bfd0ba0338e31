import ExpertPlatform
import ExpertProviders
import ExpertRecord
import Testing

@Suite struct AnthropicDialectTests {
  @Test func systemStandsApartAndIsCached() throws {
    let wire = try Wire("anthropic", model: "claude-haiku-4-5")
    let messages = [
      Message(role: "system", content: "Be brief."), Message(role: "user", content: "hi"),
      Message(role: "assistant", content: "  "),
    ]
    #expect(
      wire.body(wire.call(messages, maxTokens: 50, temperature: 1.7))
        == #"{"model":"claude-haiku-4-5","max_tokens":50,"system":[{"type":"text","#
        + #""text":"Be brief.","cache_control":{"type":"ephemeral"}}],"#
        + #""messages":[{"role":"user","content":"hi"}],"temperature":1}"#)
    let request = wire.codec.request(wire.call(), key: nil)
    #expect(request.url == "https://api.anthropic.com/v1/messages")
    #expect(request.headers.contains(HTTPHeader("anthropic-version", "2023-06-01")))
  }

  @Test func maxTokensIsAlwaysSentAndNewModelsGetNoTemperature() throws {
    let wire = try Wire("claude", model: "claude-opus-5-5")
    #expect(
      wire.body(wire.call(temperature: 0.5))
        == #"{"model":"claude-opus-5-5","max_tokens":4096,"#
        + #""messages":[{"role":"user","content":"hi"}]}"#)
  }

  @Test func aSchemaGoesIntoTheOutputConfig() throws {
    let wire = try Wire("claude")
    let body = try JSONValue.parse(
      wire.body(
        wire.call(schema: ["type": "object", "properties": ["a": ["type": "integer"]]])))
    #expect(body["output_config"]?["format"]?["type"] == "json_schema")
    #expect(body["output_config"]?["format"]?["schema"]?["additionalProperties"] == false)
  }

  @Test func textBlocksAreJoinedAndTheCacheIsAddedToTheInput() throws {
    let reply = try Wire("claude").reply(
      """
      {"type":"message","id":"msg_1","model":"claude-x","stop_reason":"end_turn","content":[
        {"type":"thinking","thinking":"let me see"},
        {"type":"text","text":"one "},{"type":"text","text":"two"}],
       "usage":{"input_tokens":10,"cache_creation_input_tokens":100,
         "cache_read_input_tokens":1000,"output_tokens":7}}
      """)
    #expect(reply.text == "one two" && reply.reasoning == "let me see")
    #expect(reply.usage.input == 1110 && reply.usage.cachedInput == 1000)
    #expect(reply.usage.cacheWrite == 100 && reply.usage.output == 7)
    #expect(reply.requestID == "msg_1")
  }

  @Test(arguments: [
    ("end_turn", FinishReason.complete), ("stop_sequence", .complete), ("max_tokens", .truncated),
    ("model_context_window_exceeded", .truncated), ("refusal", .refused), ("tool_use", .toolCall),
    ("pause_turn", .transient), ("new_one", .other),
  ])
  func everyStopReasonHasItsMeaning(raw: String, finish: FinishReason) throws {
    let reply = try Wire("claude").reply(
      #"{"content":[{"type":"text","text":"x"}],"stop_reason":"\#(raw)"}"#)
    #expect(reply.finish == finish)
  }
}

@Suite struct GeminiDialectTests {
  @Test func theBodyHasTheFormatsOwnNames() throws {
    let wire = try Wire("gemini", model: "gemini-2.5-pro")
    let messages = [
      Message(role: "system", content: "Be brief."), Message(role: "user", content: "hi"),
      Message(role: "assistant", content: "yes?"), Message(role: "user", content: "go"),
    ]
    let schema: JSONValue = ["type": "object", "properties": ["a": ["type": "integer"]]]
    #expect(
      wire.body(
        wire.call(messages, schema: schema, maxTokens: 50, temperature: 0.5, topP: 0.9, seed: 3))
        == #"{"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":["#
        + #"{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"text":"yes?"}]},"#
        + #"{"role":"user","parts":[{"text":"go"}]}],"generationConfig":{"maxOutputTokens":50,"#
        + #""temperature":0.5,"topP":0.9,"seed":3,"responseMimeType":"application/json","#
        + #""responseJsonSchema":{"type":"object","properties":{"a":{"type":"integer"}}}}}"#)
    #expect(
      wire.codec.request(wire.call(), key: nil).url
        == "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent")
  }

  @Test func thoughtsAreBilledAsOutputAndKeptApart() throws {
    let reply = try Wire("gemini").reply(
      """
      {"candidates":[{"finishReason":"STOP","content":{"parts":[
         {"text":"mull","thought":true},{"text":"four"}]}}],"modelVersion":"gemini-x",
       "usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":2,"thoughtsTokenCount":30,
         "cachedContentTokenCount":16},"responseId":"r1"}
      """)
    #expect(reply.text == "four" && reply.reasoning == "mull")
    #expect(reply.usage.output == 32 && reply.usage.reasoning == 30)
    #expect(reply.usage.input == 20 && reply.usage.cachedInput == 16)
    #expect(reply.requestID == "r1" && reply.reportedModel == "gemini-x")
  }

  @Test func aBlockedPromptIsFiltered() throws {
    let reply = try Wire("gemini").reply(#"{"promptFeedback":{"blockReason":"SAFETY"}}"#)
    #expect(reply.finish == .filtered && reply.rawFinish == "SAFETY")
  }

  @Test(arguments: [
    ("STOP", FinishReason.complete), ("MAX_TOKENS", .truncated), ("SAFETY", .filtered),
    ("RECITATION", .filtered), ("LANGUAGE", .filtered), ("BLOCKLIST", .filtered),
    ("PROHIBITED_CONTENT", .filtered), ("SPII", .filtered), ("MALFORMED_FUNCTION_CALL", .toolCall),
    ("OTHER", .other), ("BRAND_NEW", .other),
  ])
  func everyFinishReasonHasItsMeaning(raw: String, finish: FinishReason) throws {
    let reply = try Wire("gemini").reply(
      #"{"candidates":[{"finishReason":"\#(raw)","content":{"parts":[{"text":"x"}]}}]}"#)
    #expect(reply.finish == finish)
  }

  @Test func aRetryDelayInTheDetailsIsRead() throws {
    let facts = try Wire("gemini").failure(
      """
      [{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[
        {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
          {"quotaId":"GenerateRequestsPerMinutePerProject"}]},
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"37s"}]}}]
      """, status: 429)
    #expect(facts.hint == .seconds(37))
    #expect(facts.codes == ["resource_exhausted"])
    #expect(facts.quotas == ["GenerateRequestsPerMinutePerProject"])
  }
}

@Suite struct ErrorBodyTests {
  @Test(arguments: [
    (#"{"error":{"message":"bad key","type":"auth","code":"invalid"}}"#, "bad key"),
    (#"{"error":"bad key"}"#, "bad key"),
    (#"{"message":"bad key"}"#, "bad key"),
    (#"{"detail":[{"msg":"bad"},{"msg":"key"}]}"#, "bad; key"),
    (#"{"detail":"bad key"}"#, "bad key"),
    (#"[{"error":{"message":"bad key"}}]"#, "bad key"),
    (
      "<html><head><title>502 Bad Gateway</title></head></html>",
      "the reply is an HTML page: 502 bad gateway"
    ),
    ("", "the reply is empty"),
    ("upstream says no", "the reply is not JSON: upstream says no"),
  ])
  func everyFormIsRead(body: String, message: String) throws {
    #expect(try Wire("openai").failure(body, status: 401).message == message)
  }

  @Test func textsFromOutsideCannotMoveTheCursorOrShowAKey() throws {
    let facts = try Wire("openai").failure(
      #"{"error":{"message":"Incorrect key sk-proj-abcdefgh1234 given\u001b[2J \u202etxt\n\nend"}}"#,
      status: 401)
    #expect(facts.message == "Incorrect key [key] given [2J txt end")
  }
}
