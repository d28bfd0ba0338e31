internal import Foundation
internal import Synchronization

/// What SIGINT and SIGTERM do: the first asks the running command to stop, the second leaves at
/// once. Handlers, not ignored signals, so that a started editor gets the defaults back.
package enum Interruption {
  /// Signals seen so far. A handler may touch nothing but atomics and `write`.
  private static let count = Atomic<Int>(0)
  /// The end of the pipe that the handler writes to.
  private static let wakeWriter = Atomic<Int32>(-1)
  private static let action = Mutex<(@Sendable () -> Void)?>(nil)

  /// Whether the user asked the process to stop.
  package static var happened: Bool { count.load(ordering: .relaxed) > 0 }

  /// Forgets what was asked: the command stopped what was under way and goes on with something else.
  package static func clear() { count.store(0, ordering: .relaxed) }

  /// Sets the handlers and starts the thread that acts on them.
  package static func install() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    wakeWriter.store(ends[1], ordering: .relaxed)
    _ = count.load(ordering: .relaxed)
    let reader = ends[0]
    Thread.detachNewThread { waitForSignals(reader) }
    handle(SIGINT)
    handle(SIGTERM)
    // A closed pipe behind `| head` must end the output, not the process in mid-transaction.
    signal(SIGPIPE, SIG_IGN)
    // A limit on file sizes is an error to report, like a full disk.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// What the first signal does, on a thread of its own.
  package static func onFirst(_ perform: @escaping @Sendable () -> Void) {
    action.withLock { $0 = perform }
  }

  private static func handle(_ number: Int32) {
    signal(number) { _ in
      if Interruption.count.wrappingAdd(1, ordering: .relaxed).oldValue > 0 {
        _exit(ExitStatus.interrupted.rawValue)
      }
      var byte: UInt8 = 1
      _ = write(Interruption.wakeWriter.load(ordering: .relaxed), &byte, 1)
    }
  }

  private static func waitForSignals(_ reader: Int32) {
    var byte: UInt8 = 0
    while read(reader, &byte, 1) == 1 {
      Console.note("stopping after what is under way; press again to leave at once")
      action.withLock { $0 }?()
    }
  }
}
