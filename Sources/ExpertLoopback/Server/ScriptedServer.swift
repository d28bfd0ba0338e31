package import ExpertPlatform
internal import Glibc
internal import Synchronization

/// A real HTTP/1.1 server on 127.0.0.1 that answers from a script, well or badly, on a thread of
/// its own. It holds thousands of connections, and no delay of one holds up another.
package final class ScriptedServer: Sendable {
  package typealias Script = @Sendable (ReceivedRequest) -> ScriptedReply

  package let port: Int
  /// What was asked and answered; `nil` when the server was told to keep no log.
  package let log: RequestLog?
  private let loop: ServerLoop
  private let thread: Mutex<LoopThread?>

  /// Listens on a free port, or on `port`, and starts answering.
  package init(
    port: Int = 0, log: RequestLog? = nil, _ script: @escaping Script
  ) throws(FileError) {
    let listener = try Self.listen(port: port)
    self.port = Self.port(of: listener)
    self.log = log
    let loop = ServerLoop(listener: listener, log: log, script: script)
    self.loop = loop
    thread = Mutex(LoopThread(name: "scripted-http") { loop.run() })
  }

  /// A server whose log is kept in memory.
  package static func logging(_ script: @escaping Script) throws(FileError) -> ScriptedServer {
    try ScriptedServer(log: RequestLog(), script)
  }

  deinit { stop() }

  /// `http://127.0.0.1:PORT`, without a slash at the end.
  package var baseURL: String { "http://127.0.0.1:\(port)" }

  /// Processor time that the server's thread has used; zero once it has stopped.
  package var processorTime: Duration {
    thread.withLock { $0?.processorTime ?? .zero }
  }

  /// Connections open now.
  package var connectionCount: Int { loop.connectionCount.load(ordering: .relaxed) }

  /// Connections ever accepted.
  package var acceptedCount: Int { loop.acceptedCount.load(ordering: .relaxed) }

  /// Bytes that the system has taken from the server: what clients can have read at most.
  package var sentBytes: Int { loop.sentBytes.load(ordering: .relaxed) }

  /// The longest that any client waited for the rest of a reply before it left, by the server's
  /// own thread: other work of the test's process does not blur it.
  package var longestAbandoned: Duration {
    .milliseconds(loop.longestAbandoned.load(ordering: .relaxed))
  }

  /// Closes everything and waits for the thread; a second call does nothing.
  package func stop() {
    loop.stop()
    let running = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    running?.join()
  }

  private static func listen(port: Int) throws(FileError) -> Int32 {
    let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, flags, 0)
    guard descriptor >= 0 else {
      throw .failed(operation: "open", path: "a loopback socket", code: errno)
    }
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    guard bound == 0, Glibc.listen(descriptor, 4096) == 0 else {
      let code = errno
      close(descriptor)
      throw .failed(operation: "listen on", path: "127.0.0.1:\(port)", code: code)
    }
    return descriptor
  }

  private static func port(of descriptor: Int32) -> Int {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &size)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
