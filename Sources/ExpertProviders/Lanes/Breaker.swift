/// Stops asking a server that only fails, and probes it with one request after a silence.
enum Breaker: Sendable, Hashable {
  case closed(failures: Int)
  /// Nothing is sent before the moment; then one probe. `probes` failed already.
  case open(until: Duration, probes: Int)

  /// Failed probes after which those who wait are told; about two minutes of silence by then.
  static let maxProbes = 7

  /// Silences double from one second to a minute.
  static func silence(_ probes: Int) -> Duration { .seconds(min(60, 1 << min(probes, 6))) }

  var isProbing: Bool {
    if case .open = self { true } else { false }
  }

  /// The moment until which nothing may be sent; in the past where something may.
  func openUntil(_ now: Duration) -> Duration {
    if case .open(let until, _) = self { until } else { .zero }
  }

  mutating func succeed() { self = .closed(failures: 0) }

  /// Counts a failure; true when so many probes failed that waiting makes no sense.
  mutating func fail(threshold: Int, now: Duration) -> Bool {
    switch self {
    case .closed(let failures):
      let count = failures + 1
      self =
        count >= threshold
        ? .open(until: now + Self.silence(0), probes: 0) : .closed(failures: count)
      return false
    case .open(let until, let probes):
      // What was sent before the breaker opened says nothing new.
      guard now >= until else { return false }
      guard probes + 1 < Self.maxProbes else {
        self = .open(until: now + Self.silence(0), probes: 0)
        return true
      }
      self = .open(until: now + Self.silence(probes + 1), probes: probes + 1)
      return false
    }
  }
}
