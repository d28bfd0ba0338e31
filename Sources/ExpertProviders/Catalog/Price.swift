/// What a model's tokens cost from a date on: US dollars per million tokens.
///
/// A dollar per million tokens is a micro-dollar a token, so costs are counted in micro-dollars
/// (`micros`) without a conversion. What is unknown stays unknown: it is never taken for zero.
package struct Price: Sendable, Hashable {
  /// The day from which the price holds or on which it was read, as YYYY-MM-DD.
  package var date: String
  /// The page that states it.
  package var source: String
  package var input: Double?
  /// Input read from the provider's cache.
  package var cachedInput: Double?
  /// Input written to the provider's cache.
  package var cacheWrite: Double?
  package var output: Double?
  /// The longest prompt in tokens that the price holds for; `nil` where it holds for all.
  package var maxPrompt: Int?

  package init(
    date: String, source: String, input: Double? = nil, cachedInput: Double? = nil,
    cacheWrite: Double? = nil, output: Double? = nil, maxPrompt: Int? = nil
  ) {
    self.date = date
    self.source = source
    self.input = input
    self.cachedInput = cachedInput
    self.cacheWrite = cacheWrite
    self.output = output
    self.maxPrompt = maxPrompt
  }

  /// Tokens of a server of the user's own cost nothing.
  package static let free = Price(
    date: "1970-01-01", source: "local", input: 0, cachedInput: 0, cacheWrite: 0, output: 0)

  /// The cost in micro-dollars, rounded up, or `nil` where a price or a count is unknown.
  ///
  /// Cached input without a price of its own counts as plain input: providers discount the cache,
  /// so this errs towards spending less than the budget.
  package func cost(of usage: Usage) -> Int? {
    guard let tokens = usage.input, let written = usage.output, let input, let output else {
      return nil
    }
    if let maxPrompt, tokens > maxPrompt { return nil }
    let cached = min(max(usage.cachedInput ?? 0, 0), tokens)
    let stored = min(max(usage.cacheWrite ?? 0, 0), tokens - cached)
    guard stored == 0 || cacheWrite != nil else { return nil }
    let parts = [
      Double(tokens - cached - stored) * input, Double(cached) * (cachedInput ?? input),
      Double(stored) * (cacheWrite ?? 0), Double(written) * output,
    ]
    let sum = parts.reduce(0, +)
    // No bill is a billion dollars: such counts are a server's lie.
    guard sum < 1e15 else { return nil }
    // Products such as 3 × 0.1 carry a last-bit error that rounding up would make a whole micro.
    return Int((sum - 1e-6).rounded(.up))
  }

  /// The cost in micro-dollars of so many plain input and output tokens.
  package func cost(input: Int, output: Int) -> Int? {
    cost(of: Usage(input: input, output: output))
  }
}

extension ModelSpec {
  /// The price that holds on a day (YYYY-MM-DD): the latest that has begun.
  package func price(on day: String) -> Price? {
    prices.filter { $0.date <= day }.max { $0.date < $1.date }
  }
}
