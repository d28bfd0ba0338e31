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

/// Days as YYYY-MM-DD, which sort as text.
package enum CalendarDay {
  /// The UTC day of a moment in microseconds since 1970 (Howard Hinnant, "chrono-Compatible
  /// Low-Level Date Algorithms", days to civil).
  package static func text(ofMicroseconds micros: Int64) -> String {
    let days = Int((Double(micros) / 86_400e6).rounded(.down))
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// Days since 1970 of a civil date, by the same source.
  static func days(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Whether a text is a calendar day that exists.
  static func isValid(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      (1...12).contains(month), (1...31).contains(day)
    else { return false }
    let micros = Int64(days(year: year, month: month, day: day)) * 86_400_000_000
    return self.text(ofMicroseconds: micros) == text
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
