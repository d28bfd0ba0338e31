internal import Synchronization

/// Why a job stopped asking before it had its records.
package enum StopReason: Sendable, Hashable {
  /// The next request could cost more than is left of the budget.
  case budget
  /// No more candidates may be asked for.
  case maxCandidates
  /// The provider says that the account cannot pay.
  case billing(String)
  /// The provider asks for a pause longer than a job should wait.
  case longPause(String)
  /// Requests keep failing, or are refused as wrong.
  case failing(String)
  /// The user asked to stop.
  case interrupted
}

/// The slots of a round that wait to be asked. Workers take from it until it is empty or stopped;
/// what is in flight when it stops is finished, because it may already be paid for.
final class SlotQueue<Slot: Sendable>: Sendable {
  private struct State {
    var waiting: ArraySlice<Slot>
    var budget: Budget
    var inFlight = 0
    var reason: StopReason?
    var isClosed = false
    var launched: [Slot] = []
  }

  private let state: Mutex<State>
  private let highestCost: @Sendable (Slot) -> Int64

  /// `highestCost` is the most that asking a slot can cost, in micro-dollars.
  init(_ slots: [Slot], budget: Budget, highestCost: @escaping @Sendable (Slot) -> Int64) {
    state = Mutex(State(waiting: slots[...], budget: budget))
    self.highestCost = highestCost
  }

  /// The next slot and what was set aside for it; `nil` when nothing more is to be asked.
  func next() -> (slot: Slot, reserved: Int64)? {
    state.withLock { state in
      guard !state.isClosed, let slot = state.waiting.first else { return nil }
      let highest = highestCost(slot)
      guard state.budget.reserve(highest) else {
        // What is in flight may turn out cheaper than reserved, so only an idle queue is at its end;
        // until then the asking worker leaves and those that come back ask again.
        if state.inFlight == 0 {
          state.reason = .budget
          state.isClosed = true
        }
        return nil
      }
      state.waiting.removeFirst()
      state.inFlight += 1
      state.launched.append(slot)
      return (slot, highest)
    }
  }

  /// A slot came back: its reservation becomes its cost.
  func settle(reserved: Int64, cost: Int64) {
    state.withLock { state in
      state.inFlight -= 1
      state.budget.settle(reserved: reserved, cost: cost)
    }
  }

  /// Asks nothing more. The first reason stands; `nil` closes without one.
  func stop(_ reason: StopReason?) {
    state.withLock { state in
      state.isClosed = true
      state.reason = state.reason ?? reason
    }
  }

  /// The slots that were handed out since the last call.
  func takeLaunched() -> [Slot] {
    state.withLock { state in
      defer { state.launched = [] }
      return state.launched
    }
  }

  /// Whether what was handed out may still be asked.
  var isOpen: Bool { state.withLock { !$0.isClosed } }
  var stopReason: StopReason? { state.withLock { $0.reason } }
  var inFlight: Int { state.withLock { $0.inFlight } }
  var budget: Budget { state.withLock { $0.budget } }
}
