package import ExpertPlatform
package import ExpertRecord

/// How one wire format writes a request and reads a reply. Pure: no clock, no network, no state.
///
/// What differs between servers of one format is said by the provider file and arrives in the
/// `WireCall`; no dialect knows a provider's name.
package protocol WireDialect: Sendable {
  /// The chat endpoint's path where the file names none; "{model}" stands for the model.
  var chatPath: String { get }
  /// The path that lists models where the file names none.
  var modelsPath: String { get }
  /// The header that carries a key.
  func authorization(_ key: BoundSecret) -> SecretHeader
  /// The headers that every request of this format has.
  var headers: [HTTPHeader] { get }
  /// The request body.
  func body(_ call: WireCall) -> JSONValue
  /// The reply in a body that came with status 2xx and parsed as JSON.
  func reply(_ json: JSONValue, call: WireCall) -> WireResult
  /// The names of models in a reply to the models path.
  func modelNames(_ json: JSONValue) -> [String]
}

/// One request with all that decides its form.
package struct WireCall: Sendable {
  package var request: ModelRequest
  package var target: ProviderTarget
  /// What the model understands after what was learned from its refusals.
  package var capabilities: Capabilities
  /// Top-level parameters that the model refused.
  package var dropped: Set<String>

  package init(
    request: ModelRequest, target: ProviderTarget, capabilities: Capabilities? = nil,
    dropped: Set<String> = []
  ) {
    self.request = request
    self.target = target
    self.capabilities = capabilities ?? target.model.capabilities
    self.dropped = dropped
  }

  /// The schema to hold the model to, and how: without a schema no format is asked for.
  package var structured: Capabilities.Structured {
    guard request.schema != nil else { return .none }
    return dropped.contains("response_format") ? .none : capabilities.structured
  }

  /// The temperature to send: only what the caller set and the model is known to take.
  package var temperature: Double? {
    capabilities.temperature && !dropped.contains("temperature") ? request.temperature : nil
  }

  package var topP: Double? {
    capabilities.topP && !dropped.contains("top_p") ? request.topP : nil
  }

  /// The seed, cut to 31 bits: servers reject what a signed 32-bit number cannot hold.
  package var seed: Int? {
    guard capabilities.seed, !dropped.contains("seed"), let seed = request.seed else { return nil }
    return Int(seed & 0x7fff_ffff)
  }

  /// The limit of the answer, never above what the model can write.
  package var maxTokens: Int? {
    guard !dropped.contains(capabilities.maxTokensName) else { return nil }
    guard let asked = request.maxTokens else { return nil }
    return min(asked, target.model.maxOutput ?? asked)
  }

  /// What is merged into the body for the thinking switch.
  package var thinkingBody: JSONValue? {
    switch capabilities.thinking {
    case .unsaid: nil
    case .on: capabilities.thinkingOn
    case .off: capabilities.thinkingOff
    }
  }
}

/// What a reply turned out to be.
package enum WireResult: Sendable, Hashable {
  case reply(ModelReply)
  /// The body says that it failed, whatever the status.
  case failure(FailureFacts)
}

extension ProviderSpec.Wire {
  /// The dialect of a wire format; `nil` for the one that needs no network.
  package var dialect: (any WireDialect)? {
    switch self {
    case .openai: OpenAIDialect()
    case .anthropic: AnthropicDialect()
    case .gemini: GeminiDialect()
    case .procedural: nil
    }
  }
}
