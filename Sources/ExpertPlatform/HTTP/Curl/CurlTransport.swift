internal import CLibcurl
internal import Glibc

/// Sends requests through libcurl's multi interface: one thread drives thousands of transfers over
/// reused connections, HTTP/2 where the server offers it.
///
/// Redirects, cookies and netrc are off. A POST that finds its reused connection closed by the
/// server before a single byte came back is sent once more on a new connection, as HTTP clients
/// do; every other failure is the caller's to retry. Proxies come from the usual variables
/// (`https_proxy`, `no_proxy`, …), never for this machine itself.
package final class CurlTransport: HTTPTransport {
  package let policy: EndpointPolicy
  private let loop: CurlEventLoop

  /// Starts the thread.
  ///
  /// `certificateAuthorities` names a PEM file that replaces the system's authorities. `names` are
  /// answered without asking the system, each as `HOST:PORT:ADDRESS`; the endpoint rules judge
  /// them like any other answer.
  package init(
    policy: EndpointPolicy = EndpointPolicy(), certificateAuthorities: String? = nil,
    names: [String] = []
  ) {
    self.policy = policy
    OpenFileLimit.raise()
    loop = CurlEventLoop(
      settings: CurlSettings(certificateAuthorities: certificateAuthorities, names: names))
    loop.start()
  }

  deinit { loop.stop() }

  /// Ends every transfer as cancelled and waits for the thread; later requests are refused.
  package func shutdown() {
    loop.stop()
    loop.join()
  }

  /// Transfers handed over and not finished.
  package var inFlight: Int { loop.inFlight }

  package func send(_ request: HTTPRequest) async throws(HTTPTransferError) -> HTTPResponse {
    let admission = try policy.admit(url: request.url)
    let headers = try HeaderLines(request: request, origin: admission.origin)
    let transfer = CurlTransfer(request: request, admission: admission, headers: headers)
    let loop = loop
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        transfer.continuation = continuation
        loop.submit(transfer)
      }
    } onCancel: {
      loop.cancel(transfer)
    }
    return try result.get()
  }
}

/// Thousands of connections need more open files than the usual soft limit of 1024.
enum OpenFileLimit {
  private static let wanted: rlim_t = 65_536

  /// Raises the soft limit towards the hard one; it stays as it is where that is not permitted.
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let target = min(limit.rlim_max, wanted)
    guard limit.rlim_cur < target else { return }
    limit.rlim_cur = target
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
