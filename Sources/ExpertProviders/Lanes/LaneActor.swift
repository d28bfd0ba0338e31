package import ExpertPlatform

/// Performs what a lane decides: lets waiting requests go, and wakes the lane in time.
package actor LaneActor {
  private var lane: Lane
  private let clock: any PlatformClock
  private var nextTicket: Lane.Ticket = 0
  private var waiting: [Lane.Ticket: CheckedContinuation<ProviderError?, Never>] = [:]
  private var alarm: (moment: Duration, task: Task<Void, Never>)?

  package init(
    provider: String, limits: ProviderLimits, cap: Int, clock: any PlatformClock
  ) {
    lane = Lane(provider: provider, limits: limits, cap: cap, now: clock.monotonic())
    self.clock = clock
  }

  /// Waits until a request may be sent, and returns its ticket, to be given to `finish`.
  ///
  /// Cancelling the task leaves the line and throws `.cancelled`.
  package func enter(
    size: Int, notBefore: Duration = .zero
  ) async throws(ProviderError) -> Lane.Ticket {
    if Task.isCancelled { throw .cancelled }
    nextTicket += 1
    let ticket = nextTicket
    let refusal = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        waiting[ticket] = continuation
        perform(lane.enqueue(ticket, size: size, notBefore: notBefore, now: clock.monotonic()))
      }
    } onCancel: {
      Task { await self.leave(ticket) }
    }
    if let refusal { throw refusal }
    return ticket
  }

  /// An attempt ended.
  package func finish(
    _ ticket: Lane.Ticket, _ outcome: Lane.Outcome, rates: RateHeaders = RateHeaders()
  ) {
    perform(lane.finish(ticket, outcome, rates: rates, now: clock.monotonic()))
  }

  /// Requests that may be in flight at once, as learned so far.
  package var concurrency: Int { lane.concurrency }
  package var inFlight: Int { lane.inFlight }

  private func leave(_ ticket: Lane.Ticket) {
    perform(lane.cancel(ticket, now: clock.monotonic()))
  }

  private func perform(_ actions: [Lane.Action]) {
    for action in actions {
      switch action {
      case .start(let ticket): waiting.removeValue(forKey: ticket)?.resume(returning: nil)
      case .refuse(let ticket, let error):
        waiting.removeValue(forKey: ticket)?.resume(returning: error)
      case .wake(let moment): setAlarm(moment)
      }
    }
  }

  /// One alarm at a time: the earliest. A later one is asked for again when the earlier rings.
  private func setAlarm(_ moment: Duration) {
    if let alarm, alarm.moment <= moment { return }
    alarm?.task.cancel()
    let task = Task { await self.sleep(until: moment) }
    alarm = (moment, task)
  }

  private func sleep(until moment: Duration) async {
    let delay = moment - clock.monotonic()
    if delay > .zero {
      do { try await clock.sleep(for: delay) } catch { return }
    }
    guard let alarm, alarm.moment == moment else { return }
    self.alarm = nil
    perform(lane.wake(now: clock.monotonic()))
  }
}
