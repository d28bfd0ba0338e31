internal import CLibcurl
internal import Glibc

/// What all transfers of one transport share.
struct CurlSettings: Sendable {
  var certificateAuthorities: String?
  /// `HOST:PORT:ADDRESS`, as libcurl takes them.
  var names: [String] = []
}

/// One libcurl easy handle: options that never change are set once, so that a new request costs
/// only its own.
///
/// The handle's callbacks hold an unretained pointer to this object, which the loop keeps alive
/// for as long as libcurl may call.
final class CurlHandle {
  let raw: UnsafeMutableRawPointer
  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private var nameList: UnsafeMutablePointer<curl_slist>?
  /// The transfer that this handle is lent to.
  var transfer: CurlTransfer?

  /// `nil` when there is no memory.
  init?(_ settings: CurlSettings) {
    guard let raw = curl_easy_init() else { return nil }
    self.raw = raw
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    setConstantOptions()
    apply(settings)
  }

  deinit {
    curl_easy_cleanup(raw)
    curl_slist_free_all(headerList)
    curl_slist_free_all(nameList)
    errorText.deallocate()
  }

  private func setConstantOptions() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    expert_curl_set_pointer(raw, CURLOPT_PRIVATE, context)
    expert_curl_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText)
    expert_curl_set_data_callbacks(raw, receiveBody, receiveHeader, context)
    expert_curl_set_open_socket(raw, openSocket, context)
    expert_curl_restrict_protocols(raw)
    expert_curl_leave_resolver_behind(raw)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_NOPROGRESS, 1)
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_NETRC, 0)
    set(CURLOPT_TCP_NODELAY, 1)
    set(CURLOPT_TCP_KEEPALIVE, 1)
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    set(CURLOPT_USERAGENT, "expert-gen")
  }

  private func apply(_ settings: CurlSettings) {
    if let file = settings.certificateAuthorities { set(CURLOPT_CAINFO, file) }
    for name in settings.names {
      if let longer = curl_slist_append(nameList, name) { nameList = longer }
    }
    if nameList != nil { expert_curl_set_pointer(raw, CURLOPT_RESOLVE, nameList) }
  }

  /// Sets everything that differs from request to request.
  func prepare(for transfer: CurlTransfer) {
    self.transfer = transfer
    errorText[0] = 0
    let request = transfer.request
    set(CURLOPT_URL, request.url)
    setMethod(request)
    setCompression(request)
    setHeaders(transfer.headers)
    setLimits(request.limits)
    setRoute(transfer.admission.origin)
  }

  /// A range of a compressed reply is no range of the file.
  private func setCompression(_ request: HTTPRequest) {
    if request.sink == nil {
      set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
    } else {
      expert_curl_set_pointer(raw, CURLOPT_ACCEPT_ENCODING, nil)
    }
  }

  private func setMethod(_ request: HTTPRequest) {
    if request.method == "HEAD" {
      set(CURLOPT_NOBODY, 1)
    } else if request.method == "GET", request.body.isEmpty {
      set(CURLOPT_HTTPGET, 1)
    } else {
      set(CURLOPT_POST, 1)
      expert_curl_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
      request.body.withUnsafeBytes { bytes in
        withUnsafeBytes(of: UInt8(0)) { none in
          _ = expert_curl_set_pointer(
            raw, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? none.baseAddress)
        }
      }
    }
    let natural = request.body.isEmpty ? ["GET", "HEAD", "POST"] : ["POST"]
    if natural.contains(request.method) {
      expert_curl_set_pointer(raw, CURLOPT_CUSTOMREQUEST, nil)
    } else {
      set(CURLOPT_CUSTOMREQUEST, request.method)
    }
  }

  private func setHeaders(_ headers: HeaderLines) {
    let old = headerList
    headerList = nil
    for line in headers.lines {
      if let longer = curl_slist_append(headerList, line) { headerList = longer }
    }
    expert_curl_set_pointer(raw, CURLOPT_HTTPHEADER, headerList)
    curl_slist_free_all(old)
  }

  private func setLimits(_ limits: HTTPLimits) {
    set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectTimeout.curlMilliseconds)
    set(CURLOPT_LOW_SPEED_LIMIT, max(0, limits.lowSpeedBytesPerSecond))
    set(CURLOPT_LOW_SPEED_TIME, limits.lowSpeedTime.curlSeconds)
    // Ends a transfer on its declared length already; the bytes are counted all the same.
    let declared = curl_off_t(max(1, limits.maxBodyBytes))
    expert_curl_set_offset(raw, CURLOPT_MAXFILESIZE_LARGE, declared)
  }

  /// HTTP/2 comes by TLS negotiation alone; then new requests wait for the first connection and
  /// share it. This machine is never asked through a proxy.
  private func setRoute(_ origin: Origin) {
    let encrypted = origin.scheme == "https"
    set(CURLOPT_HTTP_VERSION, encrypted ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
    set(CURLOPT_PIPEWAIT, encrypted ? 1 : 0)
    if NetworkAddress(origin.host)?.kind == .loopback || origin.host.hasSuffix("localhost") {
      set(CURLOPT_PROXY, "")
    } else {
      expert_curl_set_pointer(raw, CURLOPT_PROXY, nil)
    }
  }

  /// Drops what the last request left: its body, its keys, its reply.
  func clear() {
    transfer = nil
    expert_curl_set_offset(raw, CURLOPT_POSTFIELDSIZE_LARGE, 0)
    expert_curl_set_pointer(raw, CURLOPT_COPYPOSTFIELDS, nil)
    expert_curl_set_pointer(raw, CURLOPT_HTTPHEADER, nil)
    curl_slist_free_all(headerList)
    headerList = nil
  }

  private func set(_ option: CURLoption, _ value: Int) { expert_curl_set_long(raw, option, value) }

  private func set(_ option: CURLoption, _ text: String) {
    text.withCString { _ = expert_curl_set_pointer(raw, option, $0) }
  }

  /// A whole number that libcurl knows about the last transfer; 0 when it does not.
  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return expert_curl_info_long(raw, info, &value) == CURLE_OK ? value : 0
  }

  /// A time in microseconds that libcurl knows about the last transfer; 0 when it does not.
  func microseconds(_ info: CURLINFO) -> Int {
    var value: curl_off_t = 0
    return expert_curl_info_offset(raw, info, &value) == CURLE_OK ? Int(value) : 0
  }

  /// libcurl's own words, for telling causes apart; they may hold the URL, so none are shown.
  var errorDetail: String { String(cString: errorText) }
}

