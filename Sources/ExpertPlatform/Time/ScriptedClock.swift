internal import Synchronization

/// A clock that moves only when it is told to, or when somebody sleeps on it: sleeping advances it
/// at once, so hours of waiting take no time.
package final class ScriptedClock: PlatformClock {
  private let now: Mutex<Duration>
  private let epochMicroseconds: Int64

  /// Starts at a wall time in microseconds since 1970.
  package init(wallMicroseconds: Int64 = 1_700_000_000_000_000) {
    epochMicroseconds = wallMicroseconds
    now = Mutex(.zero)
  }

  package func wallMicroseconds() -> Int64 {
    let elapsed = monotonic().components
    return epochMicroseconds + elapsed.seconds * 1_000_000
      + elapsed.attoseconds / 1_000_000_000_000
  }

  package func monotonic() -> Duration { now.withLock { $0 } }

  /// Moves time forward.
  package func advance(by duration: Duration) { now.withLock { $0 += duration } }

  package func sleep(for duration: Duration) async throws {
    try Task.checkCancellation()
    advance(by: duration)
    await Task.yield()
  }
}
