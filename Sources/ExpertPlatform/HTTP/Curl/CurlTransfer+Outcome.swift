internal import CLibcurl

extension CurlTransfer {
  /// The request has been handed to an open connection.
  var isConnected: Bool { (handle?.microseconds(CURLINFO_PRETRANSFER_TIME_T) ?? 0) > 0 }

  /// What the transfer came to, by libcurl's code and our own bookkeeping.
  ///
  /// A reply counts only when its end was announced and reached. One that ends with the
  /// connection (no Content-Length, no chunks) cannot be told from a cut one, so it is refused
  /// when it claims success; an error page of that kind is let through, for its status says all.
  func outcome(of code: CURLcode) -> Outcome {
    if code != CURLE_OK { return .failure(verdict ?? failure(code).error) }
    guard reply.headersEnded, reply.status > 0 else {
      return .failure(.truncated(receivedBytes: receivedBytes))
    }
    if let complaint = framingComplaint { return .failure(complaint) }
    // A sink learns of an empty body too.
    _ = takesBody
    return .success(
      HTTPResponse(
        status: reply.status, headers: reply.headers, body: reply.body,
        elapsed: MonotonicTime.now - started))
  }

  private func failure(_ code: CURLcode) -> CurlFailure {
    CurlFailure(
      code: code, systemCode: handle?.long(CURLINFO_OS_ERRNO) ?? 0,
      detail: handle?.errorDetail ?? "", host: admission.origin.host, connected: isConnected,
      headersEnded: reply.headersEnded, receivedBytes: receivedBytes, limits: request.limits)
  }

  /// HTTP/2 frames every body; HTTP/1 must say how long it is.
  private var framingComplaint: HTTPTransferError? {
    let version = handle?.long(CURLINFO_HTTP_VERSION) ?? 0
    if version >= CURL_HTTP_VERSION_2_0 { return nil }
    switch reply.framing(method: request.method) {
    case .none, .length, .chunked: return nil
    case .garbledLength: return .malformed(reason: "Content-Length is not a number")
    case .connectionClose where reply.status >= 400: return nil
    case .connectionClose:
      return .malformed(
        reason: "neither Content-Length nor chunks tell the reply's end, so it may be cut")
    }
  }
}
