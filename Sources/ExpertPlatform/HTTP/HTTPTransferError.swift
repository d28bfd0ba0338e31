/// Why no whole reply arrived. No case carries a header or a body, so none can carry a key.
package enum HTTPTransferError: Error, Sendable, Hashable {
  case badURL(reason: String)
  /// The request itself cannot be sent: a header with a line break, a key for another server.
  case badRequest(reason: String)
  /// The endpoint rules forbid this server, by its URL or by the address it resolved to.
  case refusedEndpoint(reason: String)
  case resolve(host: String)
  case connect(reason: String)
  case tls(reason: String)
  case timeout(phase: Phase)
  case reset(reason: String)
  /// The connection ended before Content-Length or the final chunk.
  case truncated(receivedBytes: Int)
  case bodyTooLarge(limit: Int)
  case headersTooLarge(limit: Int)
  /// The status line, a header, the chunking or the compression was malformed.
  case malformed(reason: String)
  case cancelled
  /// Whoever takes the body wants no more of it.
  case stopped

  package enum Phase: String, Sendable, Hashable { case connect, transfer, lowSpeed }
}

extension HTTPTransferError: CustomStringConvertible {
  /// What happened and what to do, without a query, a header or a body.
  package var description: String {
    switch self {
    case .badURL(let reason): "the URL cannot be used: \(reason)"
    case .badRequest(let reason): "the request cannot be sent: \(reason)"
    case .refusedEndpoint(let reason): reason
    case .resolve(let host): "the name \(host) does not resolve; check the network and base URL"
    case .connect(let reason): "no connection: \(reason)"
    case .tls(let reason): "no secure connection: \(reason)"
    case .timeout(.connect): "the server accepted no connection in time"
    case .timeout(.transfer): "the reply was not whole by its deadline"
    case .timeout(.lowSpeed): "the reply came too slowly"
    case .reset(let reason): "the connection broke: \(reason)"
    case .truncated(let bytes): "the reply was cut after \(bytes) bytes"
    case .bodyTooLarge(let limit): "the reply is larger than \(limit) bytes"
    case .headersTooLarge(let limit): "the reply's headers are larger than \(limit) bytes"
    case .malformed(let reason): "the reply is not HTTP as it should be: \(reason)"
    case .cancelled: "the request was cancelled"
    case .stopped: "the reply could not be kept"
    }
  }
}
