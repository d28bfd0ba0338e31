/// A rate as a bucket that refills steadily: so many units a minute, at most a few seconds' worth at
/// once. Knows nothing until a limit is given or learned.
struct TokenBucket: Sendable, Hashable {
  /// The burst that the bucket allows. Providers enforce limits per minute over shorter stretches,
  /// so a whole minute's worth at once would be refused.
  static let burst = Duration.seconds(6)

  private(set) var perMinute: Double?
  private var level = 0.0
  private var filledAt = Duration.zero
  /// Nothing is taken before this moment: the provider said that nothing is left.
  private(set) var emptyUntil = Duration.zero

  init(perMinute: Int?, now: Duration) {
    filledAt = now
    if let perMinute { set(limit: Double(perMinute)) }
    level = capacity
  }

  private var capacity: Double {
    guard let perMinute else { return 0 }
    return max(1, perMinute * RetryPolicy.seconds(Self.burst) / 60)
  }

  private mutating func set(limit: Double) { perMinute = limit }

  private mutating func refill(_ now: Duration) {
    guard let perMinute, now > filledAt else { return }
    let added = perMinute / 60 * RetryPolicy.seconds(now - filledAt)
    level = min(capacity, level + added)
    filledAt = now
  }

  /// Takes what a request needs, or says when it may be tried again. More than the bucket holds is
  /// given when the bucket is full.
  mutating func take(_ amount: Double, now: Duration) -> Duration? {
    if now < emptyUntil { return emptyUntil }
    guard let perMinute else { return nil }
    refill(now)
    let need = min(amount, capacity)
    if level + 1e-9 >= need {
      level -= amount
      return nil
    }
    let wait = (need - level) / (perMinute / 60)
    return now + .microseconds(Int64((wait * 1e6).rounded(.up)))
  }

  /// Gives back what a request took that was never sent.
  mutating func putBack(_ amount: Double) { level = min(capacity, level + amount) }

  /// Learns from a reply's headers.
  mutating func learn(_ window: RateHeaders.Window, now: Duration) {
    refill(now)
    if let limit = window.limit {
      let isFirst = perMinute == nil
      set(limit: Double(limit))
      level = isFirst ? capacity : min(level, capacity)
    }
    guard let remaining = window.remaining else { return }
    level = min(level, Double(remaining))
    if remaining == 0, let reset = window.reset {
      emptyUntil = max(emptyUntil, now + min(reset, .seconds(60)))
    }
  }
}
