/// Lets requests through to one provider with one key and one model, no faster than it can take.
///
/// A pure state machine: events in, actions out, time as a parameter; `LaneActor` performs the
/// actions. One lane holds together what belongs together: a pause, the learned rates, the number of
/// requests in flight (additive increase, multiplicative decrease), the stop for want of money, and
/// a circuit breaker that lets a single probe through after a silence.
package struct Lane: ~Copyable {
  /// A request's number in its lane.
  package typealias Ticket = UInt64

  package enum Action: Sendable, Hashable {
    /// The request may be sent now.
    case start(Ticket)
    /// The request will not be sent.
    case refuse(Ticket, ProviderError)
    /// Call `wake` at this moment.
    case wake(at: Duration)
  }

  /// How an attempt ended, as far as the lane cares.
  package enum Outcome: Sendable, Hashable {
    case success
    /// The request's own affair: refused, truncated, blank.
    case neutral
    /// The server or the way to it fails.
    case failure(String)
    /// Short of room: everybody waits.
    case pacing(Duration)
    /// Nobody is served any more, for want of money or for a long time.
    case stop(ProviderError)
  }

  package let provider: String
  private let cap: Int
  private var room: Double
  private var successes = 0
  private var lastCut = Duration(secondsComponent: -1, attosecondsComponent: 0)
  private var requests: TokenBucket
  private var tokens: TokenBucket
  private var pausedUntil = Duration.zero
  private var breaker = Breaker.closed(failures: 0)
  private var stopped: ProviderError?
  private var waiting = WaitingLine()
  private var flying: [Ticket: Duration] = [:]

  package init(provider: String, limits: ProviderLimits, cap: Int, now: Duration) {
    self.provider = provider
    self.cap = max(1, cap)
    room = Double(max(1, cap))
    requests = TokenBucket(perMinute: limits.requestsPerMinute, now: now)
    tokens = TokenBucket(perMinute: limits.tokensPerMinute, now: now)
  }

  /// Requests that may be in flight at once, as learned so far.
  package var concurrency: Int { max(1, Int(room)) }
  package var inFlight: Int { flying.count }
  package var queued: Int { waiting.count }
  package var pauseEnd: Duration { pausedUntil }

  // MARK: events

  /// A request wants to be sent, not before a moment of its own; `size` is its estimate in tokens.
  package mutating func enqueue(
    _ ticket: Ticket, size: Int, notBefore: Duration = .zero, now: Duration
  ) -> [Action] {
    if let stopped { return [.refuse(ticket, stopped)] }
    waiting.add(.init(ticket: ticket, size: Double(max(size, 0)), notBefore: notBefore))
    return dispatch(now)
  }

  /// A waiting request is no longer wanted.
  package mutating func cancel(_ ticket: Ticket, now: Duration) -> [Action] {
    guard waiting.remove(ticket) else { return [] }
    return [.refuse(ticket, .cancelled)] + dispatch(now)
  }

  /// An attempt ended.
  package mutating func finish(
    _ ticket: Ticket, _ outcome: Outcome, rates: RateHeaders = RateHeaders(), now: Duration
  ) -> [Action] {
    guard let started = flying.removeValue(forKey: ticket) else { return [] }
    if let window = rates.requests { requests.learn(window, now: now) }
    if let window = rates.tokens { tokens.learn(window, now: now) }
    switch outcome {
    case .success: succeed()
    case .neutral: breaker.succeed()
    case .failure(let why):
      if let gaveUp = fail(why, now: now) { return gaveUp + dispatch(now) }
    case .pacing(let delay):
      breaker.succeed()
      cut(started: started, now: now)
      pausedUntil = max(pausedUntil, now + delay)
    case .stop(let error): return stop(error)
    }
    return dispatch(now)
  }

  /// The moment of a `wake` has come.
  package mutating func wake(now: Duration) -> [Action] { dispatch(now) }

  // MARK: decisions

  private mutating func succeed() {
    breaker.succeed()
    successes += 1
    // One more in flight after as many successes as are in flight now.
    if successes >= concurrency, room < Double(cap) {
      room = min(Double(cap), room + 1)
      successes = 0
    }
  }

  /// Halves the room, once for all attempts that were in flight together.
  private mutating func cut(started: Duration, now: Duration) {
    successes = 0
    guard started > lastCut else { return }
    room = max(1, (room / 2).rounded(.down))
    lastCut = now
  }

  /// Counts a failure; when the breaker gives up, refuses all who wait.
  private mutating func fail(_ why: String, now: Duration) -> [Action]? {
    successes = 0
    // All that may be in flight failed and none succeeded: that is a server that is down.
    guard breaker.fail(threshold: max(5, concurrency), now: now) else { return nil }
    let error = ProviderError.exhausted(
      provider: provider, attempts: Breaker.maxProbes, last: why)
    return waiting.removeAll().map { .refuse($0, error) }
  }

  private mutating func stop(_ error: ProviderError) -> [Action] {
    stopped = error
    return waiting.removeAll().map { .refuse($0, error) }
  }

  private mutating func dispatch(_ now: Duration) -> [Action] {
    var actions: [Action] = []
    while !waiting.isEmpty {
      if let moment = closedUntil(now) { return actions + [.wake(at: moment)] }
      guard flying.count < allowed else { return actions }
      guard let next = waiting.next(now) else {
        if let moment = waiting.earliest { actions.append(.wake(at: moment)) }
        return actions
      }
      if let moment = take(next, now) { return actions + [.wake(at: moment)] }
      waiting.removeNext(next)
      flying[next.ticket] = now
      actions.append(.start(next.ticket))
    }
    return actions
  }

  private var allowed: Int { breaker.isProbing ? 1 : concurrency }

  private mutating func closedUntil(_ now: Duration) -> Duration? {
    let moment = max(pausedUntil, breaker.openUntil(now))
    return moment > now ? moment : nil
  }

  /// Takes from both buckets, or says when to try again.
  private mutating func take(_ next: WaitingLine.Entry, _ now: Duration) -> Duration? {
    if let moment = requests.take(1, now: now) { return moment }
    guard let moment = tokens.take(next.size, now: now) else { return nil }
    requests.putBack(1)
    return moment
  }
}
