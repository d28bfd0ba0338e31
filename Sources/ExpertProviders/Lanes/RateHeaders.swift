package import ExpertPlatform

/// What a reply's headers say about the limits of a lane. Missing, unreadable, zero and negative
/// limits are unknown.
package struct RateHeaders: Sendable, Hashable {
  package var requests: Window?
  package var tokens: Window?

  package struct Window: Sendable, Hashable {
    /// Allowed per minute.
    package var limit: Int?
    package var remaining: Int?
    /// Time from now until the window is full again.
    package var reset: Duration?

    package init(limit: Int? = nil, remaining: Int? = nil, reset: Duration? = nil) {
      self.limit = limit
      self.remaining = remaining
      self.reset = reset
    }
  }

  package init(requests: Window? = nil, tokens: Window? = nil) {
    self.requests = requests
    self.tokens = tokens
  }

  /// Reads `x-ratelimit-…` (resets are Go durations) and `anthropic-ratelimit-…` (RFC 3339 times).
  package init(_ response: HTTPResponse, wallMicroseconds: Int64) {
    let now = Double(wallMicroseconds) / 1e6
    requests =
      Self.window(response, "x-ratelimit", "requests", now: now)
      ?? Self.anthropic(response, ["requests"], now: now)
    tokens =
      Self.window(response, "x-ratelimit", "tokens", now: now)
      ?? Self.anthropic(response, ["tokens", "input-tokens", "output-tokens"], now: now)
  }

  /// OpenAI's order of words: x-ratelimit-remaining-requests.
  private static func window(
    _ response: HTTPResponse, _ prefix: String, _ kind: String, now: Double
  ) -> Window? {
    window(
      limit: response.header("\(prefix)-limit-\(kind)"),
      remaining: response.header("\(prefix)-remaining-\(kind)"),
      reset: response.header("\(prefix)-reset-\(kind)"), now: now)
  }

  /// Anthropic's order of words: anthropic-ratelimit-requests-remaining. Of several kinds of tokens
  /// the one with the least left counts.
  private static func anthropic(
    _ response: HTTPResponse, _ kinds: [String], now: Double
  ) -> Window? {
    kinds.compactMap { kind in
      window(
        limit: response.header("anthropic-ratelimit-\(kind)-limit"),
        remaining: response.header("anthropic-ratelimit-\(kind)-remaining"),
        reset: response.header("anthropic-ratelimit-\(kind)-reset"), now: now)
    }.min { ($0.remaining ?? .max) < ($1.remaining ?? .max) }
  }

  private static func window(
    limit: String?, remaining: String?, reset: String?, now: Double
  ) -> Window? {
    let allowed = limit.flatMap { Int($0.trimmingSpaces) }.flatMap { $0 > 0 ? $0 : nil }
    guard allowed != nil else { return nil }
    let left = remaining.flatMap { Int($0.trimmingSpaces) }.flatMap { $0 >= 0 ? $0 : nil }
    return Window(limit: allowed, remaining: left, reset: reset.flatMap { delay($0, now: now) })
  }

  private static func delay(_ text: String, now: Double) -> Duration? {
    if let duration = TimeText.goDuration(text) { return duration }
    if let seconds = TimeText.number(text), seconds < 86_400 {
      return TimeText.duration(seconds: seconds)
    }
    return TimeText.rfc3339(text).flatMap { TimeText.duration(seconds: max(0, $0 - now)) }
  }
}
