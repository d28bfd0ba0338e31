/// What a client may cost before it has said who it is.
package struct ConnectionLimits: Sendable, Hashable {
  /// Bytes of request line and headers.
  package var headBytes = 16 << 10
  /// Header lines.
  package var headers = 64
  package var bodyBytes = 8 << 20
  /// Bytes that wait for a client that does not read.
  package var outputBytes = 4 << 20
  /// Connections at once; further ones are told to come again.
  package var connections = 256
  /// From the first byte of a request to the end of its head.
  package var headTime = Duration.seconds(10)
  /// From the end of the head to the end of the body.
  package var bodyTime = Duration.seconds(30)
  /// Between two requests, and before the first.
  package var idleTime = Duration.seconds(60)
  /// Without the client taking any byte of a reply.
  package var stallTime = Duration.seconds(30)
  /// For a client that was refused to read why.
  package var closingTime = Duration.seconds(2)

  package init() {}
}
