internal import ExpertPlatform

/// One client's connection. It belongs to the server's thread.
final class HTTPConnection {
  enum Phase {
    /// Between requests.
    case idle
    case head
    case body
    case replying(Responder)
    /// The last reply goes out; what still comes in is thrown away.
    case closing
  }

  let descriptor: Int32
  /// Numbers are not used twice, unlike descriptors.
  let number: Int
  var reader: RequestReader
  var phase = Phase.idle
  /// When the phase ends, since the server's start; `nil` where it may last.
  var deadline: Duration?
  /// Whether the last byte of the reply has been handed over.
  var isAnswered = false
  /// Whether the client asked to be left after the reply.
  var closesAfterReply = false
  private(set) var output: [UInt8] = []
  /// How much of `output` the system has taken.
  private(set) var sent = 0

  init(descriptor: Int32, number: Int, limits: ConnectionLimits) {
    self.descriptor = descriptor
    self.number = number
    reader = RequestReader(limits)
  }

  /// Bytes that wait for the client.
  var pending: Int { output.count - sent }

  var isReplying: Bool { if case .replying = phase { true } else { false } }

  var isClosing: Bool { if case .closing = phase { true } else { false } }

  func enqueue(_ bytes: [UInt8]) {
    if sent == output.count {
      output = bytes
      sent = 0
    } else {
      output += bytes
    }
  }

  /// Notes that the system took bytes.
  func took(_ count: Int) { sent += count }

  /// The bytes that wait.
  func withPending<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
    output.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
  }
}
