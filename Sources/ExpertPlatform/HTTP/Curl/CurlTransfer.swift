internal import Synchronization

/// One request on its way and what has arrived of its reply.
///
/// Unchecked: `continuation` is set before the hand-over to the loop, whose inbox lock orders it;
/// from then on the loop's thread alone touches everything, but for `cancelled`, which is atomic.
final class CurlTransfer: @unchecked Sendable {
  typealias Outcome = Result<HTTPResponse, HTTPTransferError>

  let request: HTTPRequest
  let admission: EndpointPolicy.Admission
  let headers: HeaderLines
  let started = MonotonicTime.now
  var continuation: CheckedContinuation<Outcome, Never>?
  let cancelled = Atomic<Bool>(false)

  /// Where the transfer stands in the loop's list; -1 while it does not.
  var slot = -1
  var handle: CurlHandle?
  var reply = ReplyBuffer()
  /// Bytes of the body, decompressed, wherever they went.
  private(set) var receivedBytes = 0
  /// Whether the request's sink takes the body; `nil` until its first byte.
  private var isPoured: Bool?
  /// Why a callback ended the transfer; it outranks libcurl's own code.
  var verdict: HTTPTransferError?

  init(request: HTTPRequest, admission: EndpointPolicy.Admission, headers: HeaderLines) {
    self.request = request
    self.admission = admission
    self.headers = headers
  }

  /// When the transfer's time is over, on the monotonic clock.
  var deadline: MonotonicTime { started + request.limits.deadline }

  /// Hands the outcome to the waiting caller, once.
  func finish(_ outcome: Outcome) {
    continuation?.resume(returning: outcome)
    continuation = nil
  }

  /// Takes one header line; false ends the transfer.
  func receive(headerLine bytes: UnsafeRawBufferPointer) -> Bool {
    reply.append(headerLine: bytes)
    guard reply.headerBytes > request.limits.maxHeaderBytes else { return true }
    verdict = .headersTooLarge(limit: request.limits.maxHeaderBytes)
    return false
  }

  /// Takes decompressed bytes of the body; false ends the transfer.
  func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
    receivedBytes += bytes.count
    let limit =
      request.sink == nil || takesBody
      ? request.limits.maxBodyBytes : HTTPLimits.maxErrorBytes
    guard receivedBytes <= limit else {
      verdict = .bodyTooLarge(limit: limit)
      reply.body = []
      return false
    }
    guard takesBody, let sink = request.sink else {
      reply.body.append(contentsOf: bytes)
      return true
    }
    if !sink.receive(bytes) { verdict = .stopped }
    return verdict == nil
  }

  /// Whether the sink takes the body; asked once, when the final head is known.
  var takesBody: Bool {
    if let isPoured { return isPoured }
    let answer = request.sink?.begin(status: reply.status, headers: reply.headers) ?? false
    isPoured = answer
    return answer
  }

  /// Whether this transfer may connect to an address; remembers the refusal.
  func admits(_ address: NetworkAddress) -> Bool {
    if admission.kinds.contains(address.kind) { return true }
    let reason = EndpointPolicy.reason(origin: admission.origin, kind: address.kind)
    verdict = .refusedEndpoint(reason: reason)
    return false
  }
}
