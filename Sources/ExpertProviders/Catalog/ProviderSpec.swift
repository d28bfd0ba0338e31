package import ExpertRecord

/// What one provider file says: where a provider is, how it speaks, what its models can do and cost.
package struct ProviderSpec: Sendable, Hashable {
  package var name: String
  /// Other names of the provider: "claude" for anthropic.
  package var aliases: [String] = []
  package var wire: Wire
  /// Scheme, host, port and path prefix; empty only for the procedural wire.
  package var baseURL: String = ""
  /// The chat endpoint's path, where it is not the wire's own.
  package var chatPath: String?
  /// The path that lists models, where it is not the wire's own; empty where there is none.
  package var modelsPath: String?
  /// The environment variable of the key; `nil` where no key is sent.
  package var keyVariable: String?
  /// False for servers that take a key but do not need one.
  package var keyRequired: Bool = true
  /// A server of the user's own: its tokens cost nothing.
  package var isLocal: Bool = false
  /// The place among the servers that `--provider local` tries; `nil` keeps it out.
  package var localOrder: Int?
  package var defaultModel: String?
  package var capabilities: Capabilities = Capabilities()
  package var limits: ProviderLimits = ProviderLimits()
  package var batch: BatchSupport?
  package var models: [ModelSpec] = []
  /// Old or short model names and what they stand for.
  package var modelAliases: [ModelAlias] = []
  /// Error codes and phrases that mean "this account cannot pay", beyond the wire's own.
  package var billingCodes: [String] = []
  /// Headers sent with every request, none of them secret.
  package var extraHeaders: [String: String] = [:]
  /// Members merged into every request body.
  package var extraBody: JSONValue?
  /// Where the file was read from, for messages.
  package var origin: String = ""

  package init(name: String, wire: Wire) {
    self.name = name
    self.wire = wire
  }

  /// The wire formats that have a dialect; everything else is said by the file.
  package enum Wire: String, Sendable, Hashable, CaseIterable {
    case openai, anthropic, gemini, procedural
  }

  package struct ModelAlias: Sendable, Hashable {
    package var alias: String
    package var model: String
  }

  package struct BatchSupport: Sendable, Hashable {
    /// The price of a batched token over the price of an ordinary one.
    package var priceFactor: Double
    package var maxRequests: Int?
  }
}

/// One model of a provider.
package struct ModelSpec: Sendable, Hashable {
  package var name: String
  /// The window in tokens, prompt and answer together; `nil` where unknown.
  package var context: Int?
  package var maxOutput: Int?
  /// Dated prices, any order; empty where unknown.
  package var prices: [Price] = []
  package var capabilities: Capabilities
  package var limits: ProviderLimits
  /// False for a model that the user named and the file does not list.
  package var isListed: Bool = true

  package init(
    name: String, capabilities: Capabilities = Capabilities(),
    limits: ProviderLimits = ProviderLimits()
  ) {
    self.name = name
    self.capabilities = capabilities
    self.limits = limits
  }
}

/// What a model understands. What is not declared is not sent.
package struct Capabilities: Sendable, Hashable {
  package var structured: Structured = .none
  package var temperature: Bool = true
  package var topP: Bool = true
  package var seed: Bool = false
  /// The name of the parameter that limits the answer.
  package var maxTokensName: String = "max_tokens"
  /// What is sent about thinking unless the caller says otherwise.
  package var thinking: Thinking = .unsaid
  /// Members merged into the body to switch thinking on and off; `nil` where there is no switch.
  package var thinkingOn: JSONValue?
  package var thinkingOff: JSONValue?

  package init() {}

  /// How firmly a model can be held to a JSON shape, weakest first.
  package enum Structured: String, Sendable, Hashable, CaseIterable, Comparable {
    case none
    case jsonObject = "json_object"
    case jsonSchema = "json_schema"

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { self == .none ? 0 : self == .jsonObject ? 1 : 2 }
  }

  package enum Thinking: String, Sendable, Hashable, CaseIterable { case unsaid, on, off }
}

/// What a provider allows before anything was learned from its headers; `nil` where unknown.
package struct ProviderLimits: Sendable, Hashable {
  package var requestsPerMinute: Int?
  package var tokensPerMinute: Int?
  package var concurrency: Int?

  package init(
    requestsPerMinute: Int? = nil, tokensPerMinute: Int? = nil, concurrency: Int? = nil
  ) {
    self.requestsPerMinute = requestsPerMinute
    self.tokensPerMinute = tokensPerMinute
    self.concurrency = concurrency
  }

  /// These limits, with another's where these say nothing.
  func filled(from other: Self) -> Self {
    Self(
      requestsPerMinute: requestsPerMinute ?? other.requestsPerMinute,
      tokensPerMinute: tokensPerMinute ?? other.tokensPerMinute,
      concurrency: concurrency ?? other.concurrency)
  }
}
