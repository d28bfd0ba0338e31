package import ExpertPlatform

/// What the server does about one request: steps one after another, good or harmful.
///
/// After the last step the connection stays open for the next request unless a step ended it.
package struct ScriptedReply: Sendable {
  package enum Step: Sendable {
    /// Sends bytes as fast as the client takes them.
    case bytes([UInt8])
    /// Sends `bytes` `count` times over without ever holding all of them.
    case repeated([UInt8], count: Int)
    /// Waits, without holding up other connections.
    case wait(Duration)
    /// Sends one byte at a time.
    case drip([UInt8], every: Duration)
    /// Sends `bytes` again and again for as long as the client stays.
    case forever([UInt8], every: Duration)
    /// Does nothing more and keeps the connection.
    case silence
    /// Closes the connection in an orderly way.
    case close
    /// Tears the connection down with a reset.
    case reset
  }

  package var steps: [Step]

  package init(steps: [Step]) {
    self.steps = steps
  }

  /// A well-formed reply with a Content-Length.
  package init(
    status: Int = 200, headers: [HTTPHeader] = [HTTPHeader("Content-Type", "application/json")],
    body: [UInt8]
  ) {
    let head = Self.head(
      status: status, headers: headers + [HTTPHeader("Content-Length", "\(body.count)")])
    steps = [.bytes(head + body)]
  }

  /// A well-formed reply with a text body.
  package init(
    status: Int = 200, headers: [HTTPHeader] = [HTTPHeader("Content-Type", "application/json")],
    text: String
  ) {
    self.init(status: status, headers: headers, body: Array(text.utf8))
  }

  /// The same reply after a wait.
  package func delayed(_ delay: Duration) -> ScriptedReply {
    ScriptedReply(steps: [.wait(delay)] + steps)
  }

  /// The status line, the headers and the empty line.
  package static func head(status: Int, headers: [HTTPHeader]) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(reason(status))\r\n"
    for header in headers { text += "\(header.name): \(header.value)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 307: "Temporary Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 404: "Not Found"
    case 429: "Too Many Requests"
    case 500: "Internal Server Error"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 529: "Overloaded"
    default: "Status"
    }
  }

  /// A well-formed reply in chunks of at most `size` bytes.
  package static func chunked(
    status: Int = 200, headers: [HTTPHeader] = [], body: [UInt8], size: Int = 64
  ) -> ScriptedReply {
    let head = head(
      status: status, headers: headers + [HTTPHeader("Transfer-Encoding", "chunked")])
    return ScriptedReply(steps: [.bytes(head + chunks(body, size: size) + Array("0\r\n\r\n".utf8))])
  }

  /// Chunks without the final one.
  static func chunks(_ body: [UInt8], size: Int) -> [UInt8] {
    var out: [UInt8] = []
    for start in stride(from: 0, to: body.count, by: max(1, size)) {
      let piece = body[start..<min(start + max(1, size), body.count)]
      out += Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + Array("\r\n".utf8)
    }
    return out
  }
}
