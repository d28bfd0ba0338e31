/// One header line. Names compare without regard to case (RFC 9110, section 5.1).
package struct HTTPHeader: Sendable, Hashable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// What a transfer may take before it is cut off. Bytes are counted after decompression.
package struct HTTPLimits: Sendable, Hashable {
  /// Time to connect, TLS included.
  package var connectTimeout: Duration = .seconds(10)
  /// Time from the call to the last byte; nothing the server sends extends it.
  package var deadline: Duration = .seconds(300)
  /// A transfer slower than this for `lowSpeedTime` is cut off; 0 switches the check off.
  package var lowSpeedBytesPerSecond: Int = 1
  package var lowSpeedTime: Duration = .seconds(120)
  package var maxBodyBytes: Int = 8 << 20
  /// The longest error page that is held in memory where a sink was to take the body.
  static let maxErrorBytes = 1 << 20
  package var maxHeaderBytes: Int = 64 << 10

  package init() {}
}

/// One request. Redirects are never followed.
package struct HTTPRequest: Sendable {
  package var method: String
  package var url: String
  package var headers: [HTTPHeader]
  /// Headers that carry a key. They become text only inside the transport, and only for the
  /// origin that they are bound to.
  package var secretHeaders: [SecretHeader]
  package var body: [UInt8]
  package var limits: HTTPLimits
  /// Takes the reply's body where it is not to be held in memory. Such a request asks for no
  /// compression, so that ranges of bytes mean what they say.
  package var sink: (any HTTPBodySink)?

  package init(
    method: String = "POST", url: String, headers: [HTTPHeader] = [],
    secretHeaders: [SecretHeader] = [], body: [UInt8] = [], limits: HTTPLimits = HTTPLimits(),
    sink: (any HTTPBodySink)? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.secretHeaders = secretHeaders
    self.body = body
    self.limits = limits
    self.sink = sink
  }
}

/// A reply that arrived whole: to its Content-Length or its final chunk.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var headers: [HTTPHeader]
  /// The body, decompressed; empty where a sink took it.
  package var body: [UInt8]
  /// From the call to the last byte.
  package var elapsed: Duration

  package init(status: Int, headers: [HTTPHeader], body: [UInt8], elapsed: Duration = .zero) {
    self.status = status
    self.headers = headers
    self.body = body
    self.elapsed = elapsed
  }

  /// The value of the first header of this name, in any case.
  package func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value
  }
}

/// Sends requests; the real one is libcurl's multi interface, the fake replays a script.
package protocol HTTPTransport: Sendable {
  /// Sends one request and returns the whole reply, whatever its status.
  ///
  /// Throws `HTTPTransferError`. Cancelling the calling task ends the transfer.
  func send(_ request: HTTPRequest) async throws(HTTPTransferError) -> HTTPResponse
}
