internal import CLibcurl

/// What is known about a transfer that libcurl gave up; enough to name the cause.
struct CurlFailure {
  var code: CURLcode
  /// `errno` of the failed connection, or 0.
  var systemCode: Int
  /// libcurl's own words. They may hold parts of the URL and are only searched, never shown.
  var detail: String
  var host: String
  /// The request had been sent.
  var connected: Bool
  var headersEnded: Bool
  var receivedBytes: Int
  var limits: HTTPLimits

  /// The cause in our own terms.
  var error: HTTPTransferError {
    switch code {
    case CURLE_URL_MALFORMAT: .badURL(reason: "it cannot be read")
    case CURLE_COULDNT_RESOLVE_HOST: .resolve(host: host)
    case CURLE_COULDNT_RESOLVE_PROXY: .resolve(host: "of the proxy")
    case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect(reason: systemReason)
    case CURLE_OPERATION_TIMEDOUT: .timeout(phase: connected ? .lowSpeed : .connect)
    case CURLE_PARTIAL_FILE: .truncated(receivedBytes: receivedBytes)
    case CURLE_FILESIZE_EXCEEDED: .bodyTooLarge(limit: limits.maxBodyBytes)
    case CURLE_OUT_OF_MEMORY where connected && !headersEnded, Self.tooLarge:
      .headersTooLarge(limit: limits.maxHeaderBytes)
    case CURLE_GOT_NOTHING: .reset(reason: "the server closed it without a reply")
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR: receiveError
    default: other
    }
  }

  /// `CURLE_TOO_LARGE`, which older headers do not name.
  private static let tooLarge = CURLcode(rawValue: 100)

  /// A read failed: either the connection broke or what came was not well-formed.
  private var receiveError: HTTPTransferError {
    if detail.contains("chunk") { return .malformed(reason: "the chunked encoding is garbled") }
    return .reset(reason: systemReason)
  }

  private var other: HTTPTransferError {
    let text = String(cString: curl_easy_strerror(code))
    if Self.tlsCodes.contains(code.rawValue) { return .tls(reason: text) }
    if Self.malformedCodes.contains(code.rawValue) { return .malformed(reason: text) }
    return .reset(reason: text)
  }

  private static let tlsCodes = Set(
    [
      CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
      CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
      CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
    ].map(\.rawValue))

  /// HTTP/0.9 arrives as an unsupported protocol; bad compression may surface as a failed write.
  private static let malformedCodes = Set(
    [
      CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_WRITE_ERROR,
      CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2, CURLE_HTTP2_STREAM,
    ].map(\.rawValue))

  private var systemReason: String {
    systemCode == 0
      ? String(cString: curl_easy_strerror(code)) : FileError.text(of: Int32(systemCode))
  }
}
