internal import Glibc

/// A moment on the system's monotonic clock, cheap to read and to compare.
struct MonotonicTime: Sendable, Comparable {
  var nanoseconds: UInt64

  static var now: MonotonicTime {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return MonotonicTime(nanoseconds: UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec))
  }

  static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }

  /// The end of time when the sum does not fit; `duration` below zero counts as zero.
  static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
    let (sum, overflow) = time.nanoseconds.addingReportingOverflow(duration.clampedNanoseconds)
    return MonotonicTime(nanoseconds: overflow ? .max : sum)
  }

  static func - (end: MonotonicTime, start: MonotonicTime) -> Duration {
    end < start ? .zero : .nanoseconds(Int64(clamping: end.nanoseconds - start.nanoseconds))
  }

  /// Whole milliseconds from `start` until this moment, rounded up, for a system call's timeout.
  func milliseconds(after start: MonotonicTime) -> Int32 {
    guard self > start else { return 0 }
    let millis = (nanoseconds - start.nanoseconds) / 1_000_000
    return Int32(clamping: millis + 1)
  }
}

extension Duration {
  /// Nanoseconds, held between 0 and the largest number.
  var clampedNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return .max }
    let (sum, carried) = scaled.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
    return carried ? .max : sum
  }

  /// Whole milliseconds, at least one: libcurl takes zero for its own default.
  var curlMilliseconds: Int { max(1, Int(clamping: clampedNanoseconds / 1_000_000)) }

  /// Whole seconds, rounded up, at least one.
  var curlSeconds: Int { max(1, Int(clamping: (clampedNanoseconds / 1_000_000 + 999) / 1000)) }
}
