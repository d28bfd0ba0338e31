internal import Synchronization

/// Where workers put what they have and one consumer takes all there is.
///
/// This gives group commit without a timer: what arrives while one batch is being written is the
/// next batch, and a lone reply is written at once.
final class Inbox<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var senders: Int
    var waiter: CheckedContinuation<Void, Never>?

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

  func put(_ element: Element) {
    state.withLock { state in
      state.elements.append(element)
      return state.takeWaiter()
    }?.resume()
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
