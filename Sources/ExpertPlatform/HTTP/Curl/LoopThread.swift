internal import CLibcurl
internal import Glibc

/// A thread that runs one closure; it must be joined, once.
package struct LoopThread: Sendable {
  private let handle: pthread_t

  private final class Work {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts the thread.
  ///
  /// Signals are left to other threads, so that an interrupt reaches the one that handles it and a
  /// write to a closed TLS connection cannot end the process (SIGPIPE stays blocked here).
  package init(name: String, _ body: @escaping @Sendable () -> Void) {
    var everything = sigset_t()
    var before = sigset_t()
    sigfillset(&everything)
    for fault in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT] { sigdelset(&everything, fault) }
    pthread_sigmask(SIG_BLOCK, &everything, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(name: name, body: body))
    let code = pthread_create(&thread, nil, Self.entry, work.toOpaque())
    precondition(code == 0, "the system starts no more threads")
    handle = thread
  }

  private static let entry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
    { context in
      guard let context else { return nil }
      let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
      expert_name_thread(work.name)
      work.body()
      return nil
    }

  /// Waits for the thread's end.
  package func join() { pthread_join(handle, nil) }

  /// Processor time of the thread, which must not have been joined yet.
  package var processorTime: Duration {
    var clock = clockid_t()
    guard pthread_getcpuclockid(handle, &clock) == 0 else { return .zero }
    return ResourceUsage.time(of: clock)
  }
}
