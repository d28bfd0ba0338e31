internal import Foundation

/// Time as the program sees it: comes in through initialisers, so that a test can script it.
package protocol PlatformClock: Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z. For people to read, never for ordering.
  func wallMicroseconds() -> Int64
  /// Time since some fixed moment; never goes back.
  func monotonic() -> Duration
  /// Waits; throws `CancellationError` when the task is cancelled.
  func sleep(for duration: Duration) async throws
}

/// The machine's own clock. `SOURCE_DATE_EPOCH` (seconds) fixes its wall time, so that the same
/// work gives the same bytes (reproducible-builds.org specification).
package struct SystemClock: PlatformClock {
  private let fixedSeconds: Int64?
  private let start = ContinuousClock.now

  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    fixedSeconds = environment["SOURCE_DATE_EPOCH"].flatMap { Int64($0) }
  }

  package func wallMicroseconds() -> Int64 {
    if let fixedSeconds { return fixedSeconds * 1_000_000 }
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  package func monotonic() -> Duration { ContinuousClock.now - start }

  package func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration)
  }
}
