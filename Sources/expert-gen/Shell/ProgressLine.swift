package import ExpertPlatform
internal import Foundation
internal import Synchronization

/// How far a piece of work has come.
package struct ProgressState: Sendable, Hashable {
  /// Units done, of `total` where that is known.
  package var done: Int
  package var total: Int?
  /// What is counted, such as `records`.
  package var unit: String
  /// Money spent so far in millionths of a US dollar, where the work costs any.
  package var costMicros: Int64?
  /// A few words behind the numbers.
  package var note: String

  package init(
    done: Int, total: Int? = nil, unit: String, costMicros: Int64? = nil, note: String = ""
  ) {
    self.done = done
    self.total = total
    self.unit = unit
    self.costMicros = costMicros
    self.note = note
  }
}

/// Shows progress on standard error: one line redrawn on a terminal, a plain line every few
/// seconds elsewhere, nothing with `--quiet`.
package final class ProgressLine: Sendable {
  private struct Memory {
    var start: (time: Duration, done: Int)?
    var shownAt: Duration?
  }

  private let terminal: Terminal
  private let quiet: Bool
  private let clock: any PlatformClock
  private let write: @Sendable (String) -> Void
  private let memory = Mutex(Memory())

  package init(
    terminal: Terminal, quiet: Bool, clock: any PlatformClock = SystemClock(),
    write: @escaping @Sendable (String) -> Void = { Console.write($0, to: STDERR_FILENO) }
  ) {
    self.terminal = terminal
    self.quiet = quiet
    self.clock = clock
    self.write = write
  }

  /// Shows the state if enough time has passed: 0.1 s on a terminal, 5 s elsewhere.
  package func update(_ state: ProgressState) {
    guard !quiet else { return }
    let now = clock.monotonic()
    let pause: Duration = terminal.isTerminal ? .milliseconds(100) : .seconds(5)
    let elapsed: Duration? = memory.withLock { memory in
      let start = memory.start ?? (now, state.done)
      memory.start = start
      if let shown = memory.shownAt, now - shown < pause { return nil }
      // Off a terminal the first line comes after a pause: short work prints none.
      if memory.shownAt == nil && !terminal.isTerminal {
        memory.shownAt = now
        return nil
      }
      memory.shownAt = now
      return now - start.time
    }
    guard let elapsed else { return }
    let from = memory.withLock { $0.start?.done ?? 0 }
    draw(Self.text(state, since: from, elapsed: elapsed))
  }

  /// Clears the line, so that what follows starts at its left edge.
  package func finish() {
    guard !quiet, terminal.isTerminal else { return }
    write("\r\u{1b}[2K")
  }

  private func draw(_ text: String) {
    guard terminal.isTerminal else { return write(text + "\n") }
    write("\r\u{1b}[2K" + VisibleText.excerpt(text, (terminal.width ?? 80) - 1))
  }

  /// `120/500 records  40.0/s  $0.0120  9 s left  note`.
  package static func text(_ state: ProgressState, since start: Int, elapsed: Duration) -> String {
    var parts = [
      state.total.map { "\(state.done)/\($0) \(state.unit)" } ?? "\(state.done) \(state.unit)"
    ]
    let rate = Double(state.done - start) / max(elapsed / .seconds(1), 1e-3)
    if rate > 0 {
      parts.append("\(Figures.rate(rate))/s")
    }
    if let cost = state.costMicros { parts.append(Figures.dollars(micros: cost)) }
    if let total = state.total, rate > 0, total > state.done {
      parts.append("\(Figures.time(seconds: Double(total - state.done) / rate)) left")
    }
    if !state.note.isEmpty { parts.append(state.note) }
    return parts.joined(separator: "  ")
  }
}
