internal import Glibc

/// What the process has used so far: for benchmarks and for progress that tells about memory.
package struct ResourceUsage: Sendable, Hashable {
  /// Processor time of all threads, user and system.
  package var processTime: Duration
  /// Processor time of the calling thread.
  package var threadTime: Duration
  /// Memory resident now.
  package var residentBytes: Int
  /// The most memory that was ever resident.
  package var peakResidentBytes: Int

  /// Measures now.
  package static func now() -> ResourceUsage {
    ResourceUsage(
      processTime: time(of: CLOCK_PROCESS_CPUTIME_ID),
      threadTime: time(of: CLOCK_THREAD_CPUTIME_ID),
      residentBytes: kilobytes(named: "VmRSS:") << 10,
      peakResidentBytes: kilobytes(named: "VmHWM:") << 10)
  }

  /// The time on one of the system's clocks, by its `clockid_t`.
  package static func time(of clock: Int32) -> Duration {
    var now = timespec()
    guard clock_gettime(clock, &now) == 0 else { return .zero }
    return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
  }

  /// One field of `/proc/self/status`, in kilobytes; 0 where there is no such file. (`getrusage`
  /// would do for the peak, but after `exec` it still reports that of the program before.)
  private static func kilobytes(named name: String) -> Int {
    guard let file = fopen("/proc/self/status", "re") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix(name) else { continue }
      return text.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }
    return 0
  }
}
