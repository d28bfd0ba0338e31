package import ExpertPlatform

/// What a provider says of its limits beside every reply.
package struct RateLimits: Sendable, Hashable {
  package var requestLimit: Int
  package var requestsLeft: Int
  package var tokenLimit: Int
  package var tokensLeft: Int
  /// Until the counters are full again, in milliseconds.
  package var resetMilliseconds: Int

  package init(
    requestLimit: Int, requestsLeft: Int, tokenLimit: Int, tokensLeft: Int, resetMilliseconds: Int
  ) {
    self.requestLimit = requestLimit
    self.requestsLeft = requestsLeft
    self.tokenLimit = tokenLimit
    self.tokensLeft = tokensLeft
    self.resetMilliseconds = resetMilliseconds
  }
}

extension Dialect {
  /// The limits as headers; none for providers that send none.
  ///
  /// `anthropicReset` is the RFC 3339 time at which the counters are full again: a moment, where
  /// OpenAI gives a span such as `1m3s`.
  package func rateHeaders(
    _ limits: RateLimits, anthropicReset: String = "2026-09-01T00:00:00Z"
  ) -> [HTTPHeader] {
    switch self {
    case .openAI: Self.openAIHeaders(limits)
    case .anthropic: Self.anthropicHeaders(limits, reset: anthropicReset)
    default: []
    }
  }

  private static func openAIHeaders(_ limits: RateLimits) -> [HTTPHeader] {
    let reset = span(limits.resetMilliseconds)
    return [
      HTTPHeader("x-ratelimit-limit-requests", "\(limits.requestLimit)"),
      HTTPHeader("x-ratelimit-remaining-requests", "\(limits.requestsLeft)"),
      HTTPHeader("x-ratelimit-reset-requests", reset),
      HTTPHeader("x-ratelimit-limit-tokens", "\(limits.tokenLimit)"),
      HTTPHeader("x-ratelimit-remaining-tokens", "\(limits.tokensLeft)"),
      HTTPHeader("x-ratelimit-reset-tokens", reset),
    ]
  }

  private static func anthropicHeaders(_ limits: RateLimits, reset: String) -> [HTTPHeader] {
    let prefix = "anthropic-ratelimit-"
    return [
      HTTPHeader(prefix + "requests-limit", "\(limits.requestLimit)"),
      HTTPHeader(prefix + "requests-remaining", "\(limits.requestsLeft)"),
      HTTPHeader(prefix + "requests-reset", reset),
      HTTPHeader(prefix + "tokens-limit", "\(limits.tokenLimit)"),
      HTTPHeader(prefix + "tokens-remaining", "\(limits.tokensLeft)"),
      HTTPHeader(prefix + "tokens-reset", reset),
    ]
  }

  /// A span as Go prints it: `12ms`, `1.5s`, `6m0s`.
  private static func span(_ milliseconds: Int) -> String {
    if milliseconds < 1000 { return "\(milliseconds)ms" }
    let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60_000)
    let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1000)
    var text = "\(seconds)"
    if fraction > 0 {
      text += "." + "\(1000 + fraction)".dropFirst()
      while text.hasSuffix("0") { text.removeLast() }
    }
    return (minutes > 0 ? "\(minutes)m" : "") + text + "s"
  }
}