private typealias Context = UnsafeMutableRawPointer

/// The transfer behind a callback's context.
private func transfer(_ context: Context?) -> CurlTransfer? {
  context.map { Unmanaged<CurlHandle>.fromOpaque($0).takeUnretainedValue() }?.transfer
}

/// libcurl's body callback: any answer but the count ends the transfer.
private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: Context?
) -> Int {
  let total = size * count
  let accepted = transfer(context)?.receive(
    body: UnsafeRawBufferPointer(start: bytes, count: total))
  return accepted == true ? total : total &+ 1
}

/// libcurl's header callback, once a line.
private func receiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: Context?
) -> Int {
  let total = size * count
  let accepted = transfer(context)?.receive(
    headerLine: UnsafeRawBufferPointer(start: bytes, count: total))
  return accepted == true ? total : total &+ 1
}

/// Opens the socket for an address that a name resolved to, if the endpoint rules permit it: the
/// check stands between resolving and connecting, so a name cannot change its mind in between.
private func openSocket(
  _ context: Context?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let address, let transfer = transfer(context) else { return -1 }
  var bytes = [UInt8](repeating: 0, count: 16)
  let count = Int(expert_curl_address(address, &bytes))
  guard let resolved = NetworkAddress(bytes: Array(bytes[..<count])), transfer.admits(resolved)
  else { return -1 }
  let facts = address.pointee
  return socket(facts.family, facts.socktype | Int32(SOCK_CLOEXEC.rawValue), facts.`protocol`)
}
