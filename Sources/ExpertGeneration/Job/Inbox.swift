internal import Synchronization

/// Where workers put what they have and one consumer takes all there is.
///
/// This gives group commit without a timer: what arrives while one batch is being written is the
/// next batch, and a lone reply is written at once. A worker goes on only when what it put has been
/// dealt with, so that never more is under way than there are workers, however slow the writing.
final class Inbox<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var senders: Int
    var waiter: CheckedContinuation<Void, Never>?
    /// Senders of what is in `elements`, and of what was taken and is not settled.
    var waiting: [CheckedContinuation<Void, Never>] = []
    var taken: [CheckedContinuation<Void, Never>] = []
    var isClosed = false

    mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
      defer { waiter = nil }
      return waiter
    }
  }

  private let state: Mutex<State>

  /// An inbox that ends when `senders` senders have left.
  init(senders: Int) {
    state = Mutex(State(senders: senders))
  }

  /// Returns when the element has been settled.
  func put(_ element: Element) async {
    await withCheckedContinuation { continuation in
      let (waiter, goesOn) = state.withLock { state in
        state.elements.append(element)
        if !state.isClosed { state.waiting.append(continuation) }
        return (state.takeWaiter(), state.isClosed)
      }
      waiter?.resume()
      if goesOn { continuation.resume() }
    }
  }

  /// What was taken is safe: its senders go on.
  func settle() {
    let senders = state.withLock { state in
      defer { state.taken = [] }
      return state.taken
    }
    for sender in senders { sender.resume() }
  }

  /// Nothing will be taken any more: no sender waits.
  func close() {
    let senders = state.withLock { state in
      state.isClosed = true
      defer { (state.taken, state.waiting) = ([], []) }
      return state.taken + state.waiting
    }
    for sender in senders { sender.resume() }
  }

  /// A sender will put nothing more.
  func leave() {
    state.withLock { state in
      state.senders -= 1
      return state.takeWaiter()
    }?.resume()
  }

  /// Everything that is there, waiting for something if there is nothing; `nil` at the end.
  func take() async -> [Element]? {
    while true {
      let (batch, ended) = state.withLock { state in
        let batch = state.elements
        state.elements = []
        state.taken += state.waiting
        state.waiting = []
        return (batch, state.senders == 0)
      }
      if !batch.isEmpty { return batch }
      if ended { return nil }
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state in
          if state.elements.isEmpty && state.senders > 0 {
            state.waiter = continuation
            return false
          }
          return true
        }
        if ready { continuation.resume() }
      }
    }
  }
}
