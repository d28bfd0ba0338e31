package import ExpertRecord

/// What is asked of a model: the messages and what shapes the answer.
///
/// Whatever decides the answer is in `identity`, and so in the idempotency key. The token limit is
/// not: an answer stays usable after it changes.
package struct ModelRequest: Sendable, Hashable {
  /// The provider's name, as its file gives it.
  package var provider: String
  /// The model's name after aliases are resolved.
  package var model: String
  package var messages: [Message]
  /// The JSON Schema that the reply should follow, where the model can be held to one.
  package var schema: JSONValue?
  package var maxTokens: Int?
  package var temperature: Double?
  package var topP: Double?
  package var seed: UInt64?
  /// The number of the job's slot: two slots that ask the same thing want two answers.
  package var slot: Int

  package init(
    provider: String, model: String, messages: [Message], schema: JSONValue? = nil,
    maxTokens: Int? = nil, temperature: Double? = nil, topP: Double? = nil, seed: UInt64? = nil,
    slot: Int = 0
  ) {
    self.provider = provider
    self.model = model
    self.messages = messages
    self.schema = schema
    self.maxTokens = maxTokens
    self.temperature = temperature
    self.topP = topP
    self.seed = seed
    self.slot = slot
  }
}

/// Tokens as the provider counted them; `nil` where it did not say.
package struct Usage: Sendable, Hashable {
  /// All input tokens, cached ones included.
  package var input: Int?
  /// The input tokens read from the provider's cache.
  package var cachedInput: Int?
  /// The input tokens written to the provider's cache.
  package var cacheWrite: Int?
  /// All output tokens, reasoning included.
  package var output: Int?
  /// The output tokens spent on reasoning.
  package var reasoning: Int?
  /// The provider's own usage object, verbatim.
  package var raw: JSONValue?

  package init(
    input: Int? = nil, cachedInput: Int? = nil, cacheWrite: Int? = nil, output: Int? = nil,
    reasoning: Int? = nil, raw: JSONValue? = nil
  ) {
    self.input = input
    self.cachedInput = cachedInput
    self.cacheWrite = cacheWrite
    self.output = output
    self.reasoning = reasoning
    self.raw = raw
  }
}

/// Why a model stopped, in one vocabulary. Only `complete` may become a record.
package enum FinishReason: String, Sendable, Hashable, CaseIterable {
  case complete, truncated, filtered, refused, toolCall, transient, other
}

/// What a model answered.
package struct ModelReply: Sendable, Hashable {
  package var text: String
  /// The model's reasoning, where the wire format carries it apart.
  package var reasoning: String?
  package var finish: FinishReason
  /// The finish reason in the provider's own words.
  package var rawFinish: String?
  /// The model that the provider says answered.
  package var reportedModel: String?
  package var requestID: String?
  package var usage: Usage
  /// Where the text departs from the schema that was sent; empty where it follows it or none was.
  package var schemaProblems: [String] = []

  package init(
    text: String, reasoning: String? = nil, finish: FinishReason = .complete,
    rawFinish: String? = nil, reportedModel: String? = nil, requestID: String? = nil,
    usage: Usage = Usage()
  ) {
    self.text = text
    self.reasoning = reasoning
    self.finish = finish
    self.rawFinish = rawFinish
    self.reportedModel = reportedModel
    self.requestID = requestID
    self.usage = usage
  }
}

/// One attempt at a request: what happened on the wire, for the ledger.
package struct AttemptReport: Sendable, Hashable {
  /// HTTP status; `nil` where no reply arrived.
  package var status: Int?
  package var requestID: String?
  /// Why the attempt failed, without keys or bodies; `nil` when it succeeded.
  package var error: String?
  package var elapsed: Duration
  /// The tokens that the provider counted; a blank or refused answer is billed too.
  package var usage: Usage?

  package init(
    status: Int? = nil, requestID: String? = nil, error: String? = nil, elapsed: Duration = .zero,
    usage: Usage? = nil
  ) {
    self.status = status
    self.requestID = requestID
    self.error = error
    self.elapsed = elapsed
    self.usage = usage
  }
}

/// Why a request got no reply, after whatever retries the rules allow.
package enum ProviderError: Error, Sendable, Hashable {
  /// The variable that must hold the key. Exit code 3.
  case missingKey(provider: String, variable: String)
  /// There is a key, and it cannot be used. Exit code 3.
  case badKey(provider: String, place: String, reason: String)
  /// No such provider, model or alias; the payload says what there is.
  case unknown(what: String, name: String, known: [String])
  /// A provider file is wrong at a place.
  case badFile(path: String, line: Int, message: String)
  /// The endpoint breaks a security rule (scheme, private address, key bound elsewhere).
  case forbiddenEndpoint(url: String, reason: String)
  /// The account cannot pay or has reached its limit: the run stops and keeps its data.
  case billing(provider: String, message: String)
  /// The provider asks for a pause longer than a run should wait.
  case longPause(provider: String, seconds: Double)
  /// The request itself is wrong or not allowed; asking again cannot help.
  case rejected(provider: String, status: Int, message: String)
  /// Every allowed attempt failed; with 0 attempts no server was found to ask, and `last` says
  /// which were tried.
  case exhausted(provider: String, attempts: Int, last: String)
  case cancelled
}

/// Asks a model and gets a reply. The real ones speak HTTP through lanes; `procedural` computes.
package protocol ModelProvider: Sendable {
  /// Asks once, retrying as the client rules say.
  ///
  /// `report` is called for every attempt, failed or not, before the method returns. Throws
  /// `ProviderError`.
  func ask(
    _ request: ModelRequest, report: @escaping @Sendable (AttemptReport) -> Void
  ) async throws(ProviderError) -> ModelReply
}

extension ModelRequest {
  /// The request's RFC 8785 identity without the token limit: what the idempotency key hashes.
  package var identity: JSONValue {
    [
      "provider": .string(provider),
      "model": .string(model),
      "messages": .array(
        messages.map { ["role": .string($0.role), "content": .string($0.content)] }),
      "schema": schema ?? .null,
      "temperature": temperature.map(JSONValue.number) ?? .null,
      "top_p": topP.map(JSONValue.number) ?? .null,
      "seed": seed.map { .string(String($0)) } ?? .null,
      "slot": .number(Double(slot)),
    ]
  }
}
