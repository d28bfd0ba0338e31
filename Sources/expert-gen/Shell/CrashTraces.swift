internal import Foundation

/// What a crash leaves behind: nothing that could hold a key.
enum CrashTraces {
  /// No core file, and none of the runtime's crash reports, which print what registers point at
  /// (and let the process live on when the signal came from outside). `SWIFT_BACKTRACE` asks for
  /// the reports all the same.
  static func leaveNone() {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    guard ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] == nil else { return }
    for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
      signal(number, SIG_DFL)
    }
  }
}
