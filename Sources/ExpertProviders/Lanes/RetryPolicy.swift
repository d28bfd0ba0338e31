internal import ExpertPlatform
package import ExpertRecord

/// Decides what follows a failed attempt: pure, from the facts alone.
package struct RetryPolicy: Sendable {
  package var provider: String
  /// Codes and phrases that mean that the account cannot pay, beyond the general ones.
  package var billingCodes: [String]
  /// Attempts at one request that may fail for reasons of their own; rate limits do not count.
  package var maxAttempts: Int
  /// A wait longer than this pauses the whole run.
  package var longPause: Duration

  package init(
    provider: String, billingCodes: [String] = [], maxAttempts: Int = 6,
    longPause: Duration = .seconds(3600)
  ) {
    self.provider = provider
    self.billingCodes = billingCodes
    self.maxAttempts = maxAttempts
    self.longPause = longPause
  }

  package enum Decision: Sendable, Hashable {
    /// Ask again after the delay. `pacing`: the provider is short of room for everybody, so that the
    /// whole lane waits and asks less at once; such an attempt does not count against the request.
    case retry(after: Duration, pacing: Bool)
    case stop(ProviderError)
    /// The provider asks for a wait that a run should not sit out.
    case longPause(seconds: Double)
  }

  /// What follows after `failures` attempts that failed for the request's own reasons, this one
  /// included. Delay order: `retry-after-ms`, `retry-after`, the body's hint, jittered backoff.
  package func decide(
    _ facts: FailureFacts, failures: Int, random: inout SeededGenerator
  ) -> Decision {
    if let error = Self.final(facts.transfer) { return .stop(error) }
    if isBilling(facts) {
      return .stop(.billing(provider: provider, message: facts.summary))
    }
    guard isRetryable(facts) else {
      return .stop(
        .rejected(provider: provider, status: facts.status ?? 0, message: facts.message))
    }
    let pacing = Self.isPacing(facts)
    if !pacing, failures >= maxAttempts {
      return .stop(.exhausted(provider: provider, attempts: failures, last: facts.summary))
    }
    guard let asked = facts.headers.delay ?? facts.hint, asked > .zero else {
      return .retry(after: Self.backoff(failures, &random), pacing: pacing)
    }
    return asked > longPause
      ? .longPause(seconds: Self.seconds(asked)) : .retry(after: asked, pacing: pacing)
  }

  /// Full jitter between 0.5 s and a ceiling that doubles from 1 s to 60 s (Brooker, "Exponential
  /// Backoff And Jitter", AWS Architecture Blog, 2015).
  package static func backoff(_ failures: Int, _ random: inout SeededGenerator) -> Duration {
    let ceiling = min(60, Double(1 << min(max(failures - 1, 0), 6)))
    let seconds = 0.5 + random.unit() * (max(ceiling, 1) - 0.5)
    return .microseconds(Int64(seconds * 1e6))
  }

  // MARK: classes of failures

  /// What no repetition can change about a transfer.
  private static func final(_ transfer: HTTPTransferError?) -> ProviderError? {
    switch transfer {
    case .cancelled: .cancelled
    case .badURL(let reason), .badRequest(let reason), .refusedEndpoint(let reason):
      .forbiddenEndpoint(url: "of the provider", reason: reason)
    default: nil
    }
  }

  /// Codes of OpenAI and its like, of Anthropic; 402 is everybody's.
  private static let generalBilling: Set<String> = [
    "credit_balance_exhausted", "insufficient_quota", "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded", "organization_usage_limit_exceeded",
    "enforced_spend_limit_reached", "billing_error", "insufficient_balance",
  ]
  private static let billingPhrases = [
    "credit balance is too low", "insufficient balance", "exceeded your current quota",
  ]

  package func isBilling(_ facts: FailureFacts) -> Bool {
    if facts.status == 402 { return true }
    if !facts.codes.isDisjoint(with: Self.generalBilling.union(billingCodes)) { return true }
    if facts.quotas.contains(where: { $0.contains("PerDay") }) { return true }
    guard let status = facts.status, (400..<500).contains(status) else { return false }
    let message = facts.message.lowercased()
    // Gemini says "exceeded your current quota" for quotas per minute too, and names them.
    if !facts.quotas.isEmpty || facts.hint != nil {
      return message.contains("credit balance is too low")
    }
    return (Self.billingPhrases + billingCodes).contains { message.contains($0.lowercased()) }
  }

  private func isRetryable(_ facts: FailureFacts) -> Bool {
    if facts.transfer != nil || facts.isGarbled { return true }
    guard let status = facts.status else { return true }
    if let wanted = facts.headers.shouldRetry { return wanted }
    return Self.retryable(status)
  }

  /// 408, 409, 429 and the failures of servers and of the proxies before them (520–530 are
  /// Cloudflare's, 529 Anthropic's); not 501 and 505, which asking again cannot change.
  private static func retryable(_ status: Int) -> Bool {
    switch status {
    case 408, 409, 429, 500, 502, 503, 504, 520...530: true
    default: false
    }
  }

  /// Short of room for everybody: too many requests, unavailable, overloaded.
  static func isPacing(_ facts: FailureFacts) -> Bool {
    guard let status = facts.status, !facts.isGarbled else { return false }
    if [429, 503, 529].contains(status) { return true }
    return facts.codes.contains("overloaded_error") || facts.codes.contains("rate_limit_error")
  }

  static func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
  }
}
